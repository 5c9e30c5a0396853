"""審查專區: a reviewer's work list, and the sheet beside the documents."""

from typing import Any

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.access.matrix import Permission
from app.access.policy import can, require
from app.cases.models import Case, Submission
from app.cases.queries import submissions
from app.cases.states import ROUND_LABELS, VERDICT_LABELS, Round
from app.core import clock
from app.core.db import db, transaction
from app.core.errors import Invalid, NotFound, PortalError, Stale
from app.forms.base import OfficialForm, differences
from app.portal.blueprint import bp, me
from app.portal.sheet_form import LOW_IS_GOOD, sheet_form, values_of
from app.portal.sheets import rows_of
from app.portal.submissions import sent_documents
from app.portal.words import days_left
from app.reviews import service
from app.reviews.models import Assignment, Sheet, SheetState
from app.reviews.outcome import SEVERITY, SIMILAR, outcome_of
from app.reviews.pins import PinView, pin_views
from app.reviews.queries import LEVELS, ROUND_OF, assignments, decisions, sheet_items, work_list
from app.similarity import queries as similarity


@bp.get("/reviews/")
def reviews() -> str:
    """Work to do first, then what was sent."""
    require(me(), Permission.SHEET_WRITE)
    rows = work_list(me())
    todo = [row for row in rows if _writable(row)]
    return render_template(
        "reviews/index.html",
        todo=todo,
        done=[row for row in rows if row not in todo],
        rounds=ROUND_LABELS,
        days_left=days_left,
        passed=clock.passed,
        state_of=_state_of,
    )


@bp.get("/reviews/<int:row_id>/")
def review(row_id: int) -> str:
    """The documents as sent on one side, the sheet on the other."""
    assignment = _own(row_id)
    return _page(assignment, sheet_form(assignment), show_missing="check" in request.args)


@bp.post("/reviews/<int:row_id>/")
def review_save(row_id: int) -> Any:
    """Keep the sheet, finished or not; with `send` go on to the last look before sending."""
    assignment = _own(row_id)
    form = sheet_form(assignment, request.form)
    version = request.form.get("version", 0, int)
    if version == _version(assignment):
        form.resolve(request.form, sheet_form(assignment))
    try:
        with transaction():
            service.save_sheet(me(), assignment, **values_of(form), version=version)
    except Stale:
        return _compare(row_id, form)
    except PortalError as refusal:
        return _page(assignment, form, error=str(refusal.message)), 409
    here = url_for("portal.review", row_id=row_id)
    if form.problems():
        if "send" in request.form:
            return redirect(f"{here}?check=1", 303)
        flash(_("The draft has been saved."), "success")
        return redirect(here, 303)
    if "send" in request.form:
        return redirect(url_for("portal.review_send", row_id=row_id), 303)
    flash(_("Saved. The sheet is complete: you can send it."), "success")
    return redirect(here, 303)


@bp.post("/reviews/<int:row_id>/draft")
def review_draft(row_id: int) -> Any:
    """What draft.js sends while the reviewer types."""
    assignment = _own(row_id)
    form = sheet_form(assignment, request.form)
    try:
        with transaction():
            version = request.form.get("version", 0, int)
            sheet = service.save_sheet(me(), assignment, **values_of(form), version=version)
            answer = {"version": sheet.version, "saved_at": clock.now().isoformat()}
    except Stale as refusal:
        # The same words again, because the first answer was lost on the way: nobody else has written.
        fresh = _own(row_id)
        if fresh.sheet is not None and form.answers() == sheet_form(fresh).answers():
            return jsonify(version=fresh.sheet.version, saved_at=fresh.sheet.updated_at.isoformat())
        return jsonify(message=str(refusal.message)), 409
    except PortalError as refusal:
        return jsonify(message=str(refusal.message), code=refusal.code), 422
    return jsonify(answer)


@bp.route("/reviews/<int:row_id>/send", methods=["GET", "POST"])
def review_send(row_id: int) -> Any:
    """The sheet as it will be sent; then send it. A second press finds it sent."""
    assignment = _own(row_id)
    if not _writable(assignment):
        flash(
            _("This sheet has already been sent, or its round has ended. Nothing was sent a second time."),
            "info",
        )
        return redirect(url_for("portal.review", row_id=row_id))
    form = sheet_form(assignment)
    if form.problems():
        return redirect(url_for("portal.review", row_id=row_id, check=1), 303)
    if request.method == "POST":
        try:
            with transaction():
                service.send_sheet(me(), assignment)
        except Invalid as refusal:
            return _page(assignment, form, error=str(refusal.message), field=refusal.field or ""), 422
        flash(_("The sheet has been sent. Thank you for your review."), "success")
        return redirect(url_for("portal.reviews"))
    return render_template(
        "reviews/send.html", assignment=assignment, case=assignment.case, form=form, rounds=ROUND_LABELS
    )


@bp.post("/reviews/<int:row_id>/recuse")
def review_recuse(row_id: int) -> Any:
    """迴避: hand the case back with a reason; nothing of it is seen any more."""
    assignment = _own(row_id)
    try:
        with transaction():
            service.recuse(me(), assignment, reason=request.form.get("reason", ""))
    except Invalid as refusal:
        form = sheet_form(assignment)
        return _page(assignment, form, error=str(refusal.message), field="reason"), 422
    except PortalError as refusal:
        flash(str(refusal.message), "danger")
        return redirect(url_for("portal.review", row_id=row_id))
    flash(_("You have handed the case back. The office will find another reviewer."), "success")
    return redirect(url_for("portal.reviews"))


