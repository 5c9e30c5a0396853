"""The demo county: each account's story told through the services, at the dates when it happened.

All persons are invented. `load` is refused outside demo mode by the caller (`flask seed demo`, `serve`).
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import select

from app.access import service as access
from app.access.matrix import Role
from app.access.models import PortalUser
from app.campaigns import service as campaigns
from app.campaigns.models import Campaign
from app.campaigns.tracks import Track
from app.cases import service as cases
from app.cases import workflow
from app.cases.models import Case
from app.cases.states import Verdict
from app.certificates import service as certificates
from app.core import clock
from app.core.db import db, transaction
from app.core.files import FileStore
from app.forms import registry
from app.forms.paper import paper_pdf
from app.observations.queries import recordings
from app.people import service as people
from app.reference.models import County, CourseType, IdentityType, School, SchoolLevel
from app.reviews import service as reviews
from app.reviews.models import Assignment
from app.reviews.queries import assignments, sheet_items
from seed import demo_lessons
from seed import demo_texts as texts
from seed.reference import advanced_defaults

PASSWORD = "Demo-1234!"  # public on purpose; production refuses to start in demo mode
YEAR = 115


@dataclass
class Story:
    """What the scenes share: the day on which everything begins and the people by user name."""

    start: datetime
    people: dict[str, PortalUser] = field(default_factory=dict)
    campaign: dict[str, Campaign] = field(default_factory=dict)

    @contextmanager
    def day(self, number: int, hour: int = 9, minute: int = 0) -> Iterator[None]:
        """One scene: `number` days after the campaign opened, at that time in Taipei."""
        moment = clock.local(self.start).replace(hour=hour, minute=minute, second=0, microsecond=0)
        with clock.told_at(moment + timedelta(days=number)), transaction():
            yield


def load(*, stage: str = "all", size: int = 0) -> str:
    """Make what is missing of the demo: `stage` is one user name of the table below, or all.

    Returns a sentence of what was made. `size` adds that many drafted cases of further teachers.
    """
    story = Story(start=clock.now() - timedelta(days=40))
    # Each story is whole or not there: an interrupted load is finished by the next one.
    with transaction():
        if db.session.scalar(select(PortalUser.id).where(PortalUser.username == "centre")) is None:
            _people(story)
            _campaigns(story)
        else:
            _recall(story)
    told = []
    for name, tell in STORIES.items():
        if stage in ("all", name) and not _has_case(story, name):
            with transaction():
                tell(story)
            told.append(name)
    for name in RECORDED:
        if stage in ("all", name) and _lacks_recordings(story, name):
            with story.day(22, 10, 20):
                demo_lessons.record_all(story.people[name], begun=clock.now())
    if size:
        _crowd(story, size)
    return f"demo: {len(told)} stories told, {size} further cases"


# -- the people and the rules ------------------------------------------------------------------------------


def _people(story: Story) -> None:
    taoyuan, lienchiang, taipei = (_county(name) for name in ("桃園", "連江", "臺北"))
    with story.day(-200):
        schools = {c.id: _schools(c) for c in (taoyuan, lienchiang, taipei)}
        home = schools[taoyuan.id]
        teachers = (
            ("teacher", "林曉春", home[0], 8),
            ("teacher.draft", "陳雅雯", home[0], 6),
            ("teacher.ineligible", "黃志明", home[1], 2),
            ("teacher.returned", "張怡君", home[1], 5),
            ("teacher.revise", "吳佩珊", home[2], 9),
            ("teacher.failed", "劉建宏", home[2], 4),
            ("teacher.certified", "蔡淑芬", home[3], 12),
            ("teacher.lienchiang", "王海晴", schools[lienchiang.id][0], 7),
            ("teacher.reviewer", "莉莉安", home[3], 15),
        )
        for username, name, school, years in teachers:
            roles = (Role.TEACHER, Role.REVIEWER) if username == "teacher.reviewer" else (Role.TEACHER,)
            _teacher(story, username, name, school, years, roles, eligible=username != "teacher.ineligible")
        for username, name in (("reviewer", "許文彬"), ("reviewer2", "鄭美玲"), ("reviewer3", "簡國華")):
            _account(story, username, name, (Role.REVIEWER,), school=schools[taipei.id][0])
        _account(story, "school", "中埔國小承辦人", (Role.SCHOOL,), school=home[0])
        _account(story, "county.taoyuan", "桃園市教專中心", (Role.COUNTY,), county=taoyuan)
        _account(story, "county.lienchiang", "連江縣教專中心", (Role.COUNTY,), county=lienchiang)
        for username, name, role in (
            ("centre", "認證中心", Role.CENTRE),
            ("steward", "資料管理員", Role.STEWARD),
            ("auditor", "稽核人員", Role.AUDITOR),
            ("admin", "系統管理者", Role.ADMIN),
        ):
            _account(story, username, name, (role,))


def _account(
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


def _teacher(
    story: Story,
    username: str,
    name: str,
    school: School,
    years: int,
    roles: tuple[Role, ...],
    *,
    eligible: bool,
) -> None:
    user = _account(story, username, name, roles, school=school)
    people.open_profile(
        None,
        user=user,
        school=school,
        identity=_row(IdentityType, "regular"),
        regular_months=max(years, 3) * 12,
        teaching_months=max(years, 3) * 12 - 3 * (years > 3),
        subject="數學",
        grade="五年級",
    )
    if not eligible:
        _training(user, school, "advanced-stage-1", date(2021, 8, 20), 110)
        return
    people.import_certificate(
        None,
        user=user,
        track=Track.INITIAL,
        county_id=school.county_id,
        school_year=110,
        number=str(40 + user.id),
    )
    _training(user, school, "advanced-stage-1", date(2025, 8, 19), 114)
    _training(user, school, "advanced-2-4", date(2025, 10, 15), 114)


def _training(user: PortalUser, school: School, course: str, day: date, year: int) -> None:
    people.add_training(
        None,
        user=user,
        course=_row(CourseType, course),
        finished_on=day,
        school_year=year,
        county_id=school.county_id,
        organiser=school.county.label_zh,
    )


def _campaigns(story: Story) -> None:
    with story.day(-5):
        for short_name in ("桃園", "連江"):
            campaign = campaigns.create_campaign(
                None,
                **advanced_defaults(YEAR),
                county_id=_county(short_name).id,
                track=Track.ADVANCED,
                label_year=YEAR,
                opens_at=story.start - timedelta(days=1),
                closes_at=clock.days_after(story.start, 100),
            )
            campaigns.publish_campaign(None, campaign)
            story.campaign[short_name] = campaign


def _recall(story: Story) -> None:
    story.people = {u.username: u for u in db.session.scalars(select(PortalUser)).unique()}
    for campaign in db.session.scalars(select(Campaign).where(Campaign.track == Track.ADVANCED)).unique():
        story.campaign[campaign.county.short_name] = campaign
        story.start = campaign.opens_at + timedelta(days=1)


# -- the stories -------------------------------------------------------------------------------------------


def _draft(story: Story) -> None:
    case = _applied(story, "teacher.draft", 3)
    with story.day(8, 16, 20):
        _upload(story, case, "open-lesson-proof")
        _upload(story, case, "community-proof")
        _write(story, case, "pre-observation", "pre-observation-a")
    with story.day(21, 20, 5):
        _write(story, case, "observation", "observation-105", unfinished=True)


def _returned(story: Story) -> None:
    case = _sent(story, "teacher.returned", 6)
    with story.day(16, 10):
        workflow.fire(
            story.people["centre"],
            case,
            "formal_return",
            reason=texts.RETURN_REASON,
            reasons=texts.RETURN_REASONS,
        )


def _revise(story: Story) -> None:
    case = _decided(story, "teacher.revise", 2, Verdict.REVISE, texts.REVISE_REASON, levels=(3, 5, 4))
    assert case.reason


def _failed(story: Story) -> None:
    # Decided a few days ago, so that the appeal window stands open.
    _decided(story, "teacher.failed", 4, Verdict.FAIL, texts.FAIL_REASON, levels=(4, 5, 5), decided_on=36)


def _certified(story: Story) -> None:
    case = _decided(story, "teacher.certified", 1, Verdict.PASS, "", levels=(2, 2, 3), decided_on=20)
    centre = story.people["centre"]
    with story.day(25, 14):
        certificates.issue(centre, case)
    with story.day(28, 9):
        certificates.announce(centre, case)


def _lienchiang(story: Story) -> None:
    case = _sent(story, "teacher.lienchiang", 10)
    _reviewing(story, case, 18, ("reviewer3", "teacher.reviewer"))


def _own_case_of_reviewer(story: Story) -> None:
    """A reviewer's own case: two colleagues have it, and the reviewer sees nothing of their sheets."""
    case = _sent(story, "teacher.reviewer", 12)
    _reviewing(story, case, 24, ("reviewer", "reviewer2"))


