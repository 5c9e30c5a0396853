"""判定: what may be decided, by whom, when a reason is needed, and that it happens once."""

from collections import Counter

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from app.access.matrix import Role
from app.access.models import PortalUser
from app.campaigns.models import Office
from app.cases import service as cases
from app.cases import workflow
from app.cases.models import Case, CaseEvent
from app.cases.states import Round, State, Verdict
from app.core.db import db
from app.core.errors import Forbidden, Invalid, PortalError
from app.reviews import service
from app.reviews.models import Decision
from app.reviews.outcome import outcome
from app.reviews.queries import assignments, decisions
from tests import factories
from tests.reviews.conftest import judged

TARGETS = {
    Verdict.PASS: State.PASSED,
    Verdict.MINOR: State.PASSED,
    Verdict.REVISE: State.REVISING,
    Verdict.FAIL: State.FIRST_FAILED,
}


@pytest.mark.parametrize("verdict", list(Verdict))
def test_each_verdict_has_its_target(there, verdict):
    case = factories.decided(there, verdict)
    assert case.state is TARGETS[verdict]
    decision = decisions(case)[Round.FIRST]
    assert (decision.verdict, decision.differs, decision.decided_by_id) == (verdict, False, there.county.id)
    value = 3 * factories.LEVEL_OF[verdict]
    assert decision.detail == {
        "proposed": [verdict.value],
        "sums": [value] * 2,
        "value": value,
        "similar": "",
    }


@pytest.mark.parametrize("verdict", [Verdict.REVISE, Verdict.FAIL])
def test_what_sends_back_or_ends_needs_a_reason(there, verdict):
    case = factories.reviewed(there, verdict=verdict)
    with pytest.raises(Invalid) as refusal:
        service.decide(there.county, case, verdict=verdict, reason="  ")
    assert refusal.value.field == "reason"
    assert decisions(case) == {}


def test_a_verdict_that_differs_from_the_sheets_needs_a_reason(there):
    case = factories.reviewed(there, verdict=Verdict.MINOR)
    with pytest.raises(Invalid) as refusal:
        service.decide(there.county, case, verdict=Verdict.PASS)
    assert (refusal.value.code, refusal.value.field) == ("reason_missing", "reason")
    decision = service.decide(there.county, case, verdict=Verdict.PASS, reason="兩位委員意見已釐清")
    assert (decision.differs, decision.reason) == (True, "兩位委員意見已釐清")
    assert case.events[-1].reason == decision.reason


def test_the_database_asks_for_the_reason_too_and_keeps_decisions(there, db_session):
    case = factories.decided(there, Verdict.PASS)
    db_session.commit()
    for statement in ("update decision set reason = 'x'", "delete from decision"):
        with pytest.raises(DatabaseError, match="append-only"):
            db_session.execute(text(statement))
        db_session.rollback()
    row = {
        "case_id": case.id,
        "round": Round.SECOND,
        "verdict": Verdict.PASS,
        "decided_by_id": there.county.id,
    }
    db_session.add(Decision(**row, differs=True))
    with pytest.raises(DatabaseError):
        db_session.flush()
    db_session.rollback()


def test_a_verdict_that_the_campaign_does_not_list(db_session):
    two = {round_: ["pass", "fail"] for round_ in ("first", "second", "appeal")}
    there = factories.world(verdicts=two, bands=dict.fromkeys(two, factories.BANDS["appeal"]))
    case = factories.reviewed(there)
    with pytest.raises(PortalError) as refusal:
        service.decide(there.county, case, verdict=Verdict.MINOR, reason="小幅修正")
    assert refusal.value.code == "not_possible"
    assert decisions(case) == {}


def test_there_is_no_third_round(there):
    case = factories.decided(there, Verdict.REVISE)
    cases.submit(there.teacher, case)
    factories.reviewed(there, factories.in_review(there, case))
    with pytest.raises(Invalid) as refusal:
        service.decide(there.county, case, verdict=Verdict.REVISE, reason="再修正")
    assert refusal.value.field == "verdict"


