"""Rows for tests, made through the services wherever there is one; each call makes a new one."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count
from typing import Any

from sqlalchemy import select, update

from app.access import service as access
from app.access.matrix import Role
from app.access.models import PortalUser
from app.campaigns import service as campaigns
from app.campaigns.models import Campaign
from app.campaigns.tracks import TRACKS, Track
from app.cases import service as cases
from app.cases import workflow
from app.cases.models import Case, Document
from app.cases.offices import office_of
from app.cases.states import State, Verdict
from app.core import clock
from app.core.db import db
from app.forms import registry
from app.people import service as people
from app.reference.models import County, CourseType, IdentityType, School, SheetItem
from app.reviews import service as reviews
from app.reviews.queries import ROUND_OF, assignments
from seed.reference import defaults
from tests.conftest import PASSWORD

_numbers = count(1)


def county(short_name: str = "桃園") -> County:
    """A county of the reference rows."""
    return db.session.scalars(select(County).where(County.short_name == short_name)).one()


def school(place: County | None = None, number: int = 0) -> School:
    """The n-th reference school of the county."""
    place = place or county()
    return db.session.scalars(select(School).where(School.county_id == place.id).order_by(School.id)).all()[
        number
    ]


def account(
    *roles: Role, place: County | None = None, at_school: School | None = None, **more: Any
) -> PortalUser:
    """An account with a user name of its own; the password is `PASSWORD`."""
    number = next(_numbers)
    name = f"{roles[0].value if roles else 'nobody'}.{number}"
    values = {
        "username": name,
        "name": f"某人{number}",
        "email": f"{name}@test.example",
        "password": PASSWORD,
        **more,
    }
    county_id = place.id if place else (at_school.county_id if at_school else None)
    return access.create_user(
        None, roles=roles, county_id=county_id, school_id=at_school.id if at_school else None, **values
    )


def teacher(at_school: School | None = None, *, eligible: bool = True, **more: Any) -> PortalUser:
    """A teacher with a profile, and with what the advanced track asks for unless told otherwise."""
    at_school = at_school or school()
    user = account(Role.TEACHER, at_school=at_school, **more)
    identity = db.session.scalars(
        select(IdentityType).where(IdentityType.may_apply).order_by(IdentityType.id)
    ).first()
    people.open_profile(
        None, user=user, school=at_school, identity=identity, regular_months=60, teaching_months=60
    )
    if eligible:
        earn(user, Track.ADVANCED)
    return user


def earn(user: PortalUser, track: str) -> None:
    """The certificate and the hours that a campaign of `track` asks for."""
    rules = defaults(Track(track), 115)
    county_id = user.school.county_id
    if asked := rules["prerequisite_track"]:
        people.import_certificate(
            None,
            user=user,
            track=asked,
            county_id=county_id,
            school_year=rules["cohorts"][0] if TRACKS[Track(track)].renews else 110,
            number=f"初{user.id}" if asked == Track.INITIAL else f"{asked}-{user.id}",
        )
    if rules["hours"]:
        # Codes of course types are the steward's; what counts is the track.
        course = db.session.scalars(
            select(CourseType).where(CourseType.track == track).order_by(CourseType.id)
        ).first()
        people.add_training(
            None,
            user=user,
            course=course,
            finished_on=date(2025, 8, 19),
            school_year=114,
            county_id=county_id,
            hours=rules["hours"][0]["hours"],
        )


def _bands(*rows: tuple[int, int, str]) -> list[dict[str, Any]]:
    return [{"from": low, "to": high, "verdict": verdict} for low, high, verdict in rows]


def bands_of(items: int) -> dict[str, list[dict[str, Any]]]:
    """Bands for every sum that so many items and a correction of five can make, in the shares of the mentor sheet."""
    low, good, fair, poor, high = (
        items * 2 - 5,
        items * 24 // 10,
        items * 34 // 10,
        items * 45 // 10,
        items * 5 + 5,
    )
    return {
        "first": _bands(
            (low, good, "pass"),
            (good + 1, fair, "minor"),
            (fair + 1, poor, "revise"),
            (poor + 1, high, "fail"),
        ),
        "second": _bands((low, good, "pass"), (good + 1, fair, "minor"), (fair + 1, high, "fail")),
        "appeal": _bands((low, fair, "pass"), (fair + 1, high, "fail")),
    }


# Of the tracks with three items; no authority has published bands for them.
BANDS = bands_of(3)


def campaign(place: County | None = None, *, published: bool = True, **columns: Any) -> Campaign:
    """An open campaign, of the advanced track unless told otherwise."""
    track = Track(columns.get("track", Track.ADVANCED))
    values = {
        **defaults(track, 115),
        "verdicts": {
            "first": ["pass", "minor", "revise", "fail"],
            "second": ["pass", "minor", "fail"],
            "appeal": ["pass", "fail"],
        },
        "bands": bands_of(TRACKS[track].items) if TRACKS[track].items else {},
        "county_id": (place or county()).id,
        "track": Track.ADVANCED,
        "label_year": 115,
        "opens_at": clock.now() - timedelta(days=5),
        "closes_at": clock.days_after(clock.now(), 60),
        **columns,
    }
    row = campaigns.create_campaign(None, **values)
    if published:
        campaigns.publish_campaign(None, row)
    return row


# The level that, given to all three items, makes a sum in the verdict's band.
LEVEL_OF = {Verdict.PASS: 2, Verdict.MINOR: 3, Verdict.REVISE: 4, Verdict.FAIL: 5}


@dataclass
class World:
    """One campaign and everybody who has a part in its cases."""

    campaign: Campaign
    teacher: PortalUser
    county: PortalUser
    centre: PortalUser
    reviewers: list[PortalUser]

    def office(self, case: Case) -> PortalUser:
        """An account of the office that holds the case."""
        return self.county if office_of(case, case.info.holder) is Role.COUNTY else self.centre


def world(**columns: Any) -> World:
    """A campaign in 桃園, a teacher, both offices and two reviewers from elsewhere."""
    elsewhere = school(county("臺北"))
    return World(
        campaign(**columns),
        teacher(),
        account(Role.COUNTY, place=county()),
        account(Role.CENTRE),
        [account(Role.REVIEWER, at_school=elsewhere) for _ in range(2)],
    )


def fill(case: Case, slots: Iterable[str] | None = None) -> None:
    """A complete document in each slot, without asking the forms."""
    kept = {d.slot for d in db.session.scalars(select(Document).where(Document.case_id == case.id))}
    for slot in slots or case.campaign.slot_codes:
        if slot not in kept:
            offered = case.campaign.forms_for(slot) or ["appeal"]
            form = next((code for code in offered if (code, 1) in registry.load()), offered[0])
            # Nobody is named in these answers, so nobody is blocked as a reviewer.
            db.session.add(
                Document(
                    case_id=case.id, slot=slot, form_code=form, form_version=1, answers={}, complete=True
                )
            )
    db.session.flush()
    db.session.expire(case, ["documents"])


def apply_as(there: World, person: PortalUser) -> Case:
    """A case of somebody else in the world's campaign, just opened."""
    return cases.apply(person, campaign=there.campaign)


