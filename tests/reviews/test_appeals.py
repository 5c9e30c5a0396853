"""申復: until when, the answer with its grounds, other reviewers, the letters."""

from datetime import datetime

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from app.access.matrix import Role
from app.cases import service as cases
from app.cases import workflow
from app.cases.models import Submission
from app.cases.states import Round, State, Verdict
from app.core import clock
from app.core.clock import TAIPEI
from app.core.db import db
from app.core.errors import Forbidden, Invalid, PortalError
from app.reference.models import AppealGround
from app.reviews import service
from app.reviews.queries import appeal_of, assignments, decisions, grounds_of
from tests import factories
from tests.reviews.conftest import judge


def ground(accepts):
    return db.session.scalars(
        select(AppealGround.code).where(AppealGround.accepts.is_(accepts)).order_by(AppealGround.sort)
    ).first()


def filed(there, case=None):
    """申復, from a new failure or a given failed case."""
    case = case or factories.decided(there, Verdict.FAIL)
    factories.fill(case, ["appeal"])
    return cases.file_appeal(case.applicant, case)


def others(number=2):
    elsewhere = factories.school(factories.county("臺北"))
    return [factories.account(Role.REVIEWER, at_school=elsewhere) for _ in range(number)]


def accepted(there):
    case = filed(there)
    service.answer_appeal(there.county, case, accepted=True, grounds=[ground(True)])
    return case


def reviewed_again(there, verdict):
    case = accepted(there)
    service.assign(there.centre, case, reviewer_ids=[r.id for r in others()])
    for row in assignments(case, Round.APPEAL):
        judge(row, factories.LEVEL_OF[verdict], verdict)
    return case


# -- until when -------------------------------------------------------------------------------------------------


def test_the_days_are_the_campaigns(frozen, db_session):
    frozen.move_to(datetime(2026, 3, 2, 12, tzinfo=TAIPEI), tick=False)
    case = factories.decided(factories.world(appeal_days=20), Verdict.FAIL)
    assert clock.local(case.due_at) == datetime(2026, 3, 22, 23, 59, 59, tzinfo=TAIPEI)


# -- the answer -------------------------------------------------------------------------------------------------


def test_what_was_filed_is_kept_with_time_and_check_sum(there):
    case = filed(there)
    kept = db.session.scalars(select(Submission).where(Submission.transition == "appeal")).one()
    assert len(kept.digest) == 64 and kept.submitted_at == case.state_since
    assert {entry["slot"] for entry in kept.content} == {*case.campaign.slot_codes, "appeal"}


@pytest.mark.parametrize("accepts", [True, False])
def test_an_answer_needs_a_ground_of_its_kind(there, accepts):
    case = filed(there)
    for chosen in ([], ["nonsense"], [ground(not accepts)]):
        with pytest.raises(Invalid) as refusal:
            service.answer_appeal(there.county, case, accepted=accepts, grounds=chosen, reason="說明")
        assert refusal.value.field == "grounds"
    assert (case.state, appeal_of(case)) == (State.APPEAL_FILED, None)


def test_a_refusal_needs_words_and_ends_the_case(there):
    case = filed(there)
    with pytest.raises(Invalid) as refusal:
        service.answer_appeal(there.county, case, accepted=False, grounds=[ground(False)], reason=" ")
    assert refusal.value.field == "reason"
    service.answer_appeal(there.county, case, accepted=False, grounds=[ground(False)], reason="未具體指明")
    answer = appeal_of(case)
    assert (case.state, answer.accepted, answer.reason) == (State.APPEAL_REFUSED, False, "未具體指明")
    assert [g.code for g in grounds_of(answer)] == [ground(False)]
    with pytest.raises(PortalError):
        service.answer_appeal(there.county, case, accepted=True, grounds=[ground(True)])


def test_the_deciding_office_answers_once_and_the_record_stays(there, db_session):
    case = filed(there)
    for stranger, kind in (
        (there.centre, PortalError),
        (there.teacher, Forbidden),
        (there.reviewers[0], Forbidden),
    ):
        with pytest.raises(kind):
            service.answer_appeal(stranger, case, accepted=True, grounds=[ground(True)])
    with pytest.raises(PortalError):
        workflow.fire(there.county, case, "appeal_accept")
    service.answer_appeal(there.county, case, accepted=True, grounds=[ground(True)])
    db_session.commit()
    with pytest.raises(DatabaseError, match="append-only"):
        db_session.execute(text("update appeal set accepted = not accepted"))
    db_session.rollback()


# -- its own review ---------------------------------------------------------------------------------------------


def test_nobody_who_read_the_case_before_reads_the_appeal(there):
    case = accepted(there)
    assert case.state is State.APPEAL_ACCEPTED
    new = others()
    for old in there.reviewers:
        with pytest.raises(Invalid) as refusal:
            service.assign(there.centre, case, reviewer_ids=[old.id, new[0].id])
        assert refusal.value.code == "read_before"
    service.assign(there.centre, case, reviewer_ids=[r.id for r in new])
    assert case.state is State.APPEAL_REVIEW


@pytest.mark.parametrize(
    ("verdict", "state"), [(Verdict.PASS, State.PASSED), (Verdict.FAIL, State.APPEAL_FAILED)]
)
def test_the_appeals_own_sheets_and_decision(there, verdict, state):
    case = reviewed_again(there, verdict)
    assert case.state is State.APPEAL_DECISION
    service.decide(there.county, case, verdict=verdict, reason="申復審查結果")
    assert (case.state, case.due_at) == (state, None)
    assert {r: d.verdict for r, d in decisions(case).items()} == {
        Round.FIRST: Verdict.FAIL,
        Round.APPEAL: verdict,
    }
    with pytest.raises(PortalError):
        cases.file_appeal(there.teacher, case)


def test_an_appeal_that_leads_to_a_revision_is_not_followed_by_another_appeal(db_session):
    verdicts = {"first": ["pass", "minor", "revise", "fail"], "second": ["pass", "fail"],
                "appeal": ["pass", "revise", "fail"]}  # fmt: skip
    bands = {**factories.BANDS, "second": factories.BANDS["appeal"], "appeal": [
        {"from": 1, "to": 8, "verdict": "pass"}, {"from": 9, "to": 13, "verdict": "revise"},
        {"from": 14, "to": 20, "verdict": "fail"}]}  # fmt: skip
    there = factories.world(verdicts=verdicts, bands=bands)
    case = reviewed_again(there, Verdict.REVISE)
    service.decide(there.county, case, verdict=Verdict.REVISE, reason="請修正表2")
    assert (case.state, bool(case.due_at)) == (State.REVISING, True)
    cases.submit(there.teacher, case)
    service.assign(there.centre, case, reviewer_ids=[r.id for r in others()])
    for row in assignments(case, Round.SECOND):
        judge(row, 5, Verdict.FAIL)
    service.decide(there.county, case, verdict=Verdict.FAIL, reason="仍未完整")
    assert case.state is State.SECOND_FAILED
    with pytest.raises(PortalError) as refusal:
        filed(there, case)
    assert refusal.value.code == "not_possible"
