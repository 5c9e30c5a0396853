"""The most alike earlier documents, for the reviewer of a case."""

from flask import render_template, request, url_for
from flask_babel import lazy_gettext as _l

from app.access.matrix import Permission
from app.access.policy import can, fetch
from app.cases.models import Submission
from app.cases.queries import submissions
from app.core.db import db
from app.core.errors import NotFound
from app.portal.blueprint import bp, me
from app.reviews.models import Assignment
from app.similarity import queries
from app.similarity.models import Narrative
from app.similarity.present import side_by_side, title


@bp.get("/reviews/<int:row_id>/similar/")
def similar_list(row_id: int) -> str:
    """Each document of the case with the most alike earlier ones."""
    assignment = fetch(me(), Assignment, row_id, Permission.SHEET_WRITE)
    sent = _read_by(assignment)
    return render_template(
        "reviews/similar_list.html",
        assignment=assignment,
        findings=queries.of_submission(sent) if sent else [],
        address=lambda number: url_for("portal.similar", row_id=row_id, narrative_id=number),
        title_of=title,
    )


@bp.get("/reviews/<int:row_id>/similar/<int:narrative_id>")
def similar(row_id: int, narrative_id: int) -> str:
    """One document beside the most alike one, or beside the one chosen with `?with=`."""
    assignment = fetch(me(), Assignment, row_id, Permission.SHEET_WRITE)
    sent = _read_by(assignment)
    narrative = db.session.get(Narrative, narrative_id)
    if not sent or not narrative or narrative.case_id != sent.case_id or narrative.submission_id > sent.id:
        raise NotFound(_l("There is nothing at this address."), code="not_found")
    finding = queries.of_narrative(narrative)
    chosen = queries.chosen(finding, request.args.get("with", type=int))
    known = bool(chosen and can(me(), Permission.CASE_READ, chosen.narrative.case))
    return render_template(
        "reviews/similar.html",
        assignment=assignment,
        finding=finding,
        chosen=chosen,
        known=known,
        pair=chosen and side_by_side(chosen, narrative, whole=known),
        address=url_for("portal.similar", row_id=row_id, narrative_id=narrative_id),
        title_of=title,
    )


def _read_by(assignment: Assignment) -> Submission | None:
    """The sending that the reviewer reads: the last one before the assignment."""
    sent = [
        row
        for row in submissions(assignment.case)
        if row.transition != "appeal" and row.submitted_at <= assignment.created_at
    ]
    return sent[-1] if sent else None