def drafted(there: World) -> Case:
    """填寫中 with every slot complete."""
    case = cases.apply(there.teacher, campaign=there.campaign)
    fill(case)
    return case


def sent(there: World) -> Case:
    """形式審查"""
    return cases.submit(there.teacher, drafted(there))


def in_review(there: World, case: Case | None = None) -> Case:
    """初審 with both reviewers, from a given or a new case at 形式審查 or waiting for reviewers; or 複審."""
    case = case or sent(there)
    if case.state is State.FORMAL_CHECK:
        workflow.fire(there.office(case), case, "formal_pass")
    return reviews.assign(there.office(case), case, reviewer_ids=[r.id for r in there.reviewers])


def reviewed(there: World, case: Case | None = None, verdict: Verdict = Verdict.PASS) -> Case:
    """Waiting for the decision: both sheets are in with `verdict` and levels that come to it."""
    if case is None or case.state not in reviews.REVIEWING:
        case = in_review(there, case)
    items = db.session.scalars(select(SheetItem.code).where(SheetItem.track == case.track)).all()
    for assignment in assignments(case, ROUND_OF[case.state]):
        reviews.save_sheet(
            assignment.reviewer,
            assignment,
            levels=dict.fromkeys(items, LEVEL_OF[verdict]),
            comments={},
            remark="依規準敘寫。",
            verdict=verdict,
            version=0,
        )
        reviews.send_sheet(assignment.reviewer, assignment)
    return case


def decided(there: World, verdict: Verdict, case: Case | None = None, reason: str = "請補充具體事實") -> Case:
    """After the decision of the round in which the case stands."""
    case = reviewed(there, case, verdict)
    reviews.decide(there.office(case), case, verdict=verdict, reason=reason)
    return case


def place(case: Case, state: State, **columns: Any) -> Case:
    """Put the case into a state directly, history or not: for tests of one step only."""
    # Around the engine on purpose, and around the ORM's version counter with it.
    db.session.execute(update(Case).where(Case.id == case.id).values(state=state, **columns))
    db.session.expire(case)
    return case
