"""Windows to the second, publishing, freezing and copying, and who may apply where."""

from datetime import datetime, timedelta

import pytest

from app.access.matrix import Role
from app.campaigns import service
from app.campaigns.models import Campaign, CampaignState
from app.campaigns.queries import current_campaign
from app.campaigns.tracks import Track
from app.cases import service as cases
from app.cases.states import State, Verdict
from app.core import clock
from app.core.clock import TAIPEI
from app.core.db import db
from app.core.errors import Invalid, PortalError
from tests import factories

OPENS = datetime(2026, 4, 1, tzinfo=TAIPEI)
CLOSES = datetime(2026, 6, 30, 23, 59, 59, tzinfo=TAIPEI)
SECOND, MOMENT = timedelta(seconds=1), timedelta(microseconds=1)


@pytest.fixture
def spring(db_session):
    return factories.campaign(opens_at=OPENS, closes_at=CLOSES)


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        (OPENS - MOMENT, False),
        (OPENS, True),
        (CLOSES, True),
        (CLOSES + SECOND - MOMENT, True),  # still 23:59:59
        (CLOSES + SECOND, False),
    ],
)
def test_the_window_is_open_from_its_first_to_the_end_of_its_last_second(spring, frozen, moment, is_open):
    user = factories.teacher()
    frozen.move_to(moment, tick=False)
    assert spring.is_open is is_open
    if is_open:
        case = cases.apply(user, campaign=spring)
        factories.fill(case)
        assert cases.submit(user, case).state is State.FORMAL_CHECK
    else:
        with pytest.raises(PortalError) as refusal:
            cases.apply(user, campaign=spring)
        assert refusal.value.code == "window_closed"


def test_a_draft_is_never_open(db_session):
    assert not factories.campaign(published=False).is_open


def test_the_open_campaign_comes_before_the_next_and_that_before_the_last(db_session, frozen):
    year = [
        factories.campaign(
            label_year=n, opens_at=OPENS.replace(year=1911 + n), closes_at=CLOSES.replace(year=1911 + n)
        )
        for n in (114, 115)
    ]
    place = year[0].county_id

    def found():
        return current_campaign(county_id=place, track=Track.ADVANCED)

    for moment, expected in (
        (OPENS.replace(year=2024), year[0]),
        (OPENS.replace(year=2025), year[0]),
        (CLOSES.replace(year=2025) + SECOND, year[1]),
        (CLOSES + SECOND, year[1]),
    ):
        frozen.move_to(moment, tick=False)
        assert found() is expected, moment
    assert current_campaign(county_id=None, track=Track.ADVANCED) is None
    assert current_campaign(county_id=place, track=Track.MENTOR) is None


def test_a_published_campaign_is_frozen(spring):
    centre = factories.account(Role.CENTRE)
    with pytest.raises(PortalError) as refusal:
        service.change_campaign(centre, spring, appeal_days=99)
    assert refusal.value.code == "frozen"
    with pytest.raises(PortalError) as refusal:
        service.publish_campaign(None, spring)
    assert refusal.value.code == "not_possible"


def test_a_window_must_not_end_before_it_begins(db_session):
    draft = factories.campaign(published=False)
    centre = factories.account(Role.CENTRE)
    with pytest.raises(Invalid) as refusal:
        service.change_campaign(centre, draft, closes_at=draft.opens_at)
    assert refusal.value.field == "closes_on"


@pytest.mark.parametrize(
    "rule",
    [
        {"slots": []},
        {"slots": [{"slot": "checklist", "forms": []}]},
        {"slots": [{"slot": "diary", "forms": ["diary"]}]},
        {"reopens": {"returned": ["appeal"]}},
        {"verdicts": {"first": ["pass"]}},
        {"verdicts": {"first": ["pass"], "second": ["revise"]}},
        {"bands": {"first": [{"from": 9, "to": 6, "verdict": "pass"}]}},
        {"bands": {"second": [{"from": 6, "to": 9, "verdict": "revise"}]}},
        {"hours": []},
        {"cohorts": []},
        {"number_template": "{county}第{year}號"},
        {"number_template": "{place}{serial}"},
    ],
    ids=str,
)
def test_rules_that_no_case_could_follow_are_not_published(db_session, rule):
    draft = factories.campaign(published=False, **rule)
    with pytest.raises(PortalError) as refusal:
        service.publish_campaign(None, draft)
    assert refusal.value.code == "broken_rule"
    assert str(refusal.value.message)
    assert draft.state is CampaignState.DRAFT


def test_a_county_publishes_one_campaign_of_a_year_and_batch(spring, db_session):
    second = factories.campaign(published=False)
    with pytest.raises(PortalError) as refusal:
        service.publish_campaign(None, second)
    assert refusal.value.code == "published_already"
    assert db_session.get(Campaign, second.id).state is CampaignState.DRAFT
    extra = factories.campaign(batch=2)
    assert extra.state is CampaignState.PUBLISHED


def test_two_press_publish_at_once(db_session, together):
    ids = [factories.campaign(published=False).id for _ in range(2)]

    def publish(row_id):
        return lambda: service.publish_campaign(None, db.session.get(Campaign, row_id))

    results = together(*(publish(row_id) for row_id in ids))
    assert [r.code for r in results if r] == ["published_already"]


def test_a_copy_keeps_the_rules_and_moves_the_calendar(db_session):
    old = factories.campaign(
        opens_at=datetime(2028, 2, 29, tzinfo=TAIPEI),
        closes_at=datetime(2028, 5, 31, 23, 59, 59, tzinfo=TAIPEI),
    )
    new = service.copy_campaign(factories.account(Role.CENTRE), old)
    assert new.state is CampaignState.DRAFT
    assert (new.label_year, new.cohorts) == (116, [116, 115, 114])
    assert (new.slots, new.hours, new.verdicts, new.number_template) == (
        old.slots,
        old.hours,
        old.verdicts,
        old.number_template,
    )
    assert clock.local(new.opens_at) == datetime(2029, 2, 28, tzinfo=TAIPEI)
    assert clock.local(new.closes_at) == datetime(2029, 5, 31, 23, 59, 59, tzinfo=TAIPEI)


# -- applying -----------------------------------------------------------------------------------------------


def test_applying_twice_is_one_case(there):
    first = cases.apply(there.teacher, campaign=there.campaign)
    assert cases.apply(there.teacher, campaign=there.campaign) is first
    assert [event.transition for event in first.events] == ["apply"]


def test_another_countys_campaign_is_not_for_me(there):
    stranger = factories.teacher(factories.school(factories.county("連江")))
    with pytest.raises(PortalError) as refusal:
        cases.apply(stranger, campaign=there.campaign)
    assert refusal.value.code == "other_county"


def test_what_a_campaign_decided_is_appealed_and_not_begun_again(there, db_session):
    failed = factories.decided(there, Verdict.FAIL)
    with pytest.raises(PortalError) as refusal:
        cases.apply(there.teacher, campaign=there.campaign)
    assert refusal.value.code == "already_decided"
    # Next year it may be begun again, and then the old result can no longer be appealed beside it.
    again = cases.apply(there.teacher, campaign=factories.campaign(label_year=116))
    factories.fill(failed, ["appeal"])
    with pytest.raises(PortalError) as refusal:
        cases.file_appeal(there.teacher, failed)
    assert refusal.value.code == "not_possible"
    cases.withdraw(there.teacher, again, reason="先申復")
    assert cases.file_appeal(there.teacher, failed).state is State.APPEAL_FILED
