"""Fields keep what was typed and explain what is wrong with it."""

from datetime import date

import pytest
from werkzeug.datastructures import MultiDict

from app.forms.base import OfficialForm, Section
from app.forms.dates import parse_date, roc
from app.forms.fields import CheckField, ChoiceField, DateField, IntField, LongTextField, TextField, clean


class Sample(OfficialForm):
    code = "sample"
    title = "Sample"
    sections = (Section("One", ("name", "day", "number", "kind", "which", "agreed", "why", "story")),)

    name = TextField("Name", required=True, person=True)
    day = DateField("Day")
    number = IntField("Number", low=1, high=9)
    kind = ChoiceField("Kind", options=(("a", "A"), ("other", "Other")))
    which = TextField("Which", required=True, show_if=("kind", "other"))
    agreed = CheckField("Agreed")
    why = TextField("Why", required=True, show_if=("agreed", False))
    story = LongTextField("Story")


def sample(**typed: str) -> Sample:
    return Sample(MultiDict(typed))


def complaints(form: OfficialForm) -> dict[str, str]:
    return {p.field_id: p.kind for p in form.problems()}


@pytest.mark.parametrize(
    "typed",
    [
        "110/1/5",
        "民國110年1月5日",
        "110-01-05",
        "2021-01-05",
        "2021/1/5",
        "１１０／１／５",
        "110.1.5",
        "1100105",
        " 110 / 1 / 5 ",
    ],
)
def test_dates_of_both_calendars_are_stored_as_iso(typed: str) -> None:
    field = sample(day=typed).day
    assert field.answer() == "2021-01-05"
    assert field.text(paper=True) == "民國110年1月5日"


@pytest.mark.parametrize(
    "typed", ["110/2/30", "yesterday", "110/1", "0110-01-05", "0/1/1", "9999-01-01", "1/2/3/4", "/1/1"]
)
def test_a_wrong_date_is_kept_and_explained(typed: str) -> None:
    form = sample(name="x", day=typed, agreed="1")
    assert form.answers()["day"] == typed
    assert complaints(form) == {"day": "invalid"}
    assert "110/1/5" in form.messages()["day"]


def test_republic_years_of_every_length() -> None:
    assert parse_date("99/12/31") == date(2010, 12, 31)
    assert parse_date("1/1/1") == date(1912, 1, 1)
    assert roc(date(1912, 1, 1)) == "民國1年1月1日"


@pytest.mark.parametrize(("typed", "stored"), [("3", 3), ("３", 3), (" 4 ", 4), ("", "")])
def test_whole_numbers(typed: str, stored: object) -> None:
    form = sample(name="x", number=typed, agreed="1")
    assert form.answers()["number"] == stored
    assert not form.problems()


@pytest.mark.parametrize("typed", ["0", "10", "-1", "three", "3.5", "99999999"])
def test_wrong_numbers_are_kept(typed: str) -> None:
    form = sample(name="x", number=typed, agreed="1")
    assert str(form.answers()["number"]) == typed
    assert complaints(form) == {"number": "invalid"}


def test_an_unknown_choice_is_kept_and_named() -> None:
    form = sample(name="x", kind="zebra", agreed="1")
    assert form.answers()["kind"] == "zebra"
    assert "zebra" in form.messages()["kind"]


def test_hidden_fields_are_not_required_but_keep_their_text() -> None:
    form = sample(name="x", kind="a", which="kept", agreed="1")
    assert not form.problems()
    assert form.answers()["which"] == "kept"
    assert "kept" not in str(form.blocks())
    assert complaints(sample(name="x", kind="other", agreed="1")) == {"which": "missing"}
    assert complaints(sample(name="x", kind="a")) == {"why": "missing"}


def test_too_long_text_is_kept_whole() -> None:
    form = sample(name="n" * 201, story="字" * 5001, agreed="1")
    assert len(form.answers()["story"]) == 5001
    assert complaints(form) == {"name": "invalid", "story": "invalid"}
    assert "5,001" in form.messages()["story"]
    assert not sample(name="n" * 200, story="字" * 5000, agreed="1").problems()


def test_text_is_cleaned_not_cut() -> None:
    assert clean("a\x00b\x07c") == "abc"
    assert clean("e\u0301") == "\u00e9"
    assert clean("a\r\nb\rc", lines=True) == "a\nb\nc"
    assert clean("a\r\nb\tc") == "a b c"
    assert clean("a\ud800b") == "ab"
    assert clean(12) == "12"
    assert clean(None) == clean(True) == ""


def test_a_field_missing_from_the_post_keeps_its_stored_value() -> None:
    form = Sample(MultiDict({"name": "new"}), {"name": "old", "story": "stays", "unknown": 1})
    assert form.answers()["name"] == "new"
    assert form.answers()["story"] == "stays"
    assert "unknown" not in form.answers()


def test_progress_counts_shown_required_fields_without_mistakes() -> None:
    assert sample().progress() == (0, 2)
    assert sample(agreed="1", name="x").progress() == (1, 1)
    assert sample(agreed="1", name="n" * 201).progress() == (0, 1)
    form = sample(name="x")
    assert form.progress(form.sections[0]) == (1, 2)


def test_blank_and_named_people() -> None:
    assert sample().is_empty
    assert not sample(story="x").is_empty
    assert sample(name=" 林怡君 ").people() == ["林怡君"]