def _neighbours(story: Story) -> None:
    """Further cases in every queue of the offices, so that their lists are not empty."""
    steps: tuple[tuple[str, int], ...] = (
        ("check", 25), ("check", 31), ("assign", 18), ("assign", 26), ("decide", 9), ("issue", 5), ("issue", 7),
    )  # fmt: skip
    for number, (step, day) in enumerate(steps):
        username = f"demo.teacher{number + 1}"
        with story.day(-100):
            schools = _schools(_county("桃園"))
            name = texts.NEIGHBOURS[number]
            _teacher(
                story,
                username,
                name,
                schools[number % len(schools)],
                4 + number,
                (Role.TEACHER,),
                eligible=True,
            )
        if step == "issue":
            _decided(story, username, day, Verdict.PASS, "", levels=(2, 3, 2), decided_on=day + 16)
            continue
        case = _sent(story, username, day)
        if step == "assign":
            with story.day(day + 8, 9, 45):
                workflow.fire(story.people["centre"], case, "formal_pass")
        elif step == "decide":
            _reviewing(story, case, day + 8, ("reviewer2", "reviewer3"))
            for offset, assignment in enumerate(assignments(case), start=14):
                with story.day(day + offset, 19):
                    _judge(assignment, Verdict.MINOR, (3, 3, 2))


