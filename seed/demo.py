"""The demo county: each account's story told through the services, at the dates when it happened.

All persons are invented. `load` is refused outside demo mode by the caller (`flask seed demo`, `serve`).
"""

from collections.abc import Callable
from datetime import date, timedelta

from sqlalchemy import select

from app.access.matrix import Role
from app.access.models import PortalUser
from app.campaigns.models import Campaign
from app.campaigns.tracks import Track
from app.cases import service as cases
from app.cases import workflow
from app.cases.models import Case
from app.cases.states import Verdict
from app.certificates import service as certificates
from app.core import clock
from app.core.db import db, transaction
from app.observations.queries import recordings
from app.reviews.queries import assignments
from seed import demo_lessons, demo_rules, demo_tracks
from seed import demo_scenes as scene
from seed import demo_texts as texts
from seed.demo_scenes import Story


def load(*, stage: str = "all", size: int = 0) -> str:
    """Make what is missing of the demo: `stage` is one user name of the table below, or all.

    Returns a sentence of what was made. `size` adds that many drafted cases of further teachers.
    """
    story = Story(start=clock.now() - timedelta(days=40))
    # Each story is whole or not there: an interrupted load is finished by the next one.
    with transaction():
        if db.session.scalar(select(PortalUser.id).where(PortalUser.username == "centre")) is None:
            _people(story)
        else:
            _recall(story)
        demo_tracks.newcomers(story)
        demo_rules.open_campaigns(story)
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
    taoyuan, lienchiang, taipei = (scene.county(name) for name in ("桃園", "連江", "臺北"))
    with story.day(-200):
        schools = {c.id: scene.schools(c) for c in (taoyuan, lienchiang, taipei)}
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
            user = scene.teacher(story, username, name, school, years, roles)
            if username == "teacher.ineligible":
                scene.training(user, "advanced-stage-1", date(2021, 8, 20), 110)
            else:
                scene.ready(user)
        for username, name in (("reviewer", "許文彬"), ("reviewer2", "鄭美玲"), ("reviewer3", "簡國華")):
            scene.account(story, username, name, (Role.REVIEWER,), school=schools[taipei.id][0])
        scene.account(story, "school", "中埔國小承辦人", (Role.SCHOOL,), school=home[0])
        scene.account(story, "county.taoyuan", "桃園市教專中心", (Role.COUNTY,), county=taoyuan)
        scene.account(story, "county.lienchiang", "連江縣教專中心", (Role.COUNTY,), county=lienchiang)
        for username, name, role in (
            ("centre", "認證中心", Role.CENTRE),
            ("steward", "資料管理員", Role.STEWARD),
            ("auditor", "稽核人員", Role.AUDITOR),
            ("admin", "系統管理者", Role.ADMIN),
        ):
            scene.account(story, username, name, (role,))


def _recall(story: Story) -> None:
    story.people = {u.username: u for u in db.session.scalars(select(PortalUser)).unique()}
    for campaign in db.session.scalars(select(Campaign).order_by(Campaign.id)).unique():
        story.campaign.setdefault((campaign.county.short_name, campaign.track), campaign)
    story.start = story.campaign["桃園", Track.ADVANCED].opens_at + timedelta(days=1)


# -- the stories -------------------------------------------------------------------------------------------


def _draft(story: Story) -> None:
    case = scene.applied(story, "teacher.draft", 3)
    with story.day(8, 16, 20):
        scene.upload(story, case, "open-lesson-proof")
        scene.upload(story, case, "community-proof")
        scene.write(story, case, "pre-observation", *texts.typed("teacher.draft")["pre-observation"])
    with story.day(21, 20, 5):
        scene.write(
            story, case, "observation", "observation-105", texts.answers("observation-105", unfinished=True)
        )


def _returned(story: Story) -> None:
    case = scene.sent(story, "teacher.returned", 6)
    with story.day(16, 10):
        workflow.fire(
            story.people["centre"],
            case,
            "formal_return",
            reason=texts.RETURN_REASON,
            reasons=texts.RETURN_REASONS,
        )


