"""What a draft would mean for the teachers of its county, before anybody publishes it."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from app.access.models import PortalUser
from app.campaigns import eligibility
from app.campaigns.models import Campaign
from app.core import clock
from app.core.db import db
from app.people.models import TeacherProfile
from app.reference.models import School

# How many people a page names; all are counted.
LISTED = 200


@dataclass(frozen=True)
class Person:
    """A teacher whose answer changes, with the checks that fail on the side that says no."""

    name: str
    school: str
    failing: tuple[str, ...]


@dataclass(frozen=True)
class Applicants:
    """How many of the county's teachers may apply under either campaign, and who changes sides.

    `gained` and `lost` name at most `LISTED` people; the counts are of all.
    """

    teachers: int
    before: int
    after: int
    gained_count: int
    lost_count: int
    gained: list[Person]
    lost: list[Person]


def applicants(before: Campaign | None, after: Campaign) -> Applicants:
    """Judge every teacher of the county under both campaigns: a fixed number of queries for any county."""
    county = select(TeacherProfile.user_id).where(TeacherProfile.county_id == after.county_id)
    facts = eligibility.facts_of(county)
    today = clock.today()
    old = {user_id: _failing(one, before, today) for user_id, one in facts.items()} if before else {}
    new = {user_id: _failing(one, after, today) for user_id, one in facts.items()}
    # Without a campaign before there is nobody whose answer changes.
    gained = [u for u in old if old[u] and not new[u]]
    lost = [u for u in old if new[u] and not old[u]]
    return Applicants(
        teachers=len(facts),
        before=sum(not failing for failing in old.values()),
        after=sum(not failing for failing in new.values()),
        gained_count=len(gained),
        lost_count=len(lost),
        gained=_named(gained, old),
        lost=_named(lost, new),
    )


def _failing(facts: eligibility.Facts, campaign: Campaign, today: date) -> tuple[str, ...]:
    return tuple(row["code"] for row in eligibility.judge(facts, campaign, today) if not row["ok"])


def _named(user_ids: list[int], failing: dict[int, tuple[str, ...]]) -> list[Person]:
    """The first of them by account number, with names and schools in one query."""
    chosen = sorted(user_ids)[:LISTED]
    rows = db.session.execute(
        select(PortalUser, School)
        .join(TeacherProfile, TeacherProfile.user_id == PortalUser.id)
        .join(School, School.id == TeacherProfile.school_id)
        .where(PortalUser.id.in_(chosen))
        .order_by(School.code, PortalUser.id)
    )
    return [Person(user.name, school.label, failing[user.id]) for user, school in rows]
