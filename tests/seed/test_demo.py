"""The demo county: everybody of the surface is there in the right place, and got there by the table."""

from itertools import pairwise

import pytest
from sqlalchemy import func, select

from app.access.matrix import Role
from app.access.models import PortalUser
from app.access.service import authenticate
from app.campaigns import eligibility
from app.campaigns.models import Campaign
from app.campaigns.queries import current_campaign
from app.campaigns.tracks import TRACKS, Track
from app.cases.models import Case, CaseEvent, Document, Submission
from app.cases.queries import current_case
from app.cases.states import Round, State
from app.cases.workflow import BY_NAME
from app.core import clock
from app.core.audit import AuditEntry
from app.core.db import db
from app.core.outbox import OutboxMail
from app.instruments import analyse
from app.instruments.record import INSTRUMENTS
from app.notices.models import Message
from app.observations import queries
from app.observations.models import Recording, RecordingOp, SeatingPlan
from app.people.models import Certificate, CertificateState, TeacherProfile, TrainingRecord
from app.portal.case_view import readable_sheets
from app.reviews.models import Assignment, Decision, Sheet, SheetState
from app.reviews.pins import todo
from app.reviews.queries import decisions, sheet_items, work_list
from seed import demo, demo_rules

TABLES = (
    PortalUser, TeacherProfile, TrainingRecord, Campaign, Case, CaseEvent, Document, Submission, Assignment, Sheet,
    Decision, Certificate, Message, OutboxMail, AuditEntry, Recording, RecordingOp, SeatingPlan,
)  # fmt: skip
STAGES = {
    "teacher": None,
    "teacher.draft": State.DRAFTING,
    "teacher.ineligible": None,
    "teacher.returned": State.RETURNED,
    "teacher.revise": State.REVISING,
    "teacher.failed": State.FIRST_FAILED,
    "teacher.certified": State.ANNOUNCED,
    "teacher.lienchiang": State.FIRST_REVIEW,
    "teacher.reviewer": State.FIRST_REVIEW,
}
ROLES = {
    "teacher": {Role.TEACHER},
    "teacher.reviewer": {Role.TEACHER, Role.REVIEWER},
    "reviewer": {Role.REVIEWER},
    "reviewer2": {Role.REVIEWER},
    "reviewer3": {Role.REVIEWER},
    "school": {Role.SCHOOL},
    "county.taoyuan": {Role.COUNTY},
    "county.lienchiang": {Role.COUNTY},
    "centre": {Role.CENTRE},
    "steward": {Role.STEWARD},
    "auditor": {Role.AUDITOR},
    "admin": {Role.ADMIN},
}


def user(name):
    return db.session.scalars(select(PortalUser).where(PortalUser.username == name)).one()


def case_of(name):
    return current_case(user(name), Track.ADVANCED)


def rows():
    return {table.__name__: db.session.scalar(select(func.count()).select_from(table)) for table in TABLES}


def test_the_whole_county(db_session):
    """One load, looked at from all sides: loading takes most of the time."""
    demo.load()
    _everybody_stands_where_the_surface_says()
    _every_history_is_a_road_of_the_table()
    _the_scenes_show_what_they_promise()
    _the_other_tracks_have_their_people()
    _the_tool_boxes_are_filled()
    before = rows()
    assert "0 stories" in demo.load()
    assert rows() == before


def _everybody_stands_where_the_surface_says():
    for name, state in STAGES.items():
        case = case_of(name)
        assert (case and case.state) == state, name
    for name, roles in ROLES.items():
        assert user(name).role_set == roles, name
        assert authenticate(username=name, password="Demo-1234!") is not None, name
    for name, short in (("county.taoyuan", "桃園"), ("county.lienchiang", "連江"), ("school", "桃園")):
        assert user(name).county.short_name == short
    for name in ("reviewer", "reviewer2", "reviewer3"):
        todo = [
            row for row in work_list(user(name)) if not row.sheet and row.case.state is State.FIRST_REVIEW
        ]
        assert todo, name


def _every_history_is_a_road_of_the_table():
    for case in db.session.scalars(select(Case)):
        first, *rest = case.events
        assert (first.transition, first.target) == ("apply", State.DRAFTING)
        for event in rest:
            row = BY_NAME[event.transition]
            assert event.source in row.sources and event.target is row.target
            assert event.reason or event.reasons or not row.needs_reason
            if row.notice:
                keys = select(Message.id).where(Message.key.startswith(f"{event.id}:{row.notice}:"))
                assert db.session.scalars(keys).first(), (case, row.name)
        assert all(a.target is b.source and a.at <= b.at for a, b in pairwise(case.events))
        assert case.events[-1].target is case.state
        assert case.events[-1].at <= clock.now()
        audited = select(func.count()).where(
            AuditEntry.object_type == "Case", AuditEntry.object_id == str(case.id)
        )
        moves = db.session.scalar(
            audited.where(AuditEntry.action.in_([f"case.{e.transition}" for e in case.events]))
        )
        assert moves == len(case.events)


