"""Sheets that disagree, reviewers who hand a case back, and who takes their place."""

import pytest

from app.access.matrix import Permission, Role
from app.access.policy import can
from app.cases import workflow
from app.cases.states import Round, State, Verdict
from app.core.errors import Forbidden, Invalid, PortalError
from app.reviews import service
from app.reviews.candidates import candidates
from app.reviews.outcome import outcome, settled
from app.reviews.queries import assignments, decisions, sheet_items, work_list
from tests import factories
from tests.reviews.conftest import judge, judged


def reviewer(**more):
    return factories.account(Role.REVIEWER, at_school=factories.school(factories.county("臺北")), **more)


# -- what disagrees, and what follows -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sheets", "verdicts", "items"),
    [
        (((2, Verdict.PASS), (3, Verdict.PASS)), False, 0),
        (((2, Verdict.PASS), (3, Verdict.MINOR)), True, 0),
        (((2, Verdict.PASS), ((2, 4, 3), Verdict.PASS)), False, 1),
        ((((2, 5, 2), Verdict.REVISE), ((4, 2, 3), Verdict.REVISE)), False, 2),
    ],
)
def test_another_verdict_or_two_levels_on_an_item(there, sheets, verdicts, items):
    case = judged(there, *sheets)
    found = outcome(case, Round.FIRST)
    assert (found.verdicts_differ, len(found.items)) == (verdicts, items)
    assert settled(case, Round.FIRST, found) is not (verdicts or items > 0)


def test_how_many_levels_is_the_campaigns_rule(db_session):
    there = factories.world(disagreement_levels=3)
    assert not outcome(judged(there, (2, Verdict.PASS), (4, Verdict.PASS)), Round.FIRST).disagree


def test_a_third_reader_is_wanted_before_anybody_decides(there):
    case = judged(there, (2, Verdict.PASS), (4, Verdict.REVISE))
    with pytest.raises(PortalError):
        service.decide(there.county, case, verdict=Verdict.PASS, reason="縣市認定")
    third = reviewer()
    with pytest.raises(Invalid) as refusal:
        service.add_reviewer(there.county, case, reviewer_id=there.reviewers[0].id)
    assert refusal.value.code == "reads_now"
    with pytest.raises(PortalError):
        service.add_reviewer(there.centre, case, reviewer_id=third.id)
    service.add_reviewer(there.county, case, reviewer_id=third.id, reason="未曾與本案往來")
    assert case.state is State.FIRST_REVIEW
    row = assignments(case)[-1]
    assert (row.reviewer_id, row.extra, row.reason) == (third.id, True, "未曾與本案往來")
    judge(row, 4, Verdict.REVISE)
    assert case.state is State.FIRST_DECISION
    # 6, 12 and 12: the mean is 10, which the campaign calls a pass after revision.
    decision = service.decide(there.county, case, verdict=Verdict.MINOR)
    assert (decision.detail["sums"], decision.detail["value"], decision.differs) == ([6, 12, 12], 10, False)


def test_nobody_is_added_where_the_sheets_agree_or_a_third_has_read(there):
    case = factories.reviewed(there)
    with pytest.raises(PortalError):
        service.add_reviewer(there.county, case, reviewer_id=reviewer().id)
    there.teacher = factories.teacher()
    case = judged(there, (2, Verdict.PASS), (5, Verdict.FAIL))
    service.add_reviewer(there.county, case, reviewer_id=reviewer().id)
    judge(assignments(case)[-1], 3, Verdict.MINOR)
    with pytest.raises(PortalError):
        service.add_reviewer(there.county, case, reviewer_id=reviewer().id)


def test_a_campaign_may_want_the_reviewers_to_talk(db_session):
    there = factories.world(disagreement="talk")
    case = judged(there, (2, Verdict.PASS), (4, Verdict.REVISE))
    with pytest.raises(PortalError):
        service.decide(there.county, case, verdict=Verdict.MINOR)
    with pytest.raises(PortalError):
        service.add_reviewer(there.county, case, reviewer_id=reviewer().id)
    with pytest.raises(Invalid) as refusal:
        service.record_talk(there.county, case, text=" ")
    assert refusal.value.field == "talk"
    service.record_talk(there.county, case, text="兩位同意修正後通過")
    with pytest.raises(PortalError):
        service.record_talk(there.county, case, text="再談一次")
    service.decide(there.county, case, verdict=Verdict.MINOR)
    assert decisions(case)[Round.FIRST].verdict is Verdict.MINOR


