"""A draft, a proposal, a second person, and a published campaign that nobody changes any more."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from app.access.matrix import Role
from app.campaigns import queries, service
from app.campaigns.models import Campaign, CampaignState
from app.core.audit import AuditEntry
from app.core.db import db
from app.core.errors import Forbidden, Invalid, PortalError
from tests import factories

S = CampaignState


@pytest.fixture
def draft(db_session):
    return factories.campaign(published=False)


def county_centre(name="桃園"):
    return factories.account(Role.COUNTY, place=factories.county(name))


def refused(code, deed, *args, **more):
    with pytest.raises(PortalError) as refusal:
        deed(*args, **more)
    assert refusal.value.code == code
    return str(refusal.value.message)


def test_two_persons_publish(draft, db_session):
    first, second = county_centre(), factories.account(Role.CENTRE)
    service.propose_campaign(first, draft)
    assert draft.state is S.PROPOSED
    refused("own_proposal", service.approve_campaign, first, draft)
    refused("frozen", service.change_campaign, second, draft, appeal_days=9)
    service.approve_campaign(second, draft)
    assert (draft.state, draft.proposed_by_id, draft.approved_by_id) == (S.PUBLISHED, first.id, second.id)
    done = [entry.action for entry in queries.history(draft)]
    assert done == ["campaign.published", "campaign.proposed", "campaign.created"]


def test_the_steward_prepares_and_the_authority_approves(draft):
    steward = factories.account(Role.STEWARD)
    service.change_campaign(steward, draft, appeal_days=12)
    service.propose_campaign(steward, draft)
    with pytest.raises(Forbidden):
        service.approve_campaign(factories.account(Role.STEWARD), draft)
    service.approve_campaign(county_centre(), draft)
    assert draft.appeal_days == 12


def test_a_proposal_comes_back_with_its_reason(draft):
    first, second = county_centre(), county_centre()
    service.propose_campaign(first, draft)
    with pytest.raises(Invalid) as refusal:
        service.send_back_campaign(second, draft, reason="  ")
    assert refusal.value.field == "reason"
    service.send_back_campaign(second, draft, reason="研習年度少列113")
    assert (draft.state, draft.proposed_by_id) == (S.DRAFT, None)
    assert queries.history(draft)[0].detail["reason"] == "研習年度少列113"
    # Who proposed it may take it back without the right to approve.
    service.propose_campaign(first, draft)
    service.send_back_campaign(first, draft, reason="還要再改")
    assert draft.state is S.DRAFT


@pytest.mark.parametrize("role", [Role.TEACHER, Role.ADMIN, Role.AUDITOR, Role.SCHOOL, Role.REVIEWER])
def test_nobody_else_makes_rules(draft, role):
    user = factories.account(role, place=factories.county(), at_school=factories.school())
    for deed, more in (
        (service.change_campaign, {"appeal_days": 99}),
        (service.propose_campaign, {}),
        (service.approve_campaign, {}),
        (service.close_campaign, {}),
        (service.copy_campaign, {}),
    ):
        with pytest.raises(Forbidden):
            deed(user, draft, **more)


def test_another_countys_campaigns_are_out_of_reach(draft):
    other = county_centre("連江")
    for deed, more in (
        (service.change_campaign, {"appeal_days": 99}),
        (service.propose_campaign, {}),
        (service.copy_campaign, {}),
    ):
        with pytest.raises(Forbidden):
            deed(other, draft, **more)


@pytest.mark.parametrize(
    "bands",
    [
        [{"from": 1, "to": 7, "verdict": "pass"}, {"from": 7, "to": 9, "verdict": "fail"}],
        [{"from": 8, "to": 9, "verdict": "fail"}, {"from": 1, "to": 20, "verdict": "pass"}],
    ],
    ids=["one sum twice", "one in another"],
)
def test_a_sum_stands_in_one_band_only(db_session, bands):
    draft = factories.campaign(published=False, bands={"first": bands})
    refused("broken_rule", service.propose_campaign, county_centre(), draft)


@pytest.mark.parametrize(
    "template",
    ["{county.id}{serial}", "{serial:0999999999d}", "{serial!r}", "{serial}{", "{0}{serial}", "{serial:>3}"],
)
def test_a_number_template_fills_in_names_and_nothing_else(db_session, template):
    draft = factories.campaign(published=False, number_template=template)
    assert service.example_number(draft) == ""
    refused("broken_rule", service.propose_campaign, county_centre(), draft)


def test_the_example_is_the_number_that_the_first_case_would_get(draft):
    assert service.example_number(draft) == "桃園證號第B115002001號"


@pytest.mark.parametrize(
    "column", ["appeal_days = 99", "bands = '{}'", "closes_at = opens_at", "state = 'draft'"]
)
def test_the_database_itself_keeps_a_published_campaign(db_session, column):
    campaign = factories.campaign()
    with pytest.raises(DatabaseError, match="frozen"), db_session.begin_nested():
        db_session.execute(text(f"update campaign set {column} where id = {campaign.id}"))  # noqa: S608
    with pytest.raises(DatabaseError, match="frozen"), db_session.begin_nested():
        db_session.execute(text(f"delete from campaign where id = {campaign.id}"))  # noqa: S608


def test_a_campaign_is_closed_when_its_window_is_over_for_everybody(db_session, frozen):
    campaign, centre = factories.campaign(), factories.account(Role.CENTRE)
    refused("window_open", service.close_campaign, centre, campaign)
    frozen.move_to(campaign.closes_at.replace(year=campaign.closes_at.year + 1), tick=False)
    service.close_campaign(centre, campaign)
    assert campaign.state is S.CLOSED
    refused("not_possible", service.close_campaign, centre, campaign)
    with pytest.raises(DatabaseError, match="frozen"), db_session.begin_nested():
        db_session.execute(text(f"update campaign set state = 'published' where id = {campaign.id}"))  # noqa: S608


def test_two_approve_at_once(db_session, together):
    draft = factories.campaign(published=False)
    service.propose_campaign(county_centre(), draft)
    users = [factories.account(Role.CENTRE).id for _ in range(2)]
    draft_id = draft.id

    def approve(user_id):
        from app.access.models import PortalUser

        return lambda: service.approve_campaign(
            db.session.get(PortalUser, user_id), db.session.get(Campaign, draft_id)
        )

    results = together(*(approve(user_id) for user_id in users))
    assert [r.code for r in results if r] == ["not_possible"]
    published = db_session.query(AuditEntry).filter_by(action="campaign.published", object_id=str(draft_id))
    assert published.count() == 1
