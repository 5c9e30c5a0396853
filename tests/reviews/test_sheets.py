"""Writing and sending a sheet: what it must say, whose it is, and that the last one moves the case once."""

from collections import Counter

import pytest
from sqlalchemy import select

from app.access.matrix import Role
from app.access.models import PortalUser
from app.cases.models import CaseEvent
from app.cases.states import Round, State, Verdict
from app.core.audit import AuditEntry
from app.core.db import db
from app.core.errors import Forbidden, Invalid, PortalError, Stale
from app.portal.case_view import readable_sheets
from app.reviews import service
from app.reviews.models import Assignment, SheetState
from app.reviews.queries import assignments, sheet_items, work_list
from tests import factories


@pytest.fixture
def case(there):
    return factories.in_review(there)


@pytest.fixture
def row(case):
    return assignments(case)[0]


def write(row, *, actor=None, version=0, verdict=Verdict.PASS, leave=(), **more):
    items = [item.code for item in sheet_items(row.case.track) if item.code not in leave]
    values = {"levels": dict.fromkeys(items, 3), "comments": {}, "remark": "", **more}
    return service.save_sheet(actor or row.reviewer, row, verdict=verdict, version=version, **values)


def send(row, **more):
    write(row, **more)
    return service.send_sheet(row.reviewer, row)


def test_a_draft_may_be_unfinished(row):
    sheet = write(row, levels={}, verdict=None)
    assert (sheet.state, sheet.levels, sheet.verdict) == (SheetState.DRAFT, {}, None)


def test_only_known_items_and_boxes_are_kept(row):
    code = sheet_items(row.case.track)[0].code
    sheet = write(row, levels={code: 1, "other": 3}, comments={code: "  佳  ", "other": "x"}, correction=9)
    assert (sheet.levels, sheet.comments, sheet.correction) == ({}, {code: "佳"}, 5)
    assert write(row, levels={code: 2}, version=sheet.version).levels == {code: 2}


def test_a_correction_keeps_to_the_campaigns_limit_and_is_explained(db_session):
    there = factories.world(correction_limit=2)
    row = assignments(factories.in_review(there))[0]
    with pytest.raises(Invalid) as refusal:
        send(row, correction=-5, correction_reason=" ")
    assert (refusal.value.code, refusal.value.field) == ("correction_reason_missing", "correction_reason")
    sheet = send(row, correction=-5, correction_reason="事實清楚", version=row.sheet.version)
    assert (sheet.correction, sheet.correction_reason) == (-2, "事實清楚")


def test_only_the_two_ticks_of_the_sheet_are_kept(row):
    assert write(row, similar="90").similar == ""
    assert write(row, similar="fail", version=row.sheet.version).similar == "fail"


def test_a_missing_level_names_its_item(row):
    item = sheet_items(row.case.track)[1]
    with pytest.raises(Invalid) as refusal:
        send(row, leave={item.code})
    assert (refusal.value.code, refusal.value.field) == ("level_missing", f"level-{item.code}")
    assert item.label in str(refusal.value.message)


def test_a_sheet_never_begun_lacks_its_first_level(row):
    with pytest.raises(Invalid) as refusal:
        service.send_sheet(row.reviewer, row)
    assert refusal.value.field == f"level-{sheet_items(row.case.track)[0].code}"


def test_a_verdict_is_needed_and_one_below_passing_needs_words(row):
    with pytest.raises(Invalid) as refusal:
        send(row, verdict=None)
    assert refusal.value.field == "verdict"
    with pytest.raises(Invalid) as refusal:
        send(row, verdict=Verdict.MINOR, version=row.sheet.version)
    assert refusal.value.field == "remark"
    comment = {sheet_items(row.case.track)[0].code: "請補充"}
    assert send(row, verdict=Verdict.MINOR, version=row.sheet.version, comments=comment).sent_at


def test_a_verdict_of_another_round_is_not_sent(there, case):
    again = factories.decided(there, Verdict.REVISE, case)
    from app.cases import service as cases

    cases.submit(there.teacher, again)
    second = assignments(factories.in_review(there, again), Round.SECOND)[0]
    with pytest.raises(Invalid) as refusal:
        send(second, verdict=Verdict.REVISE, remark="再修正")
    assert (refusal.value.code, refusal.value.field) == ("verdict", "verdict")


def test_a_second_tab_does_not_overwrite(row):
    first = write(row, remark="一")
    kept = write(row, remark="二", version=first.version)
    with pytest.raises(Stale):
        write(row, remark="三", version=kept.version - 1)
    with pytest.raises(Stale):
        write(row, remark="三")
    assert row.sheet.remark == "二"


def test_a_sent_sheet_is_frozen(row):
    sheet = send(row)
    for deed in (lambda: write(row, version=sheet.version), lambda: service.send_sheet(row.reviewer, row)):
        with pytest.raises(PortalError) as refusal:
            deed()
        assert refusal.value.code == "sent"


def test_nobody_writes_on_a_colleagues_sheet(there, case):
    mine, other = assignments(case)
    with pytest.raises(PortalError) as refusal:
        write(other, actor=mine.reviewer)
    assert refusal.value.code == "not_yours"
    write(other)
    with pytest.raises(PortalError) as refusal:
        service.send_sheet(mine.reviewer, other)
    assert refusal.value.code == "not_yours"
    for stranger in (there.teacher, there.centre, there.county):
        with pytest.raises(Forbidden):
            write(other, actor=stranger)


