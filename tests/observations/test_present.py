"""Recordings as people read them: words for everything, — with its reason, the same on paper."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask_babel import force_locale

from app.core.i18n import EN, ZH
from app.forms.printed import document_pdf
from app.instruments.record import check
from app.observations import words
from app.observations.pictures.flanders import runs
from app.observations.present import NOTHING, Presentation, number, present
from app.observations.replay import replay
from app.observations.words.cells import cell
from tests.core.test_pdf import text_of
from tests.observations import lessons


@pytest.fixture
def _context(app: Flask) -> Iterator[None]:
    with app.app_context(), force_locale(ZH):
        yield


pytestmark = pytest.mark.usefixtures("_context")


def figure(shown: Presentation, code: str) -> Any:
    return next(figure for figure in shown.figures if figure.code == code)


@pytest.mark.parametrize("instrument", lessons.ALL)
def test_every_code_has_its_words(instrument: str) -> None:
    """A code that stands where words should stand looks like code: a_b, kind:x, or the key itself."""
    shown = present(lessons.ALL[instrument]())
    for found in shown.figures:
        assert found.label != found.code and found.meaning, found.code
    said = [shown.name, *shown.notes, *(label for label, _value in shown.facts)]
    said += [table.title for table in shown.tables]
    said += [column for table in shown.tables for column in table.columns]
    said += [cell for table in shown.tables for row in table.rows for cell in row]
    said += [
        text for picture in shown.pictures for text in (picture.title, picture.description, picture.caption)
    ]
    strange = [text for text in said if re.search(r"[a-z]_[a-z]|^[a-z]+:|%\(", text)]
    assert not strange, strange
    assert not [table.code for table in shown.tables if table.title == table.code]
    assert not [title for title, _figures in shown.groups if title == "Further figures"]


@pytest.mark.parametrize("instrument", lessons.ALL)
@pytest.mark.parametrize("locale", [ZH, EN])
def test_pictures_speak_the_language(instrument: str, locale: str) -> None:
    with force_locale(locale):
        shown = present(lessons.ALL[instrument]())
        assert shown.pictures
        drawn = "".join(picture.svg for picture in shown.pictures)
    texts = "".join(re.findall(r">([^<]+)</text>", drawn))
    assert bool(re.search("[一-鿿]", texts)) or locale == EN
    assert "style=" not in drawn and all(picture.description for picture in shown.pictures)


@pytest.mark.parametrize("instrument", lessons.ALL)
def test_an_empty_record_is_shown_with_reasons(instrument: str) -> None:
    shown = present({**lessons.ALL[instrument](), "events": [], "length_ms": None})
    assert not shown.pictures and not shown.replay["steps"]
    for found in shown.figures:
        assert (found.value == NOTHING) == bool(found.why), found.code
    assert any("沒有" in note or "未" in note or "Nothing" in note for note in shown.notes)


def test_a_zero_denominator_shows_a_dash_and_why() -> None:
    shown = present(lessons.flanders([5, 5, 5, 5]))
    quotient, praise = figure(shown, "ID_quotient"), figure(shown, "TRR")
    assert quotient.value == "0.0%" and not quotient.why
    assert praise.value == NOTHING and praise.why == words.reason("zero_denominator")
    assert praise.numbers == "100 × (0 + 0 + 0) / (0 + 0 + 0 + 0 + 0)"


def test_a_figure_opens_to_its_way() -> None:
    """The published example: 5,3,6,7,9 with a 10 at both ends makes six pairs."""
    shown = present(lessons.flanders([5, 3, 6, 7, 9]))
    found = figure(shown, "TT")
    assert (found.value, found.formula) == ("66.7%", "100 × f(1..7) / N")
    assert found.numbers == "100 × (0 + 0 + 1 + 0 + 1 + 1 + 1) / 6"
    assert figure(shown, "VC").cells == "(6,6) (6,7) (7,6) (7,7)"
    assert found.norm == "68" and figure(shown, "PSSR").norm == "35–40" and not figure(shown, "VC").norm
    assert figure(shown, "TT_codes").value == "80.0%"


def test_the_matrix_is_a_table_too() -> None:
    table = next(table for table in present(lessons.flanders([5, 3, 6, 7, 9])).tables if table.shades)
    assert table.columns == ["", *map(str, range(1, 11)), "Σ"]
    assert table.rows[9] == ["10", "0", "0", "0", "0", "1", "0", "0", "0", "0", "0", "1"]
    assert table.rows[10][-1] == "6" and len(table.rows) == 11
    assert {shade for row in table.shades for shade in row} == {0, 5}


def test_gaps_of_the_time_line_are_left_empty() -> None:
    found = runs([(3000, 5), (6000, 5), (39_000, 4)], 3000)
    assert found == [{"t": 0, "end": 6000, "code": 5}, {"t": 36_000, "end": 39_000, "code": 4}]


def test_who_was_never_reached_is_named() -> None:
    shown = present(lessons.verbal_flow())
    named = next(table for table in shown.tables if table.code == "never_reached")
    assert len(named.rows) == int(figure(shown, "never_reached").value)
    assert all(row[0] in shown.pictures[0].description for row in named.rows)


def test_thin_samples_are_warned_of() -> None:
    shown = present(lessons.at_task())
    assert words.note("thin_sample", {"least": 6, "most": 6}) in shown.notes


def test_rounded_once_in_one_place() -> None:
    assert number(66.666, "percent") == "66.7%"
    assert number(0.375, "quotient") == "0.38"
    assert number(12.0, "count") == "12"
    assert number(None, "percent") == NOTHING


def test_a_character_without_a_glyph_is_told() -> None:
    record = lessons.verbatim()
    record["events"][0]["kind"] = "𠮷"
    shown = present(record)
    assert any("U+20BB7" in note for note in shown.notes)
    assert "𠮷" not in shown.pictures[0].svg


def test_pupils_are_codes() -> None:
    record = lessons.movement()
    record["plan"]["seats"][0] |= {"code": "", "mark": "王小明"}
    shown = present(record)
    assert "王小明" not in str(shown.replay) + "".join(picture.svg for picture in shown.pictures)


def test_the_same_stands_on_paper() -> None:
    shown = present(lessons.flanders([5, 3, 6, 7, 9]))
    blocks = [{"wide": True, **block} for block in shown.blocks()]
    text = text_of(document_pdf("題", header=[], sections=[{"title": "紀錄", "blocks": blocks}]))
    text = re.sub(r"\s", "", text)
    for wanted in ("教師話語比率", "66.7%", "內容十字區", shown.digest[:20]):
        assert wanted in text, wanted


def test_a_plan_with_the_bare_necessities_is_drawn() -> None:
    made = lessons.at_task()
    made["plan"]["seats"] = [{"id": s["id"], "x": s["x"], "y": s["y"]} for s in made["plan"]["seats"]]
    check(made)
    assert present(made).pictures and replay(made)["seats"][0]["code"] == made["plan"]["seats"][0]["id"]


def test_what_people_wrote_is_not_taken_for_a_code() -> None:
    assert cell("group", "A", {"A": "A At task"}, {"A": "x"}) == "A"
    assert cell("word", "PT", {}, {"PT": "Pupil talk"}) == "PT"
