"""What the stories of the demo are made of: people, their facts, and the scenes that several stories share."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import select

from app.access import service as access
from app.access.matrix import Role
from app.access.models import PortalUser
from app.campaigns.models import Campaign
from app.campaigns.tracks import Track
from app.cases import service as cases
from app.cases import workflow
from app.cases.models import Case
from app.cases.states import Verdict
from app.core import clock
from app.core.db import db, transaction
from app.core.files import FileStore
from app.forms import registry
from app.forms.paper import paper_pdf
from app.people import service as people
from app.reference.models import County, CourseType, IdentityType, School, SchoolLevel
from app.reviews import service as reviews
from app.reviews.models import Assignment
from app.reviews.queries import assignments, sheet_items
from seed import demo_texts as texts

PASSWORD = "Demo-1234!"  # public on purpose; production refuses to start in demo mode
YEAR = 115
# The dates in the texts are as if the story had begun on this day; they move with it.
WRITTEN_FOR = date(2026, 10, 14)
# Slot -> form and answers.
Typed = Mapping[str, tuple[str, dict[str, Any]]]


@dataclass
class Story:
    """What the scenes share: the day on which everything begins, people by user name, and the campaigns."""

    start: datetime
    people: dict[str, PortalUser] = field(default_factory=dict)
    # By the county's short name and the track.
    campaign: dict[tuple[str, Track], Campaign] = field(default_factory=dict)

    @contextmanager
    def day(self, number: int, hour: int = 9, minute: int = 0) -> Iterator[None]:
        """One scene: `number` days after the campaign opened, at that time in Taipei."""
        moment = clock.local(self.start).replace(hour=hour, minute=minute, second=0, microsecond=0)
        with clock.told_at(moment + timedelta(days=number)), transaction():
            yield


def account(
    story: Story,
    username: str,
    name: str,
    roles: tuple[Role, ...],
    *,
    school: School | None = None,
    county: County | None = None,
) -> PortalUser:
    user = access.create_user(
        None,
        username=username,
        name=name,
        email=f"{username}@demo.example",
        password=PASSWORD,
        roles=roles,
        school_id=school.id if school else None,
        county_id=county.id if county else (school.county_id if school else None),
    )
    story.people[username] = user
    return user


def teacher(
    story: Story,
    username: str,
    name: str,
    school: School,
    years: int,
    roles: tuple[Role, ...] = (Role.TEACHER,),
) -> PortalUser:
    """A serving regular teacher of so many years; what was learnt and earned comes apart from it."""
    user = account(story, username, name, roles, school=school)
    people.open_profile(
        None,
        user=user,
        school=school,
        identity=row(IdentityType, "regular"),
        regular_months=max(years, 3) * 12,
        teaching_months=max(years, 3) * 12 - 3 * (years > 3),
        subject="數學",
        grade="五年級",
    )
    return user


def ready(user: PortalUser) -> None:
    """What the advanced track asks for."""
    certified(user, Track.INITIAL, 110, str(40 + user.id))
    training(user, "advanced-stage-1", date(2025, 8, 19), 114)
    training(user, "advanced-2-4", date(2025, 10, 15), 114)


def certified(
    user: PortalUser, track: Track, year: int, number: str, issued_at: datetime | None = None
) -> None:
    people.import_certificate(
        None,
        user=user,
        track=track,
        county_id=user.school.county_id,
        school_year=year,
        number=number,
        issued_at=issued_at,
    )


def training(user: PortalUser, course: str, day: date, year: int) -> None:
    people.add_training(
        None,
        user=user,
        course=row(CourseType, course),
        finished_on=day,
        school_year=year,
        county_id=user.school.county_id,
        organiser=user.school.county.label_zh,
    )


def applied(story: Story, username: str, day: int, track: Track = Track.ADVANCED) -> Case:
    user = story.people[username]
    short_name = user.school.county.short_name
    with story.day(day, 15, 30):
        return cases.apply(user, campaign=story.campaign[short_name, track])


def sent(
    story: Story,
    username: str,
    day: int,
    track: Track = Track.ADVANCED,
    typed: Typed | None = None,
) -> Case:
    """Applied, filled and sent; `typed` has the form and the answers of each slot that is not signed on paper, by
    default about the lesson that the user watched."""
    typed = texts.typed(username) if typed is None else typed
    case = applied(story, username, day, track)
    with story.day(day + 4, 17, 10):
        for slot in case.campaign.slot_codes:
            if slot in typed:
                write(story, case, slot, *typed[slot])
            else:
                upload(story, case, slot)
    with story.day(day + 5, 8, 40):
        cases.submit(case.applicant, case)
    return case


def reviewing(story: Story, case: Case, day: int, reviewers: tuple[str, str]) -> None:
    centre = story.people["centre"]
    with story.day(day, 10, 15):
        workflow.fire(centre, case, "formal_pass")
    with story.day(day + 1, 11):
        reviews.assign(centre, case, reviewer_ids=[story.people[name].id for name in reviewers])


def decided(
    story: Story,
    username: str,
    day: int,
    verdict: Verdict,
    reason: str,
    *,
    levels: tuple[int, ...],
    decided_on: int | None = None,
    pins: Sequence[dict[str, Any]] = (),
) -> Case:
    case = sent(story, username, day)
    reviewing(story, case, day + 8, ("reviewer", "reviewer2"))
    for offset, assignment in enumerate(assignments(case), start=12):
        with story.day(day + offset, 13):
            judge(assignment, verdict, levels)
    with story.day(decided_on or day + 20, 16):
        office = f"county.{'taoyuan' if case.county.short_name == '桃園' else 'lienchiang'}"
        reviews.decide(story.people[office], case, verdict=verdict, reason=reason, reasons=list(pins))
    return case


def judge(assignment: Assignment, verdict: Verdict, levels: tuple[int, ...]) -> None:
    items = sheet_items(assignment.case.track)
    reviews.save_sheet(
        assignment.reviewer,
        assignment,
        levels=dict(zip((i.code for i in items), levels, strict=False)),
        comments={item.code: text for item, text in zip(items, texts.COMMENTS[verdict], strict=False)},
        remark=texts.REMARKS[verdict],
        verdict=verdict,
        version=0,
    )
    reviews.send_sheet(assignment.reviewer, assignment)


def upload(story: Story, case: Case, slot: str) -> None:
    form = registry.get(case.campaign.forms_for(slot)[0])
    prefill = {"teacher": case.applicant.name, "school": case.school.label_zh, "county": case.county.label_zh}
    data = paper_pdf(form.paper, prefill, "zh_Hant_TW")  # type: ignore[attr-defined]
    blob = FileStore(current_app.config["FILES_DIR"]).put(data)
    cases.attach_file(
        case.applicant,
        case,
        slot=slot,
        form_code=form.code,
        form_version=form.version,
        sha256=blob.sha256,
        size=blob.size,
        pages=1,
        file_name=f"{form.title}.pdf",
        version=0,
    )


def write(story: Story, case: Case, slot: str, code: str, answers: Mapping[str, Any]) -> None:
    form = registry.build(code, answers=_moved(answers, clock.local(story.start).date() - WRITTEN_FOR))
    form.prefill(
        {
            "observer": case.applicant.name,
            "school": case.school.label_zh,
            "share": case.campaign.recommend_share,
        }
    )
    cases.save_document(
        case.applicant,
        case,
        slot=slot,
        form_code=form.code,
        form_version=form.version,
        answers=form.answers(),
        complete=not form.problems(),
        version=0,
    )


def _moved(value: Any, by: timedelta) -> Any:
    """The answers with every date in them moved."""
    if isinstance(value, Mapping):
        return {key: _moved(item, by) for key, item in value.items()}
    if isinstance(value, list):
        return [_moved(item, by) for item in value]
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        return (date.fromisoformat(value) + by).isoformat()
    return value


def county(short_name: str) -> County:
    return db.session.scalars(select(County).where(County.short_name == short_name)).one()


def schools(county: County) -> list[School]:
    # Primary schools first (level sort), as most applicants work there.
    query = (
        select(School)
        .join(School.level)
        .where(School.county_id == county.id)
        .order_by(SchoolLevel.sort, School.code)
    )
    return list(db.session.scalars(query))


def row(model: Any, code: str) -> Any:
    return db.session.scalars(select(model).where(model.code == code)).one()