def test_the_second_round_is_reviewed_and_decided_by_itself(there):
    case = factories.decided(there, Verdict.REVISE)
    assert case.reopened == case.campaign.reopens["revising"]
    cases.submit(there.teacher, case)
    assert case.state is State.SECOND_ASSIGN
    factories.in_review(there, case)
    assert all(row.sheet is None for row in assignments(case, Round.SECOND))
    factories.decided(there, Verdict.FAIL, case)
    assert case.state is State.SECOND_FAILED
    found = decisions(case)
    assert {round_: d.verdict for round_, d in found.items()} == {
        Round.FIRST: Verdict.REVISE,
        Round.SECOND: Verdict.FAIL,
    }


def test_a_minor_pass_goes_on_to_its_number_and_says_what_to_mend(there):
    case = factories.decided(there, Verdict.MINOR, reason="頁碼請更正")
    assert (case.state, case.reason, case.reopened, case.due_at) == (State.PASSED, "頁碼請更正", [], None)


def test_nothing_is_decided_before_the_sheets_are_in(there):
    case = factories.in_review(there)
    with pytest.raises(PortalError) as refusal:
        service.decide(there.county, case, verdict=Verdict.PASS)
    assert refusal.value.code == "not_possible"


def test_a_round_without_reviewers_is_not_finished(there):
    case = factories.place(factories.sent(there), State.FIRST_REVIEW)
    finish = workflow.BY_NAME["finish_first_review"]
    assert not workflow.GUARDS["sheets_complete"](workflow.Context(case, finish, there.centre))


def test_no_decision_without_its_record(there):
    case = factories.reviewed(there)
    with pytest.raises(PortalError):
        workflow.fire(there.county, case, "first_pass")


def test_the_office_of_the_campaign_decides(there):
    case = factories.reviewed(there)
    with pytest.raises(PortalError) as refusal:
        service.decide(there.centre, case, verdict=Verdict.PASS)
    assert "縣市教專中心" in str(refusal.value.message)
    for stranger in (
        factories.account(Role.COUNTY, place=factories.county("連江")),
        there.teacher,
        *there.reviewers,
    ):
        with pytest.raises(Forbidden):
            service.decide(stranger, case, verdict=Verdict.PASS)
    assert decisions(case) == {}


def test_a_campaign_may_let_the_centre_decide(db_session):
    there = factories.world(deciding_office=Office.CENTRE)
    case = factories.reviewed(there)
    with pytest.raises(PortalError):
        service.decide(there.county, case, verdict=Verdict.PASS)
    service.decide(there.centre, case, verdict=Verdict.PASS)
    assert case.state is State.PASSED


def test_two_decide_at_once(there, together, db_session):
    case = factories.reviewed(there)
    other = factories.account(Role.COUNTY, place=factories.county())
    case_id, people = case.id, [there.county.id, other.id]

    def decide(user_id, verdict):
        return lambda: (
            service.decide(
                db.session.get(PortalUser, user_id),
                db.session.get(Case, case_id),
                verdict=verdict,
                reason="會議決議",
            ).verdict
        )

    results = together(
        *(decide(p, v) for p in people for v in (Verdict.PASS, Verdict.FAIL)),
    )

    done = [r for r in results if not isinstance(r, PortalError)]
    assert len(done) == 1
    row = db_session.scalars(select(Decision).where(Decision.case_id == case_id)).one()
    assert row.verdict is done[0]
    events = db_session.scalars(select(CaseEvent.transition).where(CaseEvent.case_id == case_id)).all()
    assert sum(name.startswith(("first_pass", "first_fail")) for name in events) == 1
    assert Counter(events)[f"first_{row.verdict}"] == 1


# -- what the sheets come to ----------------------------------------------------------------------------------

BANDS = {
    **factories.BANDS,
    "first": [
        {"from": 6, "to": 8, "verdict": "pass"},
        {"from": 9, "to": 11, "verdict": "minor"},
        {"from": 13, "to": 20, "verdict": "fail"},
    ],
}


def with_gaps(**columns):
    """A world whose bands leave 12 and everything under 6 undefined, which its authority meant to."""
    return factories.world(bands=BANDS, disagreement="none", **columns)


