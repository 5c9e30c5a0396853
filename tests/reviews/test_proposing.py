"""A proposal for all waiting cases: conflicts, locks, the office's own choice, acceptance, shortage."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.access.matrix import Role
from app.access.models import PortalUser
from app.campaigns.models import Campaign, Office
from app.cases import workflow
from app.cases.states import Round, State
from app.core.db import db
from app.core.errors import Forbidden, Invalid, PortalError, Stale
from app.people.queries import profile_of
from app.reviews import service
from app.reviews.candidates import candidates, candidates_for
from app.reviews.fitness import BEST, Traits, fit
from app.reviews.models import Proposal, ProposalState, ProposedCase, ProposedPair
from app.reviews.proposals import open_proposal, pairs_of, waiting
from app.reviews.queries import assignments
from app.reviews.service import proposing
from tests import factories


def reviewer(place="臺北", **more):
    return factories.account(Role.REVIEWER, at_school=factories.school(factories.county(place)), **more)


def another(there):
    """One more case that waits for its first reviewers."""
    there.teacher = factories.teacher()
    return workflow.fire(there.centre, factories.sent(there), "formal_pass")


@pytest.fixture
def cases(there):
    return [another(there) for _ in range(3)]


def propose(there, **more):
    return proposing.propose(there.centre, there.campaign, Round.FIRST, **more)


def pairs(proposal):
    rows = db.session.scalars(select(ProposedPair).where(ProposedPair.proposal_id == proposal.id))
    return {(row.case_id, row.reviewer_id): row for row in rows}


def test_every_case_gets_its_reviewers_and_nobody_more_than_needed(there, cases):
    for _ in range(2):
        reviewer()
    proposal = propose(there)
    found = pairs(proposal)
    assert {case.id: sum(pair[0] == case.id for pair in found) for case in cases} == {c.id: 2 for c in cases}
    assert proposal.max_load == 2 and proposal.optimal
    assert proposal.total == sum(row.score for row in found.values())
    assert all(case.state is State.FIRST_ASSIGN for case in cases), "nothing is assigned yet"


def test_who_fits_better_is_chosen_and_the_others_have_a_reason(there, cases):
    near, far = reviewer("桃園", name="同縣委員"), reviewer(name="外縣委員")
    near.school_id = factories.school(number=1).id
    here = cases[0]
    profile_of(here.applicant).subject = "國語文"
    expert = factories.teacher(factories.school(factories.county("臺北")))
    expert.roles = [*there.reviewers[0].roles, *expert.roles]
    profile_of(expert).subject = "國語文領域"
    proposal = propose(there)
    assert (here.id, expert.id) in pairs(proposal)
    # Reasons: exactly one for each of the others of each case.
    everybody = {near.id, far.id, expert.id, *(r.id for r in there.reviewers)}
    for case in cases:
        row = db.session.scalars(select(ProposedCase).filter_by(case_id=case.id)).one()
        chosen = {pair[1] for pair in pairs(proposal) if pair[0] == case.id}
        assert sorted(who for entry in row.others for who in entry[2]) == sorted(everybody - chosen)


def test_hard_conflicts_are_never_proposed(there, cases):
    colleague = factories.account(Role.REVIEWER, at_school=cases[0].school)
    service.declare_conflict(
        there.reviewers[0], reviewer=there.reviewers[0], person=cases[1].applicant, reason="親屬"
    )
    spare = reviewer()
    found = pairs(propose(there))
    assert (cases[1].id, there.reviewers[0].id) not in found and (cases[1].id, spare.id) in found
    assert colleague.id not in {pair[1] for pair in found}, "all applicants are of this school"


def test_a_locked_pair_stays_and_an_unlocked_one_may_go(there, cases, db_session):
    first = propose(there)
    keep = next(iter(pairs(first).values()))
    service_case, kept_reviewer = keep.case_id, keep.reviewer_id
    proposing.lock_pair(there.centre, keep)
    for _ in range(6):
        reviewer()
    second = propose(there)
    assert second.id == first.id, "one open proposal"
    found = pairs(second)
    assert found[service_case, kept_reviewer].locked and second.max_load == 1
    proposing.unlock_pair(there.centre, found[service_case, kept_reviewer])
    assert not pairs(second)[service_case, kept_reviewer].locked


def test_a_locked_pair_that_has_become_a_conflict_is_let_go(there, cases):
    person = there.reviewers[0]
    reviewer()
    row = next(row for row in pairs(propose(there)).values() if row.reviewer_id == person.id)
    case = row.case
    proposing.lock_pair(there.centre, row)
    service.declare_conflict(person, reviewer=person, school=case.school, reason="曾任教")
    assert person.id not in {pair[1] for pair in pairs(propose(there))}


def test_the_offices_own_choice_needs_a_reason_and_no_conflict(there, cases):
    spare = reviewer(name="自選委員")
    colleague = factories.account(Role.REVIEWER, at_school=cases[0].school)
    proposal = propose(there)
    row = next(row for row in pairs(proposal).values() if row.reviewer_id != spare.id)
    case, old = row.case, row.reviewer_id
    mine = {pair[1] for pair in pairs(proposal) if pair[0] == case.id}
    chosen = next(n for n in (spare.id, *(r.id for r in there.reviewers)) if n not in mine)
    for who, why, code in (
        (chosen, " ", "reason_missing"),
        (colleague.id, "急件", "same_school"),
        (there.county.id, "急件", "reviewer_missing"),
        (next(iter(mine - {old})), "急件", "twice"),
    ):
        with pytest.raises(Invalid) as refusal:
            proposing.change_pair(there.centre, row, reviewer_id=who, reason=why)
        assert refusal.value.code == code
    changed = proposing.change_pair(there.centre, row, reviewer_id=chosen, reason="熟悉本領域")
    assert (changed.reviewer_id, changed.locked, changed.override_reason) == (chosen, True, "熟悉本領域")
    assert not proposal.optimal, "nobody proved what was changed by hand"
    others = db.session.scalars(select(ProposedCase).filter_by(case_id=case.id)).one().others
    told = {number: code for code, _values, who in others for number in who}
    assert told[old] == "replaced" and chosen not in told
    again = pairs(propose(there))
    assert again[case.id, chosen].override_reason == "熟悉本領域"


def test_accepting_assigns_with_the_reasons_in_words(there, cases):
    reviewer()
    proposal = propose(there)
    case = cases[0]
    row = pairs_of(proposal, [case])[case.id][0]
    mine = {pair.reviewer_id for pair in pairs_of(proposal, [case])[case.id]}
    chosen = next(c.user.id for c in candidates(case, Round.FIRST) if c.user.id not in mine and not c.block)
    proposing.change_pair(there.centre, row, reviewer_id=chosen, reason="熟悉本領域")
    wanted = {pair for pair in pairs(proposal)}
    for one in cases:
        proposing.accept(there.centre, proposal, one)
    assert proposing.finish(there.centre, proposal).state is ProposalState.ACCEPTED
    given = {(a.case_id, a.reviewer_id): a.reason for one in cases for a in assignments(one)}
    assert set(given) == wanted
    assert given[case.id, chosen] == "熟悉本領域" and all(given.values())
    assert all(one.state is State.FIRST_REVIEW for one in cases)
    with pytest.raises(PortalError):
        proposing.accept(there.centre, proposal, cases[0])


def test_a_case_that_went_on_meanwhile_is_left_out(there, cases):
    proposal = propose(there)
    service.assign(there.centre, cases[0], reviewer_ids=[r.id for r in there.reviewers])
    with pytest.raises(PortalError) as refusal:
        proposing.accept(there.centre, proposal, cases[0])
    assert refusal.value.code == "not_possible"
    proposing.accept(there.centre, proposal, cases[1])
    assert proposing.finish(there.centre, proposal).state is ProposalState.OPEN
    proposing.accept(there.centre, proposal, cases[2])
    assert proposing.finish(there.centre, proposal).state is ProposalState.ACCEPTED


def test_too_few_reviewers_are_named_with_what_would_do(there, cases):
    service.declare_conflict(
        there.reviewers[0], reviewer=there.reviewers[0], person=cases[1].applicant, reason="親屬"
    )
    proposal = propose(there)
    assert proposal.infeasible["cases"] == [cases[1].id] and proposal.infeasible["further"] == 1
    assert pairs(proposal) == {}
    reviewer()
    assert propose(there).infeasible == {}


def test_a_limit_that_is_too_small_says_which_would_do(there, cases):
    proposal = propose(there, allowed_load=2)
    assert proposal.infeasible["max_load"] == 3
    assert propose(there, allowed_load=3).infeasible == {}
    with pytest.raises(Invalid):
        propose(there, allowed_load=0)


def test_only_the_office_in_charge(there, cases):
    with pytest.raises(PortalError) as refusal:
        proposing.propose(there.county, there.campaign, Round.FIRST)
    assert "認證中心" in str(refusal.value.message)
    for stranger in (there.reviewers[0], factories.account(Role.COUNTY, place=factories.county("連江"))):
        with pytest.raises(Forbidden):
            proposing.propose(stranger, there.campaign, Round.FIRST)
    assert open_proposal(there.campaign, Round.FIRST) is None


def test_nobody_proposes_for_the_own_case(db_session):
    there = factories.world(assigning_office=Office.COUNTY)
    mine, other = another(there), another(there)
    mine.applicant.roles = [*mine.applicant.roles, *there.county.roles]
    mine.applicant.county_id = there.county.county_id
    db_session.flush()
    db_session.expire_all()
    assert [c.id for c in waiting(mine.applicant, there.campaign, Round.FIRST)] == [other.id]


def test_a_plan_that_was_overtaken_is_refused(there, cases):
    row = next(iter(pairs(propose(there)).values()))
    made = proposing.solve_plan(proposing.plan(there.centre, there.campaign, Round.FIRST))
    proposing.lock_pair(there.centre, row)
    with pytest.raises(Stale):
        proposing.propose(there.centre, there.campaign, Round.FIRST, solved=made)


def test_two_offices_propose_at_once(there, cases, together, db_session):
    number, centre = there.campaign.id, there.centre.id

    def deed():
        campaign = db.session.get(Campaign, number)
        return proposing.propose(db.session.get(PortalUser, centre), campaign, Round.FIRST).id

    results = together(deed, deed)
    assert len({*results}) == 1 and isinstance(results[0], int)
    assert db_session.scalar(select(func.count(Proposal.id))) == 1
    assert db_session.scalar(select(func.count(ProposedPair.id))) == 6


def test_an_appeal_goes_to_others_than_before(there, db_session):
    case = another(there)
    service.assign(there.centre, case, reviewer_ids=[r.id for r in there.reviewers])
    factories.place(case, State.APPEAL_ACCEPTED)
    new = {reviewer().id, reviewer().id}
    blocks = {c.user.id: c.block for c in candidates(case, Round.APPEAL)}
    assert blocks == dict.fromkeys(new, "") | {r.id: "read_before" for r in there.reviewers}
    proposal = proposing.propose(there.centre, there.campaign, Round.APPEAL)
    assert {pair[1] for pair in pairs(proposal)} == new


def test_many_cases_take_no_more_queries(there, cases, count_queries, db_session):
    def queries():
        db_session.commit()
        rows = waiting(there.centre, there.campaign, Round.FIRST)
        with count_queries() as sent:
            candidates_for(rows, Round.FIRST)
        return len(rows), len(sent)

    few = queries()
    for _ in range(4):
        another(there)
    many = queries()
    assert many[0] == few[0] + 4 and many[1] == few[1]


def test_former_schools_on_record_count_for_three_years(there, cases, db_session):
    school = factories.school(number=2)
    former = factories.teacher(school)
    there.teacher = former
    old = factories.sent(there)
    profile_of(former).school_id = former.school_id = factories.school(factories.county("臺北")).id
    former.roles = [*former.roles, *there.reviewers[0].roles]
    newcomer = factories.teacher(school)
    there.teacher = newcomer
    case = workflow.fire(there.centre, factories.sent(there), "formal_pass")
    blocks = {c.user.id: c.block for c in candidates(case, Round.FIRST)}
    assert blocks[former.id] == "same_school"
    old.created_at -= timedelta(days=4 * 365)
    db_session.flush()
    assert {c.user.id: c.block for c in candidates(case, Round.FIRST)}[former.id] == ""


def test_points():
    case = Traits("國語文", 1, 3)
    assert fit(case, Traits("國語文 領域", 1, 4), 0).score == BEST == 100
    assert fit(case, Traits("數學", 2, 3), 9).score == 0
    assert fit(case, Traits(), 0).score == 55, "what is not known counts half"
    assert fit(case, Traits("國語文", 1, 4), 1).score == 98