STORIES: dict[str, Callable[[Story], None]] = {
    "teacher.draft": _draft,
    "teacher.returned": _returned,
    "teacher.revise": _revise,
    "teacher.failed": _failed,
    "teacher.certified": _certified,
    "teacher.lienchiang": _lienchiang,
    "teacher.reviewer": _own_case_of_reviewer,
    "demo.teacher1": _neighbours,
}


# Whose tool box is filled: one who has not begun, and one in the middle of a case.
RECORDED = ("teacher", "teacher.draft")


# -- scenes that several stories share ---------------------------------------------------------------------


def _applied(story: Story, username: str, day: int) -> Case:
    user = story.people[username]
    short_name = user.school.county.short_name
    with story.day(day, 15, 30):
        return cases.apply(user, campaign=story.campaign[short_name])


def _sent(story: Story, username: str, day: int) -> Case:
    case = _applied(story, username, day)
    with story.day(day + 4, 17, 10):
        for slot in ("open-lesson-proof", "community-proof", "checklist"):
            _upload(story, case, slot)
        for slot, form in texts.TYPED.items():
            _write(story, case, slot, form)
    with story.day(day + 5, 8, 40):
        cases.submit(case.applicant, case)
    return case


def _reviewing(story: Story, case: Case, day: int, reviewers: tuple[str, str]) -> None:
    centre = story.people["centre"]
    with story.day(day, 10, 15):
        workflow.fire(centre, case, "formal_pass")
    with story.day(day + 1, 11):
        reviews.assign(centre, case, reviewer_ids=[story.people[name].id for name in reviewers])


def _decided(
    story: Story,
    username: str,
    day: int,
    verdict: Verdict,
    reason: str,
    *,
    levels: tuple[int, ...],
    decided_on: int | None = None,
) -> Case:
    case = _sent(story, username, day)
    _reviewing(story, case, day + 8, ("reviewer", "reviewer2"))
    for offset, assignment in enumerate(assignments(case), start=12):
        with story.day(day + offset, 13):
            _judge(assignment, verdict, levels)
    with story.day(decided_on or day + 20, 16):
        office = f"county.{'taoyuan' if case.county.short_name == '桃園' else 'lienchiang'}"
        reviews.decide(story.people[office], case, verdict=verdict, reason=reason)
    return case


def _judge(assignment: Assignment, verdict: Verdict, levels: tuple[int, ...]) -> None:
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


def _upload(story: Story, case: Case, slot: str) -> None:
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


def _write(story: Story, case: Case, slot: str, code: str, *, unfinished: bool = False) -> None:
    form = registry.build(code, answers=texts.answers(code, unfinished=unfinished))
    form.prefill({"observer": case.applicant.name, "observer_school": case.school.label_zh})
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


def _crowd(story: Story, size: int) -> None:
    """Further teachers with a drafted case each, for load tests; 500 to a transaction."""
    schools = _schools(_county("桃園"))
    first = db.session.query(PortalUser).count()
    for start in range(0, size, 500):
        with story.day(5):
            for number in range(first + start, first + min(start + 500, size)):
                username = f"crowd.{number:06d}"
                school = schools[number % len(schools)]
                _teacher(story, username, f"示範{number}", school, 6, (Role.TEACHER,), eligible=True)
                cases.apply(story.people[username], campaign=story.campaign["桃園"])


def _has_case(story: Story, username: str) -> bool:
    user = story.people.get(username)
    return (
        user is not None
        and db.session.scalar(select(Case.id).where(Case.applicant_id == user.id)) is not None
    )


def _lacks_recordings(story: Story, username: str) -> bool:
    user = story.people.get(username)
    return user is not None and not recordings(user)


def _county(short_name: str) -> County:
    return db.session.scalars(select(County).where(County.short_name == short_name)).one()


def _schools(county: County) -> list[School]:
    # Primary schools first (level sort), as most applicants work there.
    query = (
        select(School)
        .join(School.level)
        .where(School.county_id == county.id)
        .order_by(SchoolLevel.sort, School.code)
    )
    return list(db.session.scalars(query))


def _row(model: Any, code: str) -> Any:
    return db.session.scalars(select(model).where(model.code == code)).one()