def _revise(story: Story) -> None:
    case = scene.decided(
        story,
        "teacher.revise",
        2,
        Verdict.REVISE,
        texts.REVISE_REASON,
        levels=(3, 5, 4),
        pins=texts.REVISE_PINS,
    )
    assert case.reason


def _failed(story: Story) -> None:
    # Decided a few days ago, so that the appeal window stands open.
    scene.decided(
        story, "teacher.failed", 4, Verdict.FAIL, texts.FAIL_REASON, levels=(4, 5, 5), decided_on=36
    )


def _certified(story: Story) -> None:
    case = scene.decided(story, "teacher.certified", 1, Verdict.PASS, "", levels=(2, 2, 3), decided_on=20)
    centre = story.people["centre"]
    with story.day(25, 14):
        certificates.issue(centre, case)
    with story.day(28, 9):
        certificates.announce(centre, case)


def _lienchiang(story: Story) -> None:
    case = scene.sent(story, "teacher.lienchiang", 10)
    scene.reviewing(story, case, 18, ("reviewer3", "teacher.reviewer"))


def _own_case_of_reviewer(story: Story) -> None:
    """A reviewer's own case: two colleagues have it, and the reviewer sees nothing of their sheets."""
    case = scene.sent(story, "teacher.reviewer", 12)
    scene.reviewing(story, case, 24, ("reviewer", "reviewer2"))


def _neighbours(story: Story) -> None:
    """Further cases in every queue of the offices, so that their lists are not empty."""
    steps: tuple[tuple[str, int], ...] = (
        ("check", 25), ("check", 31), ("assign", 18), ("assign", 26), ("decide", 9), ("issue", 5), ("issue", 7),
    )  # fmt: skip
    for number, (step, day) in enumerate(steps):
        username = f"demo.teacher{number + 1}"
        with story.day(-100):
            schools = scene.schools(scene.county("桃園"))
            name = texts.NEIGHBOURS[number]
            scene.ready(scene.teacher(story, username, name, schools[number % len(schools)], 4 + number))
        if step == "issue":
            scene.decided(story, username, day, Verdict.PASS, "", levels=(2, 3, 2), decided_on=day + 16)
            continue
        case = scene.sent(story, username, day)
        if step == "assign":
            with story.day(day + 8, 9, 45):
                workflow.fire(story.people["centre"], case, "formal_pass")
        elif step == "decide":
            scene.reviewing(story, case, day + 8, ("reviewer2", "reviewer3"))
            for offset, assignment in enumerate(assignments(case), start=14):
                with story.day(day + offset, 19):
                    scene.judge(assignment, Verdict.MINOR, (3, 3, 2))


STORIES: dict[str, Callable[[Story], None]] = {
    "teacher.draft": _draft,
    "teacher.returned": _returned,
    "teacher.revise": _revise,
    "teacher.failed": _failed,
    "teacher.certified": _certified,
    "teacher.lienchiang": _lienchiang,
    "teacher.reviewer": _own_case_of_reviewer,
    "demo.teacher1": _neighbours,
    **demo_tracks.STORIES,
}


# Whose tool box is filled: one who has not begun, and one in the middle of a case.
RECORDED = ("teacher", "teacher.draft")


def _crowd(story: Story, size: int) -> None:
    """Further teachers with a drafted case each, for load tests; 500 to a transaction."""
    schools = scene.schools(scene.county("桃園"))
    first = db.session.query(PortalUser).count()
    for start in range(0, size, 500):
        with story.day(5):
            for number in range(first + start, first + min(start + 500, size)):
                username = f"crowd.{number:06d}"
                school = schools[number % len(schools)]
                user = scene.teacher(story, username, f"示範{number}", school, 6)
                scene.ready(user)
                cases.apply(user, campaign=story.campaign["桃園", Track.ADVANCED])


def _has_case(story: Story, username: str) -> bool:
    user = story.people.get(username)
    return (
        user is not None
        and db.session.scalar(select(Case.id).where(Case.applicant_id == user.id)) is not None
    )


def _lacks_recordings(story: Story, username: str) -> bool:
    user = story.people.get(username)
    return user is not None and not recordings(user)
