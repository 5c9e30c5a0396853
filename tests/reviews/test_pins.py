"""Comments pinned to forms: given with a return or a revision, mended or answered, and read by who comes next."""

from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from app.cases import service as cases
from app.cases import workflow
from app.cases.models import Case, Document
from app.cases.queries import submissions
from app.cases.states import State, Verdict
from app.core.db import db
from app.core.errors import Forbidden, Invalid, PortalError, Stale
from app.reviews import service
from app.reviews.models import Pin
from app.reviews.pins import digest, pin_views, todo
from tests import factories

UNIT = {"slot": "pre-observation", "field": "unit", "reason": "", "text": "請寫出單元名稱", "must": True}
STAMP = {"slot": "checklist", "field": "", "reason": "not-stamped", "text": "", "must": True}
ADVICE = {"slot": "observation", "field": "", "reason": "", "text": "可再具體", "must": False}


def returned(there: factories.World, *pins: dict[str, Any], case: Case | None = None) -> Case:
    return service.return_case(there.centre, case or factories.sent(there), pins=pins)


def document(case: Case, slot: str) -> Document:
    return db.session.scalars(
        select(Document).where(Document.case_id == case.id, Document.slot == slot, Document.chosen)
    ).one()


def write(there: factories.World, case: Case, slot: str, form: str = "", **answers: Any) -> None:
    """Save answers in the slot, complete as far as the case is concerned."""
    kept = document(case, slot)
    same = form in ("", kept.form_code)
    cases.save_document(
        there.teacher,
        case,
        slot=slot,
        form_code=form or kept.form_code,
        form_version=1,
        answers={**(kept.answers if same else {}), **answers},
        complete=True,
        version=kept.version if same else 0,
    )
    db.session.expire(case, ["documents"])


def upload(there: factories.World, case: Case, slot: str, sha256: str, pages: int = 1) -> None:
    kept = document(case, slot)
    cases.attach_file(
        there.teacher, case, slot=slot, form_code=kept.form_code, form_version=1,
        sha256=sha256 * 64, size=1000, pages=pages, file_name=f"{sha256}.pdf", version=kept.version,
    )  # fmt: skip
    db.session.expire(case, ["documents"])


def answer(there: factories.World, case: Case, words: str) -> None:
    """The same words to every comment."""
    views = todo(case)
    answers = {view.pin.id: words for view in views}
    service.answer_pins(there.teacher, case, answers=answers, seen=digest(views))


# -- giving -------------------------------------------------------------------------------------------------


def test_a_return_pins_its_comments_to_what_was_sent(there):
    case = returned(there, UNIT, STAMP, ADVICE)
    pins = db.session.scalars(select(Pin).order_by(Pin.id)).all()
    assert [(p.slot, p.field, p.reason, p.text, p.must) for p in pins] == [
        tuple(given[name] for name in ("slot", "field", "reason", "text", "must"))
        for given in (UNIT, STAMP, ADVICE)
    ]
    assert {(p.round, p.given_by_id, p.submission_id) for p in pins} == {
        ("formal", there.centre.id, submissions(case)[-1].id)
    }
    assert case.events[-1].reasons == [UNIT, STAMP, ADVICE]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"slot": "nowhere"}, "pins-1-place"),
        ({"slot": "", "field": ""}, "pins-1-place"),
        ({"field": "no-such-field"}, "pins-1-place"),
        ({"reason": "no-such-code"}, "pins-1-text"),
        ({"text": " \n "}, "pins-1-text"),
        ({"text": "長" * 5001}, "pins-1-text"),
    ],
)
def test_a_comment_that_is_not_in_order_is_named_and_nothing_happens(there, db_session, change, field):
    case = factories.sent(there)
    db_session.commit()
    with pytest.raises(Invalid) as refusal:
        returned(there, STAMP, UNIT | change, case=case)
    assert refusal.value.field == field
    db_session.rollback()
    assert case.state is State.FORMAL_CHECK
    assert db_session.scalars(select(Pin)).all() == []


