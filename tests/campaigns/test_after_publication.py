"""More time for everybody, a school or a person; a missing band; sums without a result."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from app.access.matrix import Role
from app.campaigns import queries, service
from app.campaigns.models import Campaign
from app.cases.models import Case
from app.core import clock
from app.core.clock import TAIPEI
from app.core.errors import Forbidden, Invalid, PortalError
from tests import factories

OPENS = datetime(2026, 4, 1, tzinfo=TAIPEI)
CLOSES = datetime(2026, 6, 30, 23, 59, 59, tzinfo=TAIPEI)
LATER = datetime(2026, 7, 10, 12, 0, 30, tzinfo=TAIPEI)
SECOND = timedelta(seconds=1)


@pytest.fixture
def spring(db_session, frozen):
    frozen.move_to(CLOSES - timedelta(days=1), tick=False)
    return factories.campaign(opens_at=OPENS, closes_at=CLOSES)


@pytest.fixture
def centre(db_session):
    return factories.account(Role.CENTRE)


def is_open(campaign, user):
    return queries.window_open(campaign, school_id=user.school_id, user_id=user.id)


# -- extensions ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("reach", ["all", "school", "person"])
def test_more_time_reaches_those_it_was_given_to_until_its_last_second(spring, centre, frozen, reach):
    mine, colleague = (factories.teacher(factories.school(number=0)) for _ in range(2))
    stranger = factories.teacher(factories.school(number=1))
    whom = {"all": {}, "school": {"school": mine.school}, "person": {"user": mine}}[reach]
    service.extend_campaign(centre, spring, until=LATER, reason="颱風停課", **whom)
    frozen.move_to(CLOSES + SECOND, tick=False)
    reached = [is_open(spring, user) for user in (mine, colleague, stranger)]
    assert (
        reached
        == {
            "all": [True, True, True],
            "school": [True, True, False],
            "person": [True, False, False],
        }[reach]
    )
    frozen.move_to(LATER + SECOND - timedelta(microseconds=1), tick=False)
    assert is_open(spring, mine)
    frozen.move_to(LATER + SECOND, tick=False)
    assert not is_open(spring, mine)


def test_the_latest_of_several_counts_and_a_draft_is_over_only_then(spring, centre, frozen, db_session):
    user = factories.teacher()
    case = factories.drafted(factories.World(spring, user, centre, centre, []))
    service.extend_campaign(centre, spring, until=LATER, reason="病假", user=user)
    service.extend_campaign(
        centre, spring, until=LATER - timedelta(days=2), reason="全校", school=user.school
    )
    who = {"school_id": user.school_id, "user_id": user.id}
    assert clock.local(queries.closes_for(spring, **who)) == LATER

    def over():
        clause = queries.window_over(Case.school_id, Case.applicant_id)
        return case.id in db_session.scalars(select(Case.id).join(Case.campaign).where(clause)).all()

    frozen.move_to(CLOSES + SECOND, tick=False)
    assert not over()
    frozen.move_to(LATER + SECOND - timedelta(microseconds=1), tick=False)
    assert not over()
    frozen.move_to(LATER + SECOND, tick=False)
    assert over()


def test_more_time_is_later_has_a_reason_and_stays_in_the_county(spring, centre):
    def refused(code, **more):
        with pytest.raises(PortalError) as refusal:
            service.extend_campaign(centre, spring, **({"until": LATER, "reason": "病假"} | more))
        assert refusal.value.code == code

    refused("not_later", until=CLOSES)
    refused("not_later", until=clock.now() - SECOND)
    refused("reason_missing", reason=" ")
    refused("other_county", school=factories.school(factories.county("連江")))
    service.extend_campaign(centre, spring, until=LATER, reason="停電")
    refused("not_later", until=LATER - SECOND, user=factories.teacher())
    draft = factories.campaign(published=False, batch=2)
    with pytest.raises(PortalError) as refusal:
        service.extend_campaign(centre, draft, until=clock.now() + timedelta(days=900), reason="?")
    assert refusal.value.code == "not_possible"


@pytest.mark.parametrize("role", [Role.STEWARD, Role.SCHOOL, Role.ADMIN, Role.AUDITOR, Role.TEACHER])
def test_only_the_authority_gives_more_time(spring, role):
    user = factories.account(role, at_school=factories.school())
    with pytest.raises(Forbidden):
        service.extend_campaign(user, spring, until=LATER, reason="…")


def test_an_extension_stays_and_is_logged(spring, centre, db_session):
    school = factories.school()
    row = service.extend_campaign(centre, spring, until=LATER, reason="颱風", school=school)
    detail = queries.history(spring)[0].detail
    assert (detail["reason"], detail["school"]) == ("颱風", school.code)
    assert datetime.fromisoformat(detail["until"]) == LATER
    for change in ("update campaign_extension set reason = 'x'", "delete from campaign_extension"):
        with pytest.raises(DatabaseError, match="append-only"), db_session.begin_nested():
            db_session.execute(text(f"{change} where id = {row.id}"))


# -- sums and bands -----------------------------------------------------------------------------------------


@pytest.fixture
def holed(db_session):
    """The sums 8 to 10 and 14 of the first round have no result."""
    bands = {"first": [{"from": 1, "to": 7, "verdict": "pass"}, {"from": 11, "to": 13, "verdict": "revise"},
                       {"from": 15, "to": 20, "verdict": "fail"}]}  # fmt: skip
    return factories.campaign(bands=factories.BANDS | bands)


def test_a_sum_without_a_band_is_told_and_never_guessed(holed):
    assert holed.undefined_sums("first", 3) == [8, 9, 10, 14]
    assert queries.gaps(holed) == {"first": [(8, 10), (14, 14)]}
    assert [holed.band_for("first", value) for value in (1, 7, 8, 13, 14, 20, 21)] == [
        "pass", "pass", None, "revise", None, "fail", None,
    ]  # fmt: skip
    # Ten items rated 2 to 5 and a correction of five: 15 to 55.
    assert Campaign(bands={}, correction_limit=5).undefined_sums("first", 10) == list(range(15, 56))


def test_a_missing_band_needs_two_persons_and_then_counts(holed, db_session):
    first, second = factories.account(Role.COUNTY, place=factories.county()), factories.account(Role.CENTRE)
    band = service.propose_amendment(
        first, holed, round_="first", low=8, high=10, verdict="minor", reason="115年6月會議決議"
    )
    assert holed.band_for("first", 9) is None
    with pytest.raises(Forbidden):
        service.approve_amendment(first, band)
    service.approve_amendment(second, band)
    assert holed.band_for("first", 9) == "minor"
    assert holed.undefined_sums("first", 3) == [14]
    assert holed.bands["first"][0] == {"from": 1, "to": 7, "verdict": "pass"}, "the published row stays"
    with pytest.raises(DatabaseError, match="append-only"), db_session.begin_nested():
        db_session.execute(text(f"update campaign_amendment set verdict = 'pass' where id = {band.id}"))  # noqa: S608
    copy = service.copy_campaign(second, holed)
    assert [b["verdict"] for b in copy.bands["first"]] == ["pass", "minor", "revise", "fail"]


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"low": 7}, "defined_already"),
        ({"high": 11}, "defined_already"),
        ({"low": 10, "high": 9}, "range"),
        ({"verdict": "excellent"}, "verdict"),
        ({"round_": "third"}, "verdict"),
        ({"reason": ""}, "reason_missing"),
    ],
    ids=str,
)
def test_a_defined_sum_is_never_changed(holed, centre, values, code):
    wanted = {"round_": "first", "low": 8, "high": 10, "verdict": "minor", "reason": "決議"} | values
    with pytest.raises((PortalError, Invalid)) as refusal:
        service.propose_amendment(centre, holed, **wanted)
    assert refusal.value.code == code


def test_a_proposed_band_may_be_dropped_with_a_reason(holed, centre):
    user = factories.account(Role.STEWARD)
    wanted = {"round_": "first", "low": 14, "high": 14, "verdict": "fail", "reason": "漏列"}
    band = service.propose_amendment(user, holed, **wanted)
    with pytest.raises(PortalError) as refusal:
        service.propose_amendment(centre, holed, **wanted)
    assert refusal.value.code == "defined_already", "one is on the way"
    service.refuse_amendment(centre, band, reason="應為修正後複審")
    entry = queries.history(holed)[0]
    assert (entry.action, entry.detail["reason"]) == ("campaign.amendment_refused", "應為修正後複審")
    again = service.propose_amendment(centre, holed, **(wanted | {"verdict": "revise"}))
    assert again.verdict == "revise"
    # A draft is changed in itself.
    with pytest.raises(PortalError) as refusal:
        service.propose_amendment(centre, factories.campaign(published=False, batch=3), **wanted)
    assert refusal.value.code == "not_possible"
