"""Blank forms, made when asked for."""

from typing import Any

from flask import Response

from app.core.file_answers import file_answer
from app.core.i18n import locale_code
from app.forms.paper import Paper, paper_docx, paper_pdf
from app.people.models import TeacherProfile

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


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
