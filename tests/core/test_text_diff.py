"""Differences to the character."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from app.core.text_diff import text_diff

TEXTS = st.text("教師學生提問回答ab。！\n ", max_size=80)


@given(TEXTS, TEXTS)
def test_the_parts_make_both_texts(before: str, after: str) -> None:
    parts = text_diff(before, after)
    assert "".join(text for kind, text in parts if kind != "new") == before
    assert "".join(text for kind, text in parts if kind != "gone") == after
    assert all(text for _kind, text in parts)
    assert all(a != b for (a, _), (b, _) in pairwise(parts))


def test_one_character_among_many_is_found() -> None:
    text = "教師以圖卡提問，三位學生舉手。" * 200
    assert text_diff(text, text.replace("三位", "五位", 1))[:3] == [
        ("same", "教師以圖卡提問，"),
        ("gone", "三"),
        ("new", "五"),
    ]


def test_a_text_written_anew_is_shown_as_such() -> None:
    assert text_diff("甲" * 3000, "乙" * 3000) == [("gone", "甲" * 3000), ("new", "乙" * 3000)]
