"""Everything that changes a case: apply, fill, upload, send, withdraw."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.access.matrix import Permission
from app.access.models import PortalUser
from app.access.policy import require
from app.campaigns import eligibility
from app.campaigns.models import Campaign
from app.campaigns.queries import window_open
from app.cases import workflow
from app.cases.locks import holds_documents, lock
from app.cases.models import Case, CaseEvent, Document
from app.cases.queries import already_decided, current_case, slot_editable
from app.cases.states import ENDED, State
from app.core import audit
from app.core.db import db
from app.core.errors import Invalid, PortalError, Stale
from app.core.stored import StoredFile
from app.forms import registry
from app.people.models import TeacherProfile

ALREADY_DECIDED = _l(
    "This campaign has already decided on your application; you may apply again in a later one."
)


def apply(actor: PortalUser, *, campaign: Campaign) -> Case:
    """Open a case for `actor`; a second click returns the case that is already open, and a draft over which the
    window closed comes back once it has been extended.

    Raises `PortalError` outside the window, when one of the six checks fails, in another county's campaign,
    and in one that has already decided on the applicant.
    """
    require(actor, Permission.CASE_APPLY)
    existing = current_case(actor, campaign.track)
    if existing and existing.state not in ENDED:
        return existing
    profile = db.session.scalar(select(TeacherProfile).where(TeacherProfile.user_id == actor.id))
    if not window_open(campaign, school_id=profile.school_id if profile else None, user_id=actor.id):
        raise PortalError(_l("This campaign is not open for applications."), code="window_closed")
    checks = eligibility.check(actor, campaign)
    if not eligibility.eligible(checks) or profile is None:
        raise PortalError(_l("Not every requirement is met."), code="not_eligible")
    if profile.county_id != campaign.county_id:
        raise PortalError(_l("This campaign is for the teachers of another county."), code="other_county")
    if already_decided(actor, campaign):
        raise PortalError(ALREADY_DECIDED, code="already_decided")
    if existing and existing.campaign_id == campaign.id and existing.state is State.LAPSED:
        # Extended after the clock had closed the draft: what was written is there again.
        reopen = workflow.Context(existing, workflow.BY_NAME["reopen"], actor)
        if workflow.answer(reopen):
            existing.eligibility = checks
            return workflow.fire(actor, existing, "reopen")
    case = Case(
        applicant_id=actor.id,
        campaign_id=campaign.id,
        track=campaign.track,
        county_id=campaign.county_id,
        school_id=profile.school_id,
        eligibility=checks,
    )
    try:
        with db.session.begin_nested():
            db.session.add(case)
    except IntegrityError:
        # The other of two clicks won the race; the unique index let only one in.
        return db.session.scalars(
            select(Case).where(
                Case.applicant_id == actor.id, Case.track == campaign.track, Case.state.not_in(ENDED)
            )
        ).one()
    role = workflow.acting_role(actor, Permission.CASE_APPLY)
    db.session.add(
        CaseEvent(
            case_id=case.id, actor_id=actor.id, actor_role=role, transition="apply", target=State.DRAFTING
        )
    )
    audit.record(actor, "case.apply", case)
    db.session.flush()
    return case


def save_document(
    actor: PortalUser,
    case: Case,
    *,
    slot: str,
    form_code: str,
    form_version: int,
    answers: Mapping[str, Any],
    complete: bool,
    version: int,
) -> Document:
    """Keep what was typed, finished or not; `version` is the one the page was loaded with (0: none yet).

    Raises `Stale` when somebody (a second tab) saved in between: nothing is overwritten.
    """
    document = _writable(
        actor, case, slot=slot, form_code=form_code, form_version=form_version, version=version
    )
    if document.answers == dict(answers) and document.complete == complete and document.id:
        return document
    document.answers, document.complete, document.saved_by_id = dict(answers), complete, actor.id
    db.session.flush()
    return document


def attach_file(
    actor: PortalUser,
    case: Case,
    *,
    slot: str,
    form_code: str,
    form_version: int,
    sha256: str,
    size: int,
    pages: int,
    file_name: str,
    version: int,
) -> Document:
    """Put an uploaded, checked and stored PDF into the slot; the one before stays in the store."""
    document = _writable(
        actor, case, slot=slot, form_code=form_code, form_version=form_version, version=version
    )
    row = db.session.scalar(select(StoredFile).where(StoredFile.sha256 == sha256))
    if row is None:
        row = StoredFile(sha256=sha256, size=size, pages=pages)
        db.session.add(row)
    document.file, document.file_name, document.complete = row, file_name[:200], True
    document.saved_by_id = actor.id
    audit.record(actor, "document.file", case, slot=slot, sha256=sha256)
    db.session.flush()
    return document


def remove_file(actor: PortalUser, case: Case, *, slot: str, version: int) -> Document:
    """Take the file out of the slot (「點擊取消上傳此檔案」)."""
    document = chosen_document(case, slot)
    if document is None or document.file_id is None:
        raise PortalError(_l("There is no file here."), code="no_file")
    document = _writable(
        actor,
        case,
        slot=slot,
        form_code=document.form_code,
        form_version=document.form_version,
        version=version,
    )
    document.file, document.file_name, document.complete = None, "", False
    audit.record(actor, "document.file_removed", case, slot=slot)
    db.session.flush()
    return document


def chosen_document(case: Case, slot: str) -> Document | None:
    """The document that counts in the slot."""
    return db.session.scalar(
        select(Document).where(Document.case_id == case.id, Document.slot == slot, Document.chosen)
    )


def _writable(
    actor: PortalUser, case: Case, *, slot: str, form_code: str, form_version: int, version: int
) -> Document:
    """The document to write, locked with its case, made when new, and chosen in its slot.

    1. Lock the case, ask the rights and the edit scope. 2. Find or make the document.
    3. Refuse a stale version. 4. Let it be the chosen one.
    """
    case = lock(case.id)
    require(actor, Permission.APPEAL_FILE if slot == "appeal" else Permission.CASE_FILL, case)
    if not slot_editable(case, slot):
        raise PortalError(_l("This form cannot be edited in the present state of the case."), code="locked")
    allowed = case.campaign.forms_for(slot) if slot != "appeal" else ["appeal"]
    # A campaign may already name a form that is not yet on line: what no class can read must not be stored.
    if form_code not in allowed or (form_code, form_version) not in registry.load():
        raise Invalid(_l("This form does not belong here."), code="wrong_form")
    kept = {d.form_code: d for d in _documents(case) if d.slot == slot}
    document = kept.get(form_code)
    if (document.version if document else 0) != version:
        raise Stale(_l("This form was changed elsewhere after you opened it."), code="stale")
    for other in kept.values():
        if other is not document and other.chosen:
            other.chosen = False
    # The unique index allows one chosen form: the old one must be let go before the new one is taken.
    db.session.flush()
    if document is None:
        document = Document(
            case_id=case.id,
            slot=slot,
            form_code=form_code,
            form_version=form_version,
            answers={},
            complete=False,
        )
        db.session.add(document)
    document.chosen = True
    return document


def _documents(case: Case) -> Iterable[Document]:
    """What the page loaded before the lock may be old by now: read again."""
    if holds_documents(case):
        return case.documents
    rows = select(Document).where(Document.case_id == case.id).execution_options(populate_existing=True)
    return db.session.scalars(rows).unique()


def submit(actor: PortalUser, case: Case) -> Case:
    """送出審查文件 (or 送出複審資料): whichever sending the present state allows.

    A second click finds the case already sent and changes nothing.
    """
    case = _as_saved(case)
    name = {
        State.DRAFTING: "submit",
        State.RETURNED: "resubmit",
        State.REVISING: "resubmit_revised",
    }.get(case.state)
    if name is None:
        raise PortalError(_l("This case has already been sent."), code="already_sent")
    return workflow.fire(actor, case, name)


def _as_saved(case: Case) -> Case:
    """The case, locked, with its documents re-read: a form saved since the page was opened is sent as saved."""
    case = lock(case.id)
    documents = select(Document).where(Document.case_id == case.id)
    db.session.scalars(documents.execution_options(populate_existing=True)).all()
    db.session.expire(case, ["documents"])
    return case


def withdraw(actor: PortalUser, case: Case, *, reason: str) -> Case:
    """撤回 by the applicant, with a reason."""
    return workflow.fire(actor, case, "withdraw", reason=reason)


def file_appeal(actor: PortalUser, case: Case) -> Case:
    """申復 within the appeal window."""
    return workflow.fire(actor, _as_saved(case), "appeal")
