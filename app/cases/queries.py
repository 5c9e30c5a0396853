"""Reads of cases."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from app.campaigns.tracks import SLOTS, Track
from app.cases.models import Case, CaseEvent, Document, Submission
from app.cases.states import EDITABLE, ENDED, FAILED, LOST, State
from app.core import clock
from app.core.db import db
from app.people.models import TrainingRecord
from app.reference.models import CourseType


@dataclass
class SlotView:
    """One row of 編輯表單列表: `documents` are all kept ones, `chosen` the one that counts."""

    code: str
    title: object
    forms: list[str]
    chosen: Document | None
    documents: list[Document]
    editable: bool
    number: int


def current_case(applicant: Any, track: Track) -> Case | None:
    """The applicant's open case of the track, else the latest one."""
    rows = db.session.scalars(
        select(Case).where(Case.applicant_id == applicant.id, Case.track == track).order_by(Case.id.desc())
    ).all()
    return next((c for c in rows if c.state not in ENDED), rows[0] if rows else None)


def already_decided(applicant: Any, campaign: Any) -> bool:
    """「下一學年度再重新申請認證」: what a campaign has decided is appealed or revised, not begun again in it."""
    revised = exists().where(CaseEvent.case_id == Case.id, CaseEvent.target == State.REVISING)
    decided = select(Case.id).where(
        Case.applicant_id == applicant.id,
        Case.campaign_id == campaign.id,
        or_(Case.state.in_(LOST | {State.ANNOUNCED}), revised),
    )
    return db.session.scalar(decided.limit(1)) is not None


def case_page(case_id: int) -> Case | None:
    """The case with everything its page shows, in two queries whatever the number of documents."""
    return db.session.scalar(
        select(Case)
        .where(Case.id == case_id)
        .options(
            joinedload(Case.applicant),
            joinedload(Case.campaign),
            joinedload(Case.school),
            joinedload(Case.county),
            selectinload(Case.documents).joinedload(Document.file),
        )
    )


def slots(case: Case) -> list[SlotView]:
    """The slots of the case in filling order; the appeal slot shows once there is something to appeal."""
    codes = list(case.campaign.slot_codes)
    if case.state in FAILED or any(d.slot == "appeal" for d in case.documents):
        codes.append("appeal")
    by_slot: dict[str, list[Document]] = {}
    for document in case.documents:
        by_slot.setdefault(document.slot, []).append(document)
    return [
        SlotView(
            code=code,
            title=SLOTS[code].title,
            forms=case.campaign.forms_for(code) or ["appeal"],
            chosen=next((d for d in by_slot.get(code, []) if d.chosen), None),
            documents=by_slot.get(code, []),
            editable=slot_editable(case, code),
            number=number,
        )
        for number, code in enumerate(codes, start=1)
    ]


def slot_editable(case: Case, slot: str) -> bool:
    """Whether the applicant may edit the slot in the present state of the case."""
    if slot == "appeal":
        return case.state in FAILED and case.due_at is not None
    return case.state is State.DRAFTING or (case.state in EDITABLE and slot in case.reopened)


def content_of(case: Case) -> list[dict[str, Any]]:
    """The documents that count, in the order of filling, as a submission keeps them (`Submission.content`)."""
    order = list(SLOTS)
    return [
        {
            "slot": d.slot,
            "form": d.form_code,
            "version": d.form_version,
            "answers": d.answers,
            "file": d.file.sha256 if d.file else None,
            "file_name": d.file_name,
        }
        for d in sorted(case.documents, key=lambda d: order.index(d.slot) if d.slot in SLOTS else len(order))
        if d.chosen
    ]


def course_hours(case: Case) -> int:
    """The recorded hours of the renewal course, taken after the campaign opened."""
    taken = select(func.coalesce(func.sum(TrainingRecord.hours), 0)).where(
        TrainingRecord.user_id == case.applicant_id,
        TrainingRecord.finished_on >= clock.local(case.campaign.opens_at).date(),
        TrainingRecord.course_type.has(CourseType.track == case.track),
    )
    return db.session.scalar(taken) or 0


def submissions(case: Case) -> list[Submission]:
    """All snapshots, first to last; a draft has none, and is looked at too often to ask."""
    if case.state is State.DRAFTING:
        return []
    return list(
        db.session.scalars(
            select(Submission).where(Submission.case_id == case.id).order_by(Submission.number)
        )
    )