def _the_scenes_show_what_they_promise():
    def checks(name):
        campaign = current_campaign(county_id=user(name).county_id, track=Track.ADVANCED)
        assert campaign.is_open
        return [row["code"] for row in eligibility.check(user(name), campaign) if not row["ok"]]

    assert checks("teacher") == []
    assert checks("teacher.ineligible") == ["prerequisite", "hours", "cohort"]

    draft = case_of("teacher.draft")
    assert 0 < sum(d.complete for d in draft.documents) < len(draft.campaign.slot_codes)

    returned = case_of("teacher.returned")
    assert returned.reason and returned.events[-1].reasons and returned.due_at > clock.now()
    assert returned.reopened == returned.campaign.slot_codes

    revise = case_of("teacher.revise")
    sheets = readable_sheets(user("teacher.revise"), revise)
    assert len(sheets) == 2 and all(sheet.comments and sheet.remark for sheet in sheets)
    assert revise.due_at > clock.now()
    assert [view.state for view in todo(revise)] == ["open"] * len(todo(revise)) != []

    failed = case_of("teacher.failed")
    assert failed.due_at > clock.now() and decisions(failed)[Round.FIRST].reason

    certificate = db.session.scalars(
        select(Certificate).where(Certificate.case_id == case_of("teacher.certified").id)
    ).one()
    assert (certificate.number, certificate.state) == ("桃園證號第B115002001號", CertificateState.ANNOUNCED)

    assert readable_sheets(user("teacher.reviewer"), case_of("teacher.reviewer")) == []
    own = {row.case_id for row in work_list(user("teacher.reviewer"))}
    assert own == {case_of("teacher.lienchiang").id}
    sent = select(func.count(Sheet.id)).where(Sheet.state == SheetState.SENT)
    assert db.session.scalar(sent) == 2 * db.session.scalar(select(func.count(Decision.id))) + 2


def _the_other_tracks_have_their_people():
    for name, track, state in (
        ("teacher.mentor", Track.MENTOR, State.DRAFTING),
        ("demo.mentor", Track.MENTOR, State.FIRST_REVIEW),
        ("teacher.renewal", Track.MENTOR_RENEWAL_1, State.FORMAL_CHECK),
    ):
        assert current_case(user(name), track).state is state, name
    begun = {d.slot for d in current_case(user("teacher.mentor"), Track.MENTOR).documents}
    assert {"observation-1", "pre-observation-2"} < begun
    for track in Track:
        campaign = current_campaign(county_id=user("teacher").county_id, track=track)
        assert campaign.is_open and campaign.texts["apply_zh"] and campaign.texts["apply_en"]
        items = len(sheet_items(track))
        assert items == TRACKS[track].items
        for round_ in ("first", "second", "appeal") if campaign.reviewed else ():
            assert campaign.undefined_sums(round_, items) == [], (track, round_)
    campaign = current_campaign(county_id=user("teacher.initial").county_id, track=Track.INITIAL)
    assert eligibility.eligible(eligibility.check(user("teacher.initial"), campaign))


def _the_tool_boxes_are_filled():
    for name in demo.RECORDED:
        (plan,) = queries.plans(user(name))
        assert (plan.data["rows"], plan.data["columns"], len(plan.data["seats"])) == (6, 5, 30)
        records = {row.instrument: queries.record_of(row) for row in queries.recordings(user(name))}
        assert set(records) == set(INSTRUMENTS)
        for record in records.values():
            assert analyse(record).instrument == record["instrument"]
        assert len(records["flanders"]["events"]) >= 400
        assert {event["sweep"] for event in records["at-task"]["events"]} == set(range(1, 7))
        assert {event["part"] for event in records["teacher-movement"]["events"]} == {1, 2, 3, 4}
    assert queries.recordings(user("teacher.failed")) == []


def test_a_story_that_breaks_off_is_told_from_its_beginning(db_session, monkeypatch):
    """Ctrl-C in the middle of a first start: the next one makes the rest."""

    def interrupted(*_args, **_more):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(demo.cases, "submit", interrupted)
        with pytest.raises(KeyboardInterrupt):
            demo.load(stage="teacher.returned")
    assert case_of("teacher.returned") is None
    demo.load(stage="teacher.returned")
    assert case_of("teacher.returned").state is State.RETURNED
    assert case_of("teacher.draft") is None


def test_people_without_campaigns_are_not_left_behind(db_session, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(demo_rules.campaigns, "publish_campaign", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            demo.load(stage="teacher.draft")
    assert db_session.scalar(select(func.count(PortalUser.id))) == 0
    demo.load(stage="teacher.draft")
    assert case_of("teacher.draft").state is State.DRAFTING


def test_further_cases_for_load_tests(db_session):
    demo.load(stage="nobody", size=12)
    assert db_session.scalar(select(func.count(Case.id))) == 12
    assert set(db_session.scalars(select(Case.state))) == {State.DRAFTING}
    demo.load(stage="nobody", size=3)
    assert db_session.scalar(select(func.count(Case.id))) == 15
