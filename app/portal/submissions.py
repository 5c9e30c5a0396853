"""What was sent, word for word: the snapshots of a case and their files."""

from dataclasses import dataclass
from typing import Any

from flask import Response, abort, render_template, url_for

from app.access.matrix import Permission
from app.campaigns.tracks import SLOTS
from app.cases.models import Submission
from app.cases.queries import submissions
from app.core.file_answers import stored_page, stored_pdf
from app.core.stored import page_counts
from app.forms import registry
from app.forms.base import OfficialForm
from app.portal.blueprint import bp, load_case


@dataclass
class Sent:
    """One document of a snapshot; `file_url` and the pictures of its `pages` for uploads, `form` for reading."""

    slot: str
    title: str
    form: OfficialForm
    file_name: str
    file_url: str
    pages: list[str]


def sent_documents(submission: Submission) -> list[Sent]:
    """The documents of the snapshot in the order of filling, built under the form versions of then."""
    counts = page_counts(item["file"] for item in submission.content)
    return [_sent(submission, item, counts.get(item["file"], 0)) for item in submission.content]


def _sent(submission: Submission, item: dict[str, Any], count: int) -> Sent:
    form = registry.build(item["form"], item["version"], answers=item["answers"])
    here = {"case_id": submission.case_id, "number": submission.number, "slot": item["slot"]}
    return Sent(
        item["slot"],
        str(SLOTS[item["slot"]].title),
        form,
        item["file_name"],
        url_for("portal.submission_file", **here) if item["file"] else "",
        [url_for("portal.submission_file", **here, page=n) for n in range(1, count + 1)],
    )


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
@bp.get("/cases/<int:case_id>/submissions/<int:number>/<slot>/file/<int:page>")
def submission_file(case_id: int, number: int, slot: str, page: int = 0) -> Response:
    """A PDF as it was sent, or one page of it as a picture."""
    item = next(
        (i for i in find_submission(case_id, number).content if i["slot"] == slot and i["file"]), None
    )
    if item is None:
        abort(404)
    return stored_page(item["file"], page) if page else stored_pdf(item["file"], item["file_name"])


def find_submission(case_id: int, number: int) -> Submission:
    """One sending of a case that the visitor may read."""
    case = load_case(case_id, Permission.CASE_READ)
    found = next((s for s in submissions(case) if s.number == number), None)
    if found is None:
        abort(404)
    return found
