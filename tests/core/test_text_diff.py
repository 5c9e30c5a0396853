"""Differences to the character."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core import text_diff as module
from app.core.text_diff import text_diff

TEXTS = st.text("教師學生提問回答ab。！\n 𠮷\U000e0100", max_size=80)

CHANGED: list[module.Part] = [("gone", "一"), ("new", "二")]


@given(TEXTS, TEXTS)
def test_the_parts_make_both_texts(before: str, after: str) -> None:
    parts = text_diff(before, after)
    assert "".join(text for kind, text in parts if kind != "new") == before
    assert "".join(text for kind, text in parts if kind != "gone") == after
    assert all(text for _kind, text in parts)
    assert all(a != b for (a, _), (b, _) in pairwise(parts))
    if before == after:
        assert [kind for kind, _ in parts] in ([], ["same"])


@given(st.lists(st.sampled_from("甲乙丙丁"), max_size=12), st.lists(st.sampled_from("甲乙丙丁"), max_size=12))
def test_nothing_more_could_have_stayed(a: list[str], b: list[str]) -> None:
    pairs = list(module._common(a, b))
    assert all(a[i] == b[j] for i, j in pairs)
    assert all(i < k and j < m for (i, j), (k, m) in pairwise(pairs))
    table = [[0] * (len(b) + 1) for _ in range(len(a) + 1)]
    for i, x in enumerate(a, 1):
        for j, y in enumerate(b, 1):
            table[i][j] = table[i - 1][j - 1] + 1 if x == y else max(table[i - 1][j], table[i][j - 1])
    assert len(pairs) == table[-1][-1]


@pytest.mark.parametrize(
    ("before", "after", "parts"),
    [
        ("", "新", [("new", "新")]),
        ("舊", "", [("gone", "舊")]),
        ("圓的周長", "圓的面積", [("same", "圓的"), ("gone", "周長"), ("new", "面積")]),
        # What was put in begins where a sentence, or a clause, does.
        (
            "一問。再寫。",
            "二問。再寫。\n下課前說明。",
            [*CHANGED, ("same", "問。再寫。"), ("new", "\n下課前說明。")],
        ),
        (
            "一問，答，寫。",
            "二問，答，答，寫。",
            [*CHANGED, ("same", "問，"), ("new", "答，"), ("same", "答，寫。")],
        ),
        # An ideograph beyond the first plane, one with a variant, and a family are one character each.
        ("𠮷野家", "𠮶野家", [("gone", "𠮷"), ("new", "𠮶"), ("same", "野家")]),
        (
            "葛\U000e0100城",
            "葛\U000e0101城",
            [("gone", "葛\U000e0100"), ("new", "葛\U000e0101"), ("same", "城")],
        ),
        ("👩\u200d👧", "👩\u200d👦", [("gone", "👩\u200d👧"), ("new", "👩\u200d👦")]),
    ],
)
def test_what_changed_is_found_to_the_character(before: str, after: str, parts: list[module.Part]) -> None:
    assert text_diff(before, after) == parts


def test_one_character_among_many_is_found() -> None:
    text = "教師以圖卡提問，三位學生舉手。" * 200
    assert text_diff(text, text.replace("三位", "五位", 1))[:3] == [
        ("same", "教師以圖卡提問，"),
        ("gone", "三"),
        ("new", "五"),
    ]


def test_what_stayed_by_chance_between_two_changes_is_no_island() -> None:
    before = "教師提問後請學生舉手回答問題"
    after = "老師讓孩子們先討論再逐一上臺說明想法"
    assert text_diff(before, after) == [("gone", before), ("new", after)]
    # Words that stayed are kept apart: the changes beside them are no longer than they are.
    assert text_diff("三位學生舉手回答", "五位學生舉手發言") == [
        ("gone", "三"),
        ("new", "五"),
        ("same", "位學生舉手"),
        ("gone", "回答"),
        ("new", "發言"),
    ]


@pytest.mark.parametrize("end", ["", "。"])
def test_long_texts_are_compared_all_the_same(end: str) -> None:
    """Twenty thousand characters without one sentence in common; sentences all alike."""
    before = "".join(chr(0x4E00 + n * 7919 % 997) + end for n in range(20_000 // (1 + len(end))))
    after = before[1000:] + before[:1000].replace("。", "，")
    parts = text_diff(before, after)
    assert "".join(text for kind, text in parts if kind != "new") == before
    assert "".join(text for kind, text in parts if kind != "gone") == after
    assert sum(len(text) for kind, text in parts if kind == "same") >= 18_000
    same = "對。" * 10_000
    assert text_diff(same, same + "錯。") == [("same", same), ("new", "錯。")]


def test_a_text_that_is_too_long_to_compare_is_shown_as_written_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_WORTH_IT", 15)
    assert text_diff("甲乙丙丁", "乙丙丁戊") == [("gone", "甲乙丙丁"), ("new", "乙丙丁戊")]