def _own(row_id: int) -> Assignment:
    """The reviewer's own assignment, in force; a colleague's looks like none."""
    user = me()
    row = db.session.scalar(
        select(Assignment).where(
            Assignment.id == row_id, Assignment.reviewer_id == user.id, Assignment.ended_at.is_(None)
        )
    )
    if row is None or not can(user, Permission.SHEET_WRITE, row.case):
        raise NotFound(_l("There is nothing at this address."), code="not_found")
    return row


def _writable(row: Assignment) -> bool:
    sent = row.sheet is not None and row.sheet.state is SheetState.SENT
    return not sent and row.case.state in service.REVIEWING and ROUND_OF[row.case.state] == row.round


def _state_of(row: Assignment) -> tuple[str, str]:
    """Where the sheet stands, in words and tone."""
    if row.sheet is not None and row.sheet.state is SheetState.SENT:
        return _("Sent"), "ok"
    if not _writable(row):
        return _("Round ended"), "neutral"
    if row.sheet is not None:
        return _("Draft begun"), "info"
    return _("Not begun"), "warn"


def _version(assignment: Assignment) -> int:
    return assignment.sheet.version if assignment.sheet else 0


def _page(
    assignment: Assignment,
    form: OfficialForm,
    *,
    show_missing: bool = False,
    error: str = "",
    field: str = "",
) -> str:
    case = assignment.case
    sent = _sending(assignment)
    items = sheet_items(case.track)
    return render_template(
        "reviews/review.html",
        assignment=assignment,
        case=case,
        form=form,
        writable=_writable(assignment),
        version=_version(assignment),
        documents=sent_documents(sent) if sent else [],
        submission=sent,
        comments=_comments(case, sent),
        items=items,
        standing=_standing(assignment, form, len(items)),
        verdict_labels=VERDICT_LABELS,
        low_is_good=LOW_IS_GOOD,
        earlier=_earlier(assignment),
        alike=similarity.proposal(similarity.of_submission(sent)) if sent and _writable(assignment) else None,
        typed=request.form,
        days_left=days_left,
        show_missing=show_missing,
        error=error,
        field=field,
        rounds=ROUND_LABELS,
        key=f"{me().id}-sheet-{assignment.id}",
        saved_at=clock.local(assignment.sheet.updated_at).strftime("%H:%M") if assignment.sheet else "",
    )


def _sending(assignment: Assignment) -> Submission | None:
    """What this reviewer reads: the last sending before the assignment, also after a later one.

    An appeal's own sending holds the documents as they were judged and the appeal with them.
    """
    sent = [s for s in submissions(assignment.case) if s.submitted_at <= assignment.created_at]
    if assignment.round is not Round.APPEAL:
        sent = [s for s in sent if s.transition != "appeal"]
    return sent[-1] if sent else None


def _standing(assignment: Assignment, form: OfficialForm, items: int) -> dict[str, Any]:
    """What the sheet on the page comes to, and by which rules: the script goes on from there while one types."""
    rules, values = assignment.case.campaign, values_of(form)
    typed = Sheet(**{name: values[name] for name in ("levels", "correction", "similar", "verdict")})
    found = outcome_of(rules, [typed], assignment.round)
    return {
        "rated": len(typed.levels),
        "count": items,
        "sum": found.value,
        "correction": typed.correction,
        "low": items * min(LEVELS),
        "high": items * max(LEVELS),
        "band": found.band,
        "similar": found.similar,
        "proposal": found.proposal,
        "bands": rules.all_bands(assignment.round.value),
        "ticks": SIMILAR,
        "severity": SEVERITY,
        "labels": {verdict.value: str(label) for verdict, label in VERDICT_LABELS.items()},
    }


def _earlier(assignment: Assignment) -> list[dict[str, Any]]:
    """Who reads an appeal sees what is appealed against: decision and sheets of each round, nobody's name."""
    case = assignment.case
    if assignment.round is not Round.APPEAL:
        return []
    return [
        {
            "round": ROUND_LABELS[round_],
            "decision": decision,
            "sheets": [
                (row.sheet, rows_of(case, row.sheet)) for row in assignments(case, round_) if row.sheet
            ],
        }
        for round_, decision in decisions(case).items()
    ]


def _comments(case: Case, sent: Submission | None) -> list[PinView]:
    """The comments that led to what this reviewer reads, each with before, after and answer."""
    shown = sent.number if sent else 0
    return [view for view in pin_views(case) if view.after and view.after.number <= shown]


def _compare(row_id: int, form: OfficialForm) -> Any:
    """A second tab was faster: both texts, a choice for each field."""
    fresh = _own(row_id)
    page = render_template(
        "cases/compare.html",
        title=form.title,
        mine=form,
        rows=differences(form, sheet_form(fresh)),
        version=_version(fresh),
        action=url_for("portal.review", row_id=row_id),
        crumbs=[(_("審查專區"), "/reviews/"), (form.title, None)],
    )
    return page, 409
