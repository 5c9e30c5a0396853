"""What was sent, word for word: the snapshots of a case and their files."""

from dataclasses import dataclass
from typing import Any

from flask import Response, abort, render_template, url_for

from app.access.matrix import Permission
from app.campaigns.tracks import SLOTS
from app.cases.models import Submission
from app.cases.queries import submissions
from app.forms import registry
from app.forms.base import OfficialForm
from app.portal.blueprint import bp, load_case
from app.portal.files import stored_pdf


@dataclass
class Sent:
    """One document of a snapshot; `file_url` for uploads, `form` for reading."""

    slot: str
    title: str
    form: OfficialForm
    file_name: str
    file_url: str


def sent_documents(submission: Submission) -> list[Sent]:
    """The documents of the snapshot in the order of filling, built under the form versions of then."""
    return [_sent(submission, item) for item in submission.content]


def _sent(submission: Submission, item: dict[str, Any]) -> Sent:
    form = registry.build(item["form"], item["version"], answers=item["answers"])
    url = ""
    if item["file"]:
        url = url_for(
            "portal.submission_file", case_id=submission.case_id, number=submission.number, slot=item["slot"]
        )
    return Sent(item["slot"], str(SLOTS[item["slot"]].title), form, item["file_name"], url)


@bp.get("/cases/<int:case_id>/submissions/<int:number>")
def submission_page(case_id: int, number: int) -> str:
    """The documents as sent, with the receipt."""
    submission = find_submission(case_id, number)
    return render_template(
        "cases/submission.html",
        case=submission.case,
        submission=submission,
        documents=sent_documents(submission),
    )


@bp.get("/cases/<int:case_id>/submissions/<int:number>/<slot>/file")
def submission_file(case_id: int, number: int, slot: str) -> Response:
    """A PDF as it was sent."""
    item = next(
        (i for i in find_submission(case_id, number).content if i["slot"] == slot and i["file"]), None
    )
    if item is None:
        abort(404)
    return stored_pdf(item["file"], item["file_name"])


def find_submission(case_id: int, number: int) -> Submission:
    """One sending of a case that the visitor may read."""
    case = load_case(case_id, Permission.CASE_READ)
    found = next((s for s in submissions(case) if s.number == number), None)
    if found is None:
        abort(404)
    return found