def test_a_campaign_may_leave_it_to_the_office(db_session):
    there = factories.world(disagreement="none")
    case = judged(there, (2, Verdict.PASS), (4, Verdict.REVISE))
    assert service.decide(there.county, case, verdict=Verdict.MINOR).differs is False


# -- handing back and replacing -------------------------------------------------------------------------------


def test_who_hands_a_case_back_sees_nothing_of_it_any_more(there):
    case = factories.in_review(there)
    row, other = assignments(case)
    service.save_sheet(row.reviewer, row, levels={}, comments={}, remark="草稿", verdict=None, version=0)
    with pytest.raises(Invalid) as refusal:
        service.recuse(row.reviewer, row, reason=" ")
    assert refusal.value.field == "reason"
    with pytest.raises(PortalError):
        service.recuse(other.reviewer, row, reason="代為迴避")
    service.recuse(row.reviewer, row, reason="曾為同事")
    for permission in (Permission.CASE_VIEW, Permission.CASE_READ, Permission.SHEET_WRITE):
        assert not can(row.reviewer, permission, case)
    assert work_list(row.reviewer) == []
    with pytest.raises(PortalError):
        service.recuse(row.reviewer, row, reason="再一次")
    # One sheet of two does not end the round, and the person who left does not come back to it.
    judge(other, 2)
    assert case.state is State.FIRST_REVIEW
    assert {c.user.id: c.block for c in candidates(case, Round.FIRST)}[row.reviewer_id] == "recused"


def test_a_sent_sheet_is_not_handed_back(there):
    case = factories.in_review(there)
    row = assignments(case)[0]
    judge(row, 2)
    for deed in (
        lambda: service.recuse(row.reviewer, row, reason="反悔"),
        lambda: service.replace_reviewer(there.centre, row, reviewer_id=reviewer().id, reason="更換"),
    ):
        with pytest.raises(PortalError) as refusal:
            deed()
        assert refusal.value.code == "sent"


def test_the_office_fills_the_empty_place_and_the_round_goes_on(there):
    case = factories.in_review(there)
    row, other = assignments(case)
    judge(other, 2)
    service.recuse(row.reviewer, row, reason="曾為同事")
    assert service.vacant(case, Round.FIRST) == 1
    new = reviewer()
    with pytest.raises(PortalError):
        service.replace_reviewer(there.county, row, reviewer_id=new.id, reason="")
    with pytest.raises(Forbidden):
        service.replace_reviewer(other.reviewer, row, reviewer_id=new.id, reason="")
    with pytest.raises(Invalid):
        service.replace_reviewer(there.centre, row, reviewer_id=row.reviewer_id, reason="")
    service.replace_reviewer(there.centre, row, reviewer_id=new.id, reason="")
    assert service.vacant(case, Round.FIRST) == 0
    with pytest.raises(PortalError) as refusal:
        service.replace_reviewer(there.centre, row, reviewer_id=reviewer().id, reason="")
    assert refusal.value.code == "no_vacancy"
    judge(next(r for r in assignments(case) if r.reviewer_id == new.id), 2)
    assert case.state is State.FIRST_DECISION


def test_taking_a_reviewer_off_needs_a_reason_and_drops_the_draft(there):
    case = factories.in_review(there)
    row = assignments(case)[0]
    item = sheet_items(case.track)[0].code
    service.save_sheet(row.reviewer, row, levels={item: 5}, comments={}, remark="", verdict=None, version=0)
    new = reviewer()
    with pytest.raises(Invalid) as refusal:
        service.replace_reviewer(there.centre, row, reviewer_id=new.id, reason=" ")
    assert refusal.value.field == "reason"
    taken = service.replace_reviewer(there.centre, row, reviewer_id=new.id, reason="逾期未審")
    assert (row.end_reason, row.ended_by_id) == ("逾期未審", there.centre.id)
    assert taken.sheet is None and taken.due_at
    with pytest.raises(PortalError):
        service.save_sheet(row.reviewer, row, levels={}, comments={}, remark="", verdict=None, version=1)


def test_a_further_reader_who_leaves_is_replaced_as_a_further_reader(there):
    case = judged(there, (2, Verdict.PASS), (4, Verdict.REVISE))
    service.add_reviewer(there.county, case, reviewer_id=reviewer().id)
    row = assignments(case)[-1]
    service.recuse(row.reviewer, row, reason="曾為同事")
    assert service.vacant(case, Round.FIRST) == 1
    new = service.replace_reviewer(there.centre, row, reviewer_id=reviewer().id, reason="")
    assert new.extra
    judge(new, 4, Verdict.REVISE)
    assert case.state is State.FIRST_DECISION
    assert workflow.answer(workflow.Context(case, workflow.BY_NAME["first_revise"], there.county))
