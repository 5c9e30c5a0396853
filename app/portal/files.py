"""Files as answers: what was uploaded, and blank forms made when asked for."""

from typing import Any

from flask import Response, current_app

from app.core.files import FileStore, content_disposition
from app.core.i18n import locale_code
from app.forms.paper import Paper, paper_docx, paper_pdf
from app.people.models import TeacherProfile

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def file_answer(data: bytes, name: str, media_type: str = "application/pdf") -> Response:
    """A file for the visitor to keep; nothing in it can act in the portal's name."""
    return Response(
        data,
        mimetype=media_type,
        headers={
            "Content-Disposition": content_disposition(name),
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "X-Content-Type-Options": "nosniff",
        },
    )


def stored_pdf(sha256: str, name: str) -> Response:
    """A kept upload, as an attachment; `NotFound` when its bytes are gone."""
    with FileStore(current_app.config["FILES_DIR"]).open(sha256) as file:
        return file_answer(file.read(), name or "document.pdf")


def blank_answer(paper: Paper, kind: str, title: str, prefill: dict[str, str]) -> Response:
    """A blank form as Word (`docx`) or PDF, with what is known filled in."""
    if kind == "docx":
        return file_answer(paper_docx(paper, prefill, locale_code()), f"{title}.docx", DOCX)
    return file_answer(paper_pdf(paper, prefill, locale_code()), f"{title}.pdf")


def prefill_of(user: Any, profile: TeacherProfile | None) -> dict[str, str]:
    """What a blank form outside a case can start with: name, school and county of the person."""
    if profile is None:
        return {"teacher": user.name}
    return {"teacher": user.name, "school": profile.school.label_zh, "county": profile.school.county.label_zh}