def test_a_recused_reviewer_writes_no_more(row, db_session):
    row.ended_at, row.end_reason = row.created_at, "迴避"
    db_session.flush()
    with pytest.raises(PortalError):
        write(row)


def test_after_the_round_nothing_is_written(there, case):
    rows = assignments(case)
    factories.reviewed(there, case)
    for row in rows:
        with pytest.raises(PortalError) as refusal:
            write(row, version=row.sheet.version)
        assert refusal.value.code == "round_ended"


def test_a_first_round_sheet_is_closed_in_the_second_round(there, case):
    first = assignments(case)[0]
    from app.cases import service as cases

    cases.submit(there.teacher, factories.decided(there, Verdict.REVISE, case))
    factories.in_review(there, case)
    assert case.state is State.SECOND_REVIEW
    with pytest.raises(PortalError) as refusal:
        write(first, version=first.sheet.version)
    assert refusal.value.code == "round_ended"


def test_the_last_sheet_and_no_other_moves_the_case(case, db_session):
    first, last = assignments(case)
    send(first)
    assert case.state is State.FIRST_REVIEW
    send(last)
    assert case.state is State.FIRST_DECISION
    assert case.events[-1].actor_id == last.reviewer_id
    sent = db_session.scalars(select(AuditEntry).where(AuditEntry.action == "sheet.sent")).all()
    assert {entry.detail["case"] for entry in sent} == {case.id} and len(sent) == 2


def test_both_reviewers_send_at_once_and_the_case_moves_once(case, together, db_session):
    rows = assignments(case)
    for row in rows:
        write(row)
    case_id, ids = case.id, [(row.id, row.reviewer_id) for row in rows]

    def deed(row_id, user_id):
        return lambda: (
            service.send_sheet(db.session.get(PortalUser, user_id), db.session.get(Assignment, row_id)).id
        )

    # Each presses twice.
    results = together(*(deed(*pair) for pair in ids + ids))

    assert Counter(isinstance(r, PortalError) for r in results) == {False: 2, True: 2}
    events = db_session.scalars(select(CaseEvent.transition).where(CaseEvent.case_id == case_id)).all()
    assert Counter(events)["finish_first_review"] == 1
    assert db_session.get(type(case), case_id).state is State.FIRST_DECISION


def test_two_tabs_begin_the_sheet_at_once(row, together):
    row_id, user_id = row.id, row.reviewer_id

    def save(text):
        def deed():
            mine = db.session.get(Assignment, row_id)
            assert mine.sheet is None or mine.sheet.remark  # what the page had loaded before
            return write(mine, actor=db.session.get(PortalUser, user_id), remark=text).remark

        return deed

    results = together(*(save(text) for text in "一二三"))
    assert Counter(isinstance(r, Stale) for r in results) == {False: 1, True: 2}, results


def test_saving_after_sending_in_another_tab_is_refused_in_words(row, together):
    version = write(row).version
    row_id, user_id = row.id, row.reviewer_id

    def mine():
        found = db.session.get(Assignment, row_id)
        found.sheet  # noqa: B018  the page has it already
        return db.session.get(PortalUser, user_id), found

    def save():
        actor, found = mine()
        return write(found, actor=actor, version=version, remark="遲").remark

    def dispatch():
        return service.send_sheet(*mine()).state

    results = together(save, dispatch)
    assert SheetState.SENT in results
    kept = [r for r in results if r is not SheetState.SENT]
    assert kept == ["遲"] or isinstance(kept[0], PortalError), kept


def test_the_work_list_has_what_is_to_do_first(there, case):
    send(assignments(case)[0])
    there.teacher = factories.teacher()
    factories.in_review(there)
    rows = work_list(there.reviewers[0])
    assert [bool(row.sheet) for row in rows] == [False, True]


# -- who reads them -----------------------------------------------------------------------------------------


def test_the_applicant_reads_a_sheet_only_after_the_verdict(there, case):
    rows = assignments(case)
    send(rows[0])
    for _ in range(2):
        assert readable_sheets(there.teacher, case) == []
        assert len(readable_sheets(there.centre, case)) == sum(row.sheet is not None for row in rows)
        if case.state is State.FIRST_REVIEW:
            send(rows[1], verdict=Verdict.REVISE, remark="請修正")
    # One proposed a pass, one a revision: the campaign of this world wants a third reader.
    third = factories.account(Role.REVIEWER, at_school=factories.school(factories.county("臺北")))
    service.add_reviewer(there.county, case, reviewer_id=third.id)
    send(assignments(case)[-1])
    service.decide(there.county, case, verdict=Verdict.REVISE, reason="請修正")
    assert len(readable_sheets(there.teacher, case)) == 3


def test_the_second_rounds_sheets_stay_closed_until_its_own_verdict(there, case):
    from app.cases import service as cases

    cases.submit(there.teacher, factories.decided(there, Verdict.REVISE, case))
    factories.reviewed(there, factories.in_review(there, case))
    assert {s.assignment.round for s in readable_sheets(there.teacher, case)} == {Round.FIRST}
    service.decide(there.county, case, verdict=Verdict.PASS)
    assert len(readable_sheets(there.teacher, case)) == 4


def test_nobody_else_reads_them(there, case):
    from app.access.matrix import Role

    factories.decided(there, Verdict.PASS, case)
    for stranger in (
        factories.teacher(),
        factories.account(Role.COUNTY, place=factories.county("連江")),
        factories.account(Role.SCHOOL, at_school=case.school),
        factories.account(Role.ADMIN),
        there.reviewers[0],
    ):
        assert readable_sheets(stranger, case) == []
