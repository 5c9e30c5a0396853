"""Two observers of one lesson: agreement in words, refusals with reasons, moments to talk through."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask_babel import force_locale

from app.core.errors import Invalid
from app.core.i18n import EN
from app.observations.compare import comparison, later
from app.observations.growth import growth
from app.observations.history import entries
from tests.observations import lessons
from tests.observations.batches import drop, head, put


@pytest.fixture
def _context(app: Flask) -> Iterator[None]:
    with app.app_context(), force_locale(EN):
        yield


pytestmark = pytest.mark.usefixtures("_context")


def second(record: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {**record, "uid": "11111111-0000-4000-8000-000000000000", **more}


def compared(a: dict[str, Any], b: dict[str, Any], later_s: float = 0) -> Any:
    return comparison(a, b, tolerance_s=1.5, later_s=later_s)


def values(outcome: Any) -> list[str]:
    return [value.value for value in outcome.values]


def test_equal_lists_agree() -> None:
    record = lessons.flanders([5, 4, 8, 2] * 10)
    outcome = compared(record, second(record))
    assert values(outcome) == ["40", "100.0%", "1.00", "1.00"]
    assert not outcome.disagreements and not outcome.notes


def test_a_difference_is_listed_with_both_codes_and_times() -> None:
    a, b = lessons.flanders([5, 4, 8, 2]), second(lessons.flanders([5, 4, 9, 2]))
    outcome = compared(a, b)
    assert outcome.values[1].value == "75.0%"
    [(t, x, u, y)] = outcome.disagreements
    assert (t, u) == ("0:06", "0:06") and x.startswith("8 ") and y.startswith("9 ")
    assert any("Only 4 pairs" in note for note in outcome.notes)


def test_one_category_has_no_kappa_and_says_why() -> None:
    outcome = compared(lessons.flanders([5] * 5), second(lessons.flanders([5] * 5)))
    kappa = outcome.values[2]
    assert kappa.value == "—" and "one single category" in kappa.why


def test_devices_that_began_apart_are_set_right() -> None:
    a = lessons.flanders([5, 4, 8, 2])
    b = second(lessons.flanders([8, 2]), started_at="2026-11-23T01:02:09.000Z")
    assert later(a, b) == 6
    assert compared(a, b, later(a, b)).values[1].value == "100.0%"
    assert later(a, {**b, "started_at": "2026-11-24T01:02:09.000Z"}) == 0
    assert later(a, {**b, "started_at": None}) == 0


@pytest.mark.parametrize(
    ("a", "b", "reason"),
    [
        (lessons.flanders([5]), lessons.flanders([5]), "same"),
        (lessons.flanders([5]), second(lessons.at_task()), "instruments"),
        (lessons.movement(), second(lessons.movement()), "instrument"),
        (lessons.flanders([5]), second(lessons.flanders([])), "empty"),
    ],
)
def test_refused_with_a_reason(a: dict[str, Any], b: dict[str, Any], reason: str) -> None:
    with pytest.raises(Invalid) as refusal:
        compared(a, b)
    assert refusal.value.code == reason and str(refusal.value.message)


def test_at_task_is_compared_by_sweep_and_pupil() -> None:
    a, b = lessons.at_task(2), second(lessons.at_task(2))
    b["events"][0] = {**b["events"][0], "code": "F" if b["events"][0]["code"] != "F" else "A"}
    outcome = compared(a, b)
    assert outcome.values[0].value == "58" and len(outcome.disagreements) == 1
    assert outcome.disagreements[0][0] == "Sweep 1, seat 01"
    assert outcome.confusion is not None


def test_what_was_changed_keeps_its_original() -> None:
    ops = [put(1, {"code": 5}, event_id="e" * 36), put(2, {"code": 4}, event_id="f" * 36)]
    ops += [put(3, {"t": 3000, "code": 7}, event_id="e" * 36), drop(4, "f" * 36)]
    record = {**head(), "events": [{"id": "e" * 36, "t": 3000, "code": 7}]}
    listed, changed = entries(record, ops)
    assert [entry.text[0] for entry in listed] == ["7"]
    assert [[version.text[:1] for version in entry.versions] for entry in changed] == [["5", "7"], ["4", ""]]
    assert changed[1].number is None


def test_growth_keeps_the_order_and_shows_dashes() -> None:
    shown = growth("flanders", [lessons.flanders([5, 5]), lessons.flanders()])
    assert [row[0][:2] for row in shown.table.rows] == ["1.", "2."]
    assert "—" in shown.table.rows[0] and "—" not in shown.table.rows[1]
    assert shown.picture is not None and "<svg" in shown.picture.svg
    assert growth("anecdotal", [lessons.anecdotal()] * 2).picture is None