def test_five_thousand_characters_are_kept_and_more_are_called_too_long(there, db_session):
    case = returned(there, UNIT | {"text": "長" * 5000})
    assert todo(case)[0].pin.text == "長" * 5000
    with pytest.raises(Invalid) as refusal:
        answer(there, case, "長" * 5001)
    assert refusal.value.field == f"answer-{todo(case)[0].pin.id}" and "5,000" in str(refusal.value.message)


def test_a_return_without_a_comment_is_invalid_and_only_the_office_in_charge_returns(there):
    case = factories.sent(there)
    with pytest.raises(Invalid) as refusal:
        returned(there, case=case)
    assert refusal.value.field == "pins"
    with pytest.raises(Forbidden):
        service.return_case(there.teacher, case, pins=[STAMP])
    with pytest.raises(PortalError):
        service.return_case(there.county, case, pins=[STAMP])


def test_what_was_said_stays_in_the_database_too(there, db_session):
    returned(there, UNIT)
    db_session.commit()
    for statement in ("update pin set text = 'x'", "update pin set must = false", "delete from pin"):
        with pytest.raises(DatabaseError, match="append-only"):
            db_session.execute(text(statement))
        db_session.rollback()
    with pytest.raises(DatabaseError):
        db_session.execute(text("update pin set answer = 'x'"))
    db_session.rollback()


def test_only_pinned_forms_open_where_the_campaign_says_so(db_session):
    there = factories.world(reopens={"returned": "pinned", "revising": "pinned"})
    case = returned(there, UNIT, ADVICE)
    assert case.reopened == ["pre-observation", "observation"]
    with pytest.raises(PortalError) as refusal:
        upload(there, case, "checklist", "a")
    assert refusal.value.code == "locked"


def test_a_form_that_does_not_open_again_takes_no_comment(db_session):
    there = factories.world(reopens={"returned": ["observation"], "revising": ["observation"]})
    case = factories.sent(there)
    with pytest.raises(Invalid), db_session.begin_nested():
        returned(there, STAMP, case=case)
    db_session.expire_all()
    assert returned(there, ADVICE, case=case).reopened == ["observation"]


# -- mending and answering ----------------------------------------------------------------------------------


def test_sending_again_waits_until_each_must_is_mended_or_answered(there):
    case = returned(there, UNIT, STAMP, ADVICE)
    with pytest.raises(PortalError) as refusal:
        cases.submit(there.teacher, case)
    assert "觀察前會談紀錄表" in str(refusal.value.message) and "認證檢核表" in str(refusal.value.message)
    assert "觀察紀錄表," not in str(refusal.value.message), "advice blocks nothing"

    # Something else in the form is no mending of the field.
    write(there, case, "pre-observation", place="三樓")
    with pytest.raises(PortalError, match="not_possible"):
        cases.submit(there.teacher, case)
    write(there, case, "pre-observation", unit="圓面積")
    with pytest.raises(PortalError) as refusal:
        cases.submit(there.teacher, case)
    assert "觀察前會談紀錄表" not in str(refusal.value.message)
    upload(there, case, "checklist", "b")
    assert [view.state for view in todo(case)] == ["mended", "mended", "open"]
    assert cases.submit(there.teacher, case).state is State.FORMAL_CHECK


def test_words_are_as_good_as_a_change_and_can_be_taken_back(there):
    case = returned(there, UNIT, STAMP)
    answer(there, case, "單元名稱即為教材名稱。")
    assert {view.state for view in todo(case)} == {"answered"}
    answer(there, case, "  ")
    assert {(view.state, view.pin.answered_at) for view in todo(case)} == {("open", None)}
    answer(there, case, "單元名稱即為教材名稱。")
    cases.submit(there.teacher, case)
    with pytest.raises(PortalError) as refusal:
        service.answer_pins(there.teacher, case, answers={}, seen="")
    assert refusal.value.code == "nothing_to_answer"


def test_a_change_that_was_taken_back_is_no_mending(there):
    case = returned(there, UNIT)
    write(there, case, "pre-observation", unit="圓面積")
    assert todo(case)[0].mended
    write(there, case, "pre-observation", unit="")
    assert not todo(case)[0].mended


