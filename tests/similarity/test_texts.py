"""Normalising, fingerprints, containment and passages: no database."""

import subprocess
import sys

import numpy as np
import pytest

from app.similarity.normalise import plain, plain_with_places
from app.similarity.passages import numbered, passages
from app.similarity.winnow import GRAM, WINDOW, every, fingerprints, grams, hashes, held
from tests.similarity.corpus import Writer

NOTHING = np.empty(0, dtype=np.int64)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("臺灣的教室裏，學生著手討論。", "台灣的教室裡 學生着手討論"),
        ("ＡＢＣ１２３", "abc123"),
        ("「為什麼？」\n（教師追問）", "爲什麼教師追問"),
        ("CAFÉ", "cafe\u0301"),
        ("\u2f08\u2f00", "人一"),
    ],
)
def test_the_same_words_in_another_hand(a: str, b: str) -> None:
    assert plain(a) == plain(b)


def test_characters_that_come_apart_and_those_without_a_name() -> None:
    assert plain("㈱１½ﬁ，㎡\ud800好\U000e0100𠮷") == "株112fim2好𠮷"


@pytest.mark.parametrize("text", ["老師說：「㈱１２½」 臺\ufe00灣", "", "，。！", "ab\fc"])
def test_places_point_into_the_original(text: str) -> None:
    found = plain_with_places(text)
    assert found.chars == plain(text) and len(found.at) == len(found.chars)
    assert found.at == sorted(found.at)
    assert all(plain(text[place]) for place in found.at)


def test_no_gram_runs_from_one_field_into_the_next() -> None:
    assert grams(plain("甲乙丙丁戊\f己庚辛壬癸")) == {"甲乙丙丁戊", "己庚辛壬癸"}


# An index made by an earlier version must go on being found.
STABLE = 8810603675917428174


def test_hashes_are_the_same_in_every_process() -> None:
    code = "from app.similarity.winnow import hashes; print(hashes('學生分組討論答案').tolist())"
    other = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert other.stdout.strip() == str(hashes("學生分組討論答案").tolist())
    assert hashes("學生分組討").tolist() == [STABLE]


def test_a_shared_run_of_twelve_shares_a_fingerprint() -> None:
    writer = Writer(3)
    for _ in range(200):
        run = "".join(writer.draw.choices(writer.words, k=6))
        assert len(run) == GRAM + WINDOW - 1
        a, b = (f"{writer.sentence()}{run}{writer.sentence()}" for _ in range(2))
        assert set(fingerprints(a, NOTHING).tolist()) & set(fingerprints(b, NOTHING).tolist())


def test_fingerprints_are_few_and_leave_out_what_they_are_told() -> None:
    text = plain(Writer(4).text(100))
    chosen, all_of_it = fingerprints(text, NOTHING), every(text, NOTHING)
    assert len(all_of_it) / 6 < len(chosen) < len(all_of_it) / 3
    assert set(chosen.tolist()) <= set(all_of_it.tolist())
    own = np.unique(hashes(text[:300]))
    assert not set(fingerprints(text, own).tolist()) & set(own.tolist())
    assert not len(fingerprints(text[:300], own))


def test_grams_of_the_query_are_looked_for_in_each_text() -> None:
    def counts(query: str, *texts: str) -> list[int]:
        return held(every(query, NOTHING), texts).sum(axis=1).tolist()

    assert counts("甲乙丙丁戊己庚辛", "甲乙丙丁戊己", "", "乙丙丁戊己\f甲乙丙丁", "辛" * 9) == [2, 0, 1, 0]
    # Neither twice for what is said twice, nor across two texts or two fields.
    assert counts("甲乙丙丁戊己甲乙丙丁戊", "甲乙丙丁戊甲乙丙丁戊", "甲乙丙", "丁戊己") == [1, 0, 0]
    assert counts("甲乙丙丁戊") == [] and counts("", "甲乙丙丁戊") == [0]
    writer = Writer(7)
    query, *texts = (plain(writer.block(writer.text(5), 0.5) + writer.words[0]) for _ in range(6))
    texts = [writer.scatter(query, 0.6), *texts]
    assert counts(query, *texts) == [len(grams(query) & grams(text)) for text in texts]


def test_passages_are_found_whatever_their_order() -> None:
    a = "教師先請學生分組討論。接著各組上臺報告結果，最後全班一起歸納重點。"
    b = "最後全班一起，歸納重點！老師先說故事，接著各組上台報告結果；"
    found = passages(a, b)
    assert [(a[p.start : p.end], b[p.other_start : p.other_end]) for p in found] == [
        ("接著各組上臺報告結果", "接著各組上台報告結果"),
        ("最後全班一起歸納重點", "最後全班一起，歸納重點"),
    ]


def test_a_copy_in_one_piece_is_one_passage() -> None:
    text = Writer(5).text()
    whole = passages(f"開頭{text}", f"{text}結尾")
    assert len(whole) == 1 and whole[0].start == 2 and whole[0].other_start == 0


@pytest.mark.parametrize("way", range(4))
def test_what_is_marked_is_what_was_counted(way: int) -> None:
    writer = Writer(6)
    original = writer.text()
    copy = writer.ways[way](original, 0.7)
    shared = grams(plain(copy)) & grams(plain(original))
    marked = [copy[p.start : p.end] for p in passages(copy, original)]
    for passage in passages(copy, original):
        assert plain(copy[passage.start : passage.end]) == plain(
            original[passage.other_start : passage.other_end]
        )
    counted = set().union(*(grams(plain(text)) for text in marked))
    assert counted <= shared and len(counted) >= 0.95 * len(shared)


def test_form_wording_is_in_no_passage() -> None:
    a, b = "觀察到的客觀事實學生專心聽講", "觀察到的客觀事實學生低頭睡覺"
    assert not passages(a, b, grams("觀察到的客觀事實學生"))


def test_a_text_that_repeats_itself_takes_no_time() -> None:
    found = passages("好" * 5000, "好" * 5000)
    assert sum(p.end - p.start for p in found) > 4990


def test_a_small_edit_keeps_one_number() -> None:
    a = "學生分組討論並且上台報告各組的結果然後回家"
    b = "學生分組討論之後上台報告各組的結果因此下課"
    assert [number for number, _ in numbered(passages(a, b))] == [1, 1]
