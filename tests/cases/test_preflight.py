"""The coded checks before sending: each finds what it is for and nothing in a case that is in order."""

from typing import Any

import pytest

from app.cases import service as cases
from app.cases import workflow
from app.cases.models import Case, Document
from app.cases.preflight import blocking, preflight
from app.cases.queries import submissions
from app.cases.states import State
from app.core.db import db
from app.core.errors import PortalError
from app.core.stored import StoredFile
from app.people.models import TrainingRecord
from tests import factories

LESSON = {"teacher": "何佳蓉", "unit": "圓的面積"}
IN_ORDER = {
    "pre-observation": {
        **LESSON,
        "held_on": "2025-10-01",
        "lesson_on": "2025-10-03",
        "feedback_on": "2025-10-04",
    },
    "observation": {**LESSON, "held_on": "2025-10-03"},
    "post-observation": {**LESSON, "held_on": "2025-10-04"},
}


@pytest.fixture
def case(there: factories.World) -> Case:
    """Complete, with three forms that agree."""
    found = factories.drafted(there)
    for slot, answers in IN_ORDER.items():
        write(found, slot, **answers)
    return found


def kept(case: Case, slot: str) -> Document:
    return next(d for d in case.documents if d.slot == slot and d.chosen)


def write(case: Case, slot: str, **answers: Any) -> None:
    document = kept(case, slot)
    document.answers = {**document.answers, **answers}
    db.session.flush()


def codes(case: Case) -> list[tuple[str, str, str]]:
    return [(f.code, f.slot, f.field) for f in preflight(case)]


def put(case: Case, slot: str, sha256: str, pages: int | None) -> None:
    row = db.session.query(StoredFile).filter_by(sha256=sha256).first() or StoredFile(
        sha256=sha256, size=10, pages=pages
    )
    kept(case, slot).file = row
    db.session.flush()


def test_nothing_is_found_in_a_case_that_is_in_order(case):
    assert preflight(case) == []


def test_what_is_missing_is_an_error_that_names_the_field(case):
    kept(case, "pre-observation").complete = False
    kept(case, "checklist").complete = False
    first, second = preflight(case)
    assert (first.code, first.slot, first.field) == ("incomplete", "pre-observation", "teacher_grade")
    assert (second.slot, second.field, second.blocks) == ("checklist", "", True)


@pytest.mark.parametrize(
    ("slot", "answers", "code", "field"),
    [
        ("observation", {"held_on": "2025-09-30"}, "wrong_order", "held_on"),
        ("post-observation", {"held_on": "2025-10-02"}, "wrong_order", "held_on"),
        ("post-observation", {"held_on": "2199-01-01"}, "future_date", "held_on"),
    ],
)
def test_dates_that_cannot_be_are_errors(case, slot, answers, code, field):
    write(case, slot, **answers)
    found = next(f for f in preflight(case) if f.code == code)
    assert (found.slot, found.field, found.blocks) == (slot, field, True)


def test_the_day_itself_is_not_in_the_future(case, frozen):
    frozen.move_to("2025-10-04T00:00:00+08:00", tick=False)
    assert not [f for f in preflight(case) if f.code == "future_date"]
    frozen.move_to("2025-10-03T23:59:59+08:00", tick=False)
    assert [f.slot for f in preflight(case) if f.code == "future_date"] == ["post-observation"]


def test_a_talk_on_another_day_than_planned_is_a_hint(case):
    write(case, "post-observation", held_on="2025-10-05")
    (found,) = preflight(case)
    assert (found.code, found.slot, found.blocks) == ("not_as_planned", "post-observation", False)
    assert "2025-10-04" in found.words


def test_nobody_observes_themselves(case, there):
    for slot in IN_ORDER:
        write(case, slot, teacher=f" {there.teacher.name} ")
    assert {(f.code, f.slot) for f in preflight(case)} == {("observes_self", slot) for slot in IN_ORDER}


def test_names_that_differ_are_hints(case):
    write(case, "post-observation", teacher="何佳容")
    write(case, "observation", observer="舊名")
    assert codes(case) == [
        ("other_name", "observation", "observer"),
        ("lesson_differs", "post-observation", "teacher"),
    ]
    assert not blocking(case)


def test_facts_without_a_judgement_are_an_error(case):
    document = kept(case, "observation")
    form = document.form_code
    rows = {"A-2": {"evidence": "教師以圖卡提問，三位學生舉手回答問題。", "rating": ""}}
    write(case, "observation", ratings={"rubric": form[-3:], "revision": 1, "rows": rows})
    assert [(f.code, f.slot, f.field) for f in blocking(case)] == [
        ("not_rated", "observation", "ratings-A-2-rating")
    ]


def test_a_word_where_a_description_is_asked_for_is_a_hint(case):
    write(case, "post-observation", insight="很好", strengths="很好")
    (found,) = preflight(case)
    assert (found.code, found.slot, found.blocks) == ("very_short", "post-observation", False)


def test_files_without_a_page_block_and_the_same_file_twice_does_not(case):
    put(case, "checklist", "a" * 64, 0)
    put(case, "community-proof", "b" * 64, 2)
    put(case, "open-lesson-proof", "b" * 64, 2)
    found = [(f.code, f.slot, f.blocks) for f in preflight(case)]
    assert found == [("unreadable", "checklist", True), ("same_file", "community-proof", False)]


def test_what_the_profile_has_lost_is_a_hint(case, there):
    db.session.execute(db.delete(TrainingRecord))
    found = preflight(case)
    assert {(f.code, f.slot, f.blocks) for f in found} == {("not_eligible", "", False)}


def test_errors_keep_the_case_and_hints_do_not(case, there):
    write(case, "observation", held_on="2025-09-30")
    with pytest.raises(PortalError) as refusal:
        cases.submit(there.teacher, case)
    assert "2025-09-30" in str(refusal.value.message)
    write(case, "observation", held_on="2025-10-02")
    assert preflight(case)
    assert cases.submit(there.teacher, case).state is State.FORMAL_CHECK


def test_the_office_reads_the_same_list(case, there):
    write(case, "post-observation", held_on="2025-10-05", teacher="何佳容")
    mine = preflight(case)
    cases.submit(there.teacher, case)
    assert preflight(case, submissions(case)[-1].content) == mine != []


def test_an_error_in_a_form_that_is_closed_blocks_nobody(db_session):
    there = factories.world(reopens={"returned": ["checklist"], "revising": []})
    case = factories.sent(there)
    workflow.fire(there.centre, case, "formal_return", reason="未核章")
    write(case, "observation", held_on="2199-01-01")
    assert [f.code for f in preflight(case)] == ["future_date"]
    assert cases.submit(there.teacher, case).state is State.FORMAL_CHECK


def test_two_observations_of_one_lesson_are_noticed(db_session):
    slots = [
        {"slot": slot, "forms": [form]}
        for slot, form in (("observation-1", "observation-105"), ("observation-2", "observation-105"))
    ]
    there = factories.world(slots=slots, reopens={"returned": [], "revising": []})
    case = factories.drafted(there)
    for slot in ("observation-1", "observation-2"):
        write(case, slot, **LESSON, held_on="2025-10-03")
    assert codes(case) == [("same_lesson", "observation-2", "held_on")]