def test_the_answers_of_two_tabs_do_not_overwrite_each_other(there):
    case = returned(there, UNIT)
    (view,) = todo(case)
    seen = digest([view])
    service.answer_pins(there.teacher, case, answers={view.pin.id: "甲"}, seen=seen)
    with pytest.raises(Stale):
        service.answer_pins(there.teacher, case, answers={view.pin.id: "乙"}, seen=seen)
    assert view.pin.answer == "甲"
    # The same words once more, because the first reply was lost: nothing to do.
    service.answer_pins(there.teacher, case, answers={view.pin.id: "甲"}, seen=seen)


def test_two_tabs_may_answer_two_comments_and_neither_empties_the_other(there):
    case = returned(there, UNIT, STAMP)
    unit, stamp = (view.pin for view in todo(case))
    seen = digest(todo(case))
    service.answer_pins(there.teacher, case, answers={unit.id: "甲", stamp.id: ""}, seen=seen)
    service.answer_pins(there.teacher, case, answers={unit.id: " ", stamp.id: "乙"}, seen=seen)
    assert [view.pin.answer for view in todo(case)] == ["甲", "乙"]
    # Emptied on purpose, by a page that showed it.
    service.answer_pins(there.teacher, case, answers={unit.id: ""}, seen=digest(todo(case)))
    assert [view.pin.answer for view in todo(case)] == ["", "乙"]
    service.answer_pins(there.teacher, case, answers={unit.id: "丙", 999: "丁"}, seen=digest(todo(case)))
    assert [view.pin.answer for view in todo(case)] == ["丙", "乙"]


def test_blanks_at_the_end_mend_nothing_and_emptying_does(there):
    case = factories.drafted(there)
    write(there, case, "pre-observation", unit="圓的周長")
    case = returned(there, UNIT, case=cases.submit(there.teacher, case))
    write(there, case, "pre-observation", unit=" 圓的周長  ")
    with pytest.raises(PortalError, match="not_possible"):
        cases.submit(there.teacher, case)
    write(there, case, "pre-observation", unit="")
    (view,) = todo(case)
    assert view.mended and view.changes[0].parts == [("gone", "圓的周長")]


def test_a_comment_on_a_table_survives_rows_that_move(there):
    """Rows have no names of their own: the comment is on the table, and every row is compared."""
    case = factories.drafted(there)
    rows = [{"time": "9:05", "teacher": "巡視"}, {"time": "9:10", "teacher": "提問"}]
    write(there, case, "observation", "anecdotal", rows=rows)
    pin = {"slot": "observation", "field": "rows", "reason": "", "text": "請補學生反應", "must": True}
    case = cases.submit(there.teacher, case)
    with pytest.raises(Invalid) as refusal, db.session.begin_nested():
        returned(there, pin | {"field": "rows-0-time"}, case=case)
    assert refusal.value.field == "pins-0-place"
    db.session.expire_all()
    case = returned(there, pin, case=case)
    write(there, case, "observation", rows=[*rows, {"time": "", "teacher": ""}])
    assert not todo(case)[0].mended, "an empty row says nothing"
    write(there, case, "observation", rows=[*rows, {"time": "9:12", "pupils": "三人舉手"}])
    (view,) = todo(case)
    assert view.mended and ("same" in dict(view.changes[0].parts)) and view.changes[0].parts[-1][0] == "new"


def test_nobody_answers_for_the_teacher(there):
    case = returned(there, UNIT)
    (view,) = todo(case)
    for other in (factories.teacher(), there.centre, there.county):
        with pytest.raises(Forbidden):
            service.answer_pins(other, case, answers={view.pin.id: "代答"}, seen=digest([view]))


def test_another_form_chosen_for_the_slot_counts_as_a_change(there):
    case = factories.sent(there)
    before = document(case, "observation").form_code
    other = next(code for code in case.campaign.forms_for("observation") if code != before and "-10" in code)
    field = "ratings-A-2-evidence" if before.endswith("105") else "goals"
    pin = {"slot": "observation", "field": "", "reason": "", "text": "表單版本不符", "must": True}
    case = returned(there, pin, pin | {"field": field} if before.endswith("105") else pin, case=case)
    write(there, case, "observation", other, goals="目標")
    assert all(view.other_form and view.mended for view in todo(case))