@pytest.mark.parametrize(
    ("levels", "corrections", "sums", "value", "expected"),
    [
        ((2, 2), (0, 0), [6, 6], 6, Verdict.PASS),
        ((2, 2), (2, 1), [8, 7], 8, Verdict.PASS),  # 7.5 counts as the worse 8
        ((3, 3), (0, 2), [9, 11], 10, Verdict.MINOR),
        ((2, 3), (0, 0), [6, 9], 8, Verdict.PASS),
        ((5, 5), (5, 5), [20, 20], 20, Verdict.FAIL),
    ],
)
def test_the_band_is_that_of_the_mean_rounded_to_the_worse(
    db_session, levels, corrections, sums, value, expected
):
    there = with_gaps()
    case = judged(
        there, *((lv, Verdict.PASS, {"correction": c}) for lv, c in zip(levels, corrections, strict=True))
    )
    decision = service.decide(there.county, case, verdict=expected, reason="依審查意見")
    assert (decision.detail["sums"], decision.detail["value"]) == (sums, value)
    assert (decision.band, decision.differs) == (expected, False)


def test_a_campaign_may_look_up_the_worst_sum(db_session):
    there = with_gaps(band_basis="worst")
    case = judged(there, (2, Verdict.PASS), (3, Verdict.PASS))
    assert service.decide(there.county, case, verdict=Verdict.MINOR).detail["value"] == 9


@pytest.mark.parametrize(("level", "correction"), [(4, 0), (2, -1)])
def test_a_sum_without_a_band_blocks_every_verdict_and_says_so(db_session, level, correction):
    there = with_gaps()
    case = judged(there, *((level, Verdict.PASS, {"correction": correction}),) * 2)
    for verdict in Verdict:
        with pytest.raises(PortalError) as refusal:
            service.decide(there.county, case, verdict=verdict, reason="會議決議")
        assert str(3 * level + correction) in str(refusal.value.message)
    assert decisions(case) == {}


@pytest.mark.parametrize(
    ("level", "tick", "proposal"),
    [
        (2, "revise", Verdict.REVISE),
        (2, "fail", Verdict.FAIL),
        (5, "revise", Verdict.FAIL),  # the tick never makes it better
        (2, "", Verdict.PASS),
    ],
)
def test_a_tick_for_likeness_makes_the_proposal_worse_and_is_not_the_decision(there, level, tick, proposal):
    case = judged(there, (level, proposal, {"similar": tick}), (level, proposal))
    found = outcome(case, Round.FIRST)
    assert found.proposal is proposal
    decision = service.decide(there.county, case, verdict=Verdict.MINOR, reason="引用已註明出處")
    assert (decision.differs, decision.verdict) == (True, Verdict.MINOR)


# -- many at once ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("verdict", list(Verdict))
def test_what_nobody_disputes_can_be_confirmed(there, verdict):
    case = factories.reviewed(there, verdict=verdict)
    assert service.undisputed(there.county, case) == (verdict, "")
    service.confirm(there.county, case, verdict=verdict, version=case.version, reason="請補充")
    assert case.state is TARGETS[verdict]


def test_disputed_foreign_and_unfinished_cases_cannot_be_confirmed(db_session):
    there = factories.world(disagreement="none")
    asked = judged(there, (2, Verdict.PASS), (2, Verdict.MINOR))
    there.teacher = factories.teacher()
    against = judged(there, (2, Verdict.MINOR), (2, Verdict.MINOR))
    there.teacher = factories.teacher()
    unfinished = factories.in_review(there)
    there.teacher = factories.teacher()
    plain = factories.reviewed(there)
    for actor, case in (
        (there.county, asked),
        (there.county, against),
        (there.county, unfinished),
        (there.centre, plain),
    ):
        verdict, why = service.undisputed(actor, case)
        assert verdict is None and str(why), case
        with pytest.raises(PortalError):
            service.confirm(actor, case, verdict=Verdict.PASS, version=case.version)
    for verdict, version in ((Verdict.MINOR, plain.version), (Verdict.PASS, plain.version - 1)):
        with pytest.raises(PortalError) as refusal:
            service.confirm(there.county, plain, verdict=verdict, version=version)
        assert refusal.value.code == "changed"
    assert decisions(plain) == {}
