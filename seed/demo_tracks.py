"""The demo stories of the other tracks: somebody ready for 初階, mentors, a renewal."""

from datetime import date, datetime

from app.access.models import PortalUser
from app.campaigns.tracks import Track
from app.core.clock import TAIPEI
from seed import demo_mentor
from seed import demo_scenes as scene
from seed.demo_scenes import Story


def newcomers(story: Story) -> None:
    """Accounts that the first demo did not have."""
    home = scene.schools(scene.county("桃園"))
    for username, name, school, years, learn in (
        ("teacher.initial", "郭品妤", home[1], 1, _initial),
        ("teacher.mentor", "高慧君", home[2], 11, _mentor),
        ("teacher.renewal", "方素珍", home[3], 19, _holder),
        ("demo.mentor", "柯宗翰", home[0], 9, _mentor),
    ):
        if username not in story.people:
            with story.day(-190):
                learn(scene.teacher(story, username, name, school, years))


def _initial(user: PortalUser) -> None:
    scene.training(user, "initial-1-1", date(2026, 8, 18), 115)
    scene.training(user, "initial-1-2", date(2026, 8, 19), 115)


def _mentor(user: PortalUser) -> None:
    scene.certified(user, Track.INITIAL, 109, str(300 + user.id))
    scene.certified(user, Track.ADVANCED, 112, demo_mentor.NUMBERS[user.username])
    scene.training(user, "mentor-stage-1", date(2025, 7, 9), 113)
    scene.training(user, "mentor-practice", date(2025, 11, 12), 114)


def _holder(user: PortalUser) -> None:
    issued = datetime(2018, 1, 25, 9, tzinfo=TAIPEI)
    scene.certified(user, Track.MENTOR, 106, demo_mentor.OWN_NUMBER, issued)
    scene.training(user, "renewal-2-course", date(2026, 8, 25), 115)


def mentor_draft(story: Story) -> None:
    """Both observations begun, the second not finished."""
    case = scene.applied(story, "teacher.mentor", 4, Track.MENTOR)
    with story.day(12, 17, 5):
        typed = demo_mentor.typed("teacher.mentor", years=11)
        for slot in ("mentor-recommendation", "pre-observation-1", "observation-1", "mentoring-plan"):
            scene.write(story, case, slot, *typed[slot])
        scene.upload(story, case, "open-lesson-proof")
    with story.day(30, 20, 40):
        code, answers = typed["pre-observation-2"]
        scene.write(story, case, "pre-observation-2", code, {**answers, "focus": "", "tool": ""})


def mentor_review(story: Story) -> None:
    """Complete, checked, and with two reviewers."""
    case = scene.sent(story, "demo.mentor", 9, Track.MENTOR, demo_mentor.typed("demo.mentor", years=9))
    scene.reviewing(story, case, 20, ("reviewer", "reviewer2"))


def renewal(story: Story) -> None:
    """Two colleagues for twelve weeks each: waiting for the formal check."""
    scene.sent(story, "teacher.renewal", 28, Track.MENTOR_RENEWAL_1, demo_mentor.RENEWAL)


STORIES = {
    "teacher.mentor": mentor_draft,
    "demo.mentor": mentor_review,
    "teacher.renewal": renewal,
}