# -- who reads next -----------------------------------------------------------------------------------------


def test_the_next_reader_sees_before_after_and_answer_and_no_draft(there):
    case = factories.drafted(there)
    write(there, case, "pre-observation", unit="圓的周長")
    case = returned(there, UNIT, STAMP, case=cases.submit(there.teacher, case))
    write(there, case, "pre-observation", unit="圓的面積")
    answer(there, case, "已重新核章。")
    for view in pin_views(case):
        assert (view.after, view.answer, view.mended) == (None, "", False), (
            "what is being written is the teacher's"
        )
    cases.submit(there.teacher, case)
    unit, stamp = pin_views(case)
    assert unit.changes[0].parts == [("same", "圓的"), ("gone", "周長"), ("new", "面積")]
    assert (unit.state, unit.place) == ("mended", "觀察前會談紀錄表 · 教學單元")
    assert (stamp.state, stamp.answer, stamp.reason) == ("answered", "已重新核章。", "未核章")


def test_of_a_long_text_only_what_is_near_a_change_is_shown(there):
    case = factories.drafted(there)
    write(there, case, "observation", goals="甲" * 400 + "乙" + "丙" * 4000)
    case = cases.submit(there.teacher, case)
    case = returned(there, UNIT | {"slot": "observation", "field": "goals"}, case=case)
    write(there, case, "observation", goals="甲" * 400 + "丁" + "丙" * 4000)
    cases.submit(there.teacher, case)
    assert pin_views(case)[0].changes[0].near == [
        ("same", "", 300, "甲" * 100),
        ("gone", "乙", 0, ""),
        ("new", "丁", 0, ""),
        ("same", "丙" * 100, 3900, ""),
    ]


def test_earlier_returns_stay_as_history_and_ask_for_nothing(there):
    case = returned(there, UNIT)
    write(there, case, "pre-observation", unit="一")
    cases.submit(there.teacher, case)
    returned(there, STAMP, case=case)
    assert [view.pin.slot for view in todo(case)] == ["checklist"]
    # The first comment keeps the answer that was sent to it, whatever is written now.
    write(there, case, "pre-observation", unit="二")
    first = pin_views(case)[-1]
    assert (first.changes[0].after, first.mended) == ("一", True)
    upload(there, case, "checklist", "c")
    cases.submit(there.teacher, case)
    assert [view.pin.slot for view in pin_views(case)] == ["checklist", "pre-observation"]
    assert pin_views(case)[-1].changes[0].after == "一", (
        "compared with the sending that followed, not the last"
    )


def test_a_revision_pins_and_is_sent_again_by_the_same_rule(db_session):
    there = factories.world(reopens={"returned": "pinned", "revising": "pinned"})
    case = factories.reviewed(there, verdict=Verdict.REVISE)
    pin = {"slot": "post-observation", "field": "", "reason": "unclear", "text": "", "must": True}
    with pytest.raises(Invalid):
        service.decide(there.county, case, verdict=Verdict.REVISE, reason="請修正")
    db_session.rollback()

    there = factories.world(reopens={"returned": "pinned", "revising": "pinned"})
    case = factories.reviewed(there, verdict=Verdict.REVISE)
    service.decide(there.county, case, verdict=Verdict.REVISE, reason="請修正", reasons=[pin])
    assert (case.state, case.reopened) == (State.REVISING, ["post-observation"])
    with pytest.raises(PortalError, match="not_possible"):
        cases.submit(there.teacher, case)
    write(there, case, "post-observation", unit="圓面積")
    assert cases.submit(there.teacher, case).state is State.SECOND_ASSIGN
    assert [(v.pin.round, v.state) for v in pin_views(case)] == [("first", "mended")]


def test_a_return_of_the_old_kind_asks_for_nothing_more(there):
    case = factories.sent(there)
    workflow.fire(there.centre, case, "formal_return", reason="未核章")
    assert todo(case) == []
    assert cases.submit(there.teacher, case).state is State.FORMAL_CHECK
