"""What the offices' page of one case shows."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import Response, request
from flask_babel import gettext as _
from sqlalchemy import select

from app.access.matrix import ROLE_LABELS, Permission, Role
from app.access.policy import Answer, can, scopes
from app.admin import cells
from app.admin.pins import pin_material, place_of
from app.admin.rounds import RoundView, appeal_grounds, places, rounds
from app.campaigns import eligibility
from app.campaigns.tracks import SLOTS
from app.cases import workflow
from app.cases.models import Case, CaseEvent, Submission
from app.cases.offices import holder_label
from app.cases.preflight import preflight
from app.cases.progress import steps
from app.cases.queries import submissions
from app.cases.states import STATES, Verdict
from app.core.db import db
from app.core.file_answers import stored_page, stored_pdf
from app.core.stored import page_counts
from app.forms import registry
from app.people.models import Certificate
from app.reference.models import ReturnReason
from app.reviews import queries as reviews
from app.reviews.candidates import candidates
from app.reviews.outcome import total
from app.reviews.pins import pin_views
from app.reviews.service import BLOCKS
from app.similarity import queries as similarity

# Which panel a transition's button belongs to; the teacher's own moves have none.
PANELS = {
    "formal_pass": "check",
    "formal_return": "check",
    "formal_course": "check",
    "formal_accept": "check",
    "course_done": "course",
    "course_missed": "course",
    "assign_first": "assign",
    "assign_second": "assign",
    "assign_appeal": "assign",
    "third_first": "third",
    "third_second": "third",
    "third_appeal": "third",
    "appeal_accept": "appeal",
    "appeal_refuse": "appeal",
    "issue": "issue",
    "announce": "announce",
}


@dataclass
class Panel:
    """One step of the office in the present state: yes, or the reason why not; `moves` are its transitions."""

    name: str
    answer: Answer
    moves: list[tuple[workflow.Transition, Answer]] = field(default_factory=list)
    data: dict[str, Any] = field(default_factory=dict)


def case_context(actor: Any, case: Case) -> dict[str, Any]:
    """Everything that `office/case.html` needs, by what the actor may read."""
    readable = bool(can(actor, Permission.CASE_READ, case))
    # Who works for an office learns nothing of the own case here: neither names nor sheets before the verdict.
    own = case.applicant_id == actor.id
    # And whoever still has to write a sheet is not shown a colleague's.
    sheets_shown = (
        not own and not reviews.writes_still(actor, case) and can(actor, Permission.SHEET_VIEW, case)
    )
    views = rounds(case) if sheets_shown else []
    sent = submissions(case) if readable else []
    return {
        "case": case,
        "holder": holder_label(case),
        "steps": steps(case),
        "panels": _panels(actor, case),
        "may_record_hours": bool(scopes(actor, Permission.TRAINING_EDIT)),
        "rounds": views,
        "places": places(actor, case, views),
        "appeal": reviews.appeal_of(case) if views else None,
        "grounds_of": reviews.grounds_of,
        "levels": reviews.LEVELS,
        "ticks": reviews.ticks(case.campaign.similar_revise, case.campaign.similar_fail),
        "total": total,
        "alike": _alike(views, sent),
        "blocks": BLOCKS,
        "readable": readable,
        "submission": sent[-1] if sent else None,
        "documents": _documents(sent[-1]) if sent else [],
        "checks": _checks(case) if readable else [],
        "comments": pin_views(case) if readable else [],
        "items": reviews.sheet_items(case.track, [s for view in views for s in view.sheets]) if views else [],
        "history": _history(case, with_reasons=readable and not own),
        "certificate": db.session.scalar(select(Certificate).where(Certificate.case_id == case.id))
        if readable
        else None,
        "cells": cells,
    }


def _alike(views: list[RoundView], sent: list[Submission]) -> Verdict | None:
    """What the comparison with earlier documents proposes, where somebody is about to decide."""
    if not sent or not any(view.deciding for view in views):
        return None
    return similarity.proposal(similarity.of_submission(sent[-1]))


def _panels(actor: Any, case: Case) -> list[Panel]:
    """The offices' steps of the present state, as the workflow offers them."""
    panels: dict[str, Panel] = {}
    for transition, answer in workflow.available(actor, case):
        name = "decide" if transition.verdict else PANELS.get(transition.name)
        # A further reader is a step only where the sheets disagree.
        if name is None or (name == "third" and not answer):
            continue
        panel = panels.setdefault(name, Panel(name, answer))
        panel.moves.append((transition, answer))
        if answer:
            panel.answer = answer
    for panel in panels.values():
        if panel.answer:
            panel.data = _material(case, panel)
    return list(panels.values())


def _material(case: Case, panel: Panel) -> dict[str, Any]:
    """What the step's own form shows."""
    if panel.name == "check":
        return _check_material(case)
    round_ = reviews.ROUND_OF.get(case.state)
    if panel.name in ("assign", "third") and round_:
        return {"candidates": candidates(case, round_)}
    if panel.name == "appeal":
        return {"grounds": appeal_grounds()}
    if panel.name == "decide" and any(t.reopens and answer for t, answer in panel.moves):
        return pin_material(request.form if request.method == "POST" else {}, case, "revising")
    return {}


def _check_material(case: Case) -> dict[str, Any]:
    """What the shared checks find in the documents as sent, and the comments that may be pinned."""
    typed = request.form if request.method == "POST" else {}
    material = pin_material(typed, case, "returned")
    sent = submissions(case)
    found = preflight(case, sent[-1].content) if sent else []
    takes = [place_of(finding, material["places"]) for finding in found]
    return {**material, "findings": found, "takes": takes}


def _documents(sent: Submission) -> list[dict[str, Any]]:
    """The documents as sent: the form for reading, or the file."""
    rows = []
    counts = page_counts(entry["file"] for entry in sent.content)
    for entry in sent.content:
        form = registry.build(entry["form"], entry["version"], answers=entry["answers"])
        rows.append(
            {
                "code": entry["slot"],
                "slot": SLOTS[entry["slot"]].title,
                "form": form if form.kind == "typed" else None,
                "title": form.title,
                "file": entry["file"],
                "file_name": entry["file_name"],
                "pages": range(1, counts.get(entry["file"], 0) + 1),
            }
        )
    return rows


def _checks(case: Case) -> list[dict[str, Any]]:
    """The six checks as they stood at application, in words."""
    return [
        {
            "label": eligibility.label(row),
            "needed": "; ".join(eligibility.needed_lines(row)),
            "found": eligibility.found_line(row),
            "passed": row["ok"],
            "advice": "",
        }
        for row in case.eligibility
    ]


def _history(case: Case, *, with_reasons: bool) -> list[dict[str, Any]]:
    """Newest first; who did it by name for those who may read the case, by role for the rest."""
    rows = []
    for event in reversed(case.events):
        transition = workflow.BY_NAME.get(event.transition)
        role = ROLE_LABELS[Role(event.actor_role)] if event.actor_role else _("System")
        who = f"{event.actor.name} ({role})" if with_reasons and event.actor else str(role)
        rows.append(
            {
                "title": transition.label if transition else _("申請"),
                "when": cells.moment(event.at),
                "who": who,
                "text": _reasons(event) if with_reasons else "",
                "tone": cells.TONES[STATES[event.target].tone],
            }
        )
    return rows


def _reasons(event: CaseEvent) -> str:
    """The free reason and the coded ones, as one text."""
    codes = {row.get("reason") for row in event.reasons}
    query = select(ReturnReason).where(ReturnReason.code.in_(codes))
    labels = {reason.code: reason.label for reason in db.session.scalars(query)} if codes else {}
    lines = [event.reason] if event.reason else []
    for row in event.reasons:
        slot = SLOTS[row["slot"]].title if row["slot"] in SLOTS else row["slot"]
        code = row.get("reason", "")
        parts = (str(slot), labels.get(code, code), row.get("text", ""))
        lines.append(_(": ").join(part for part in parts if part))
    return "\n".join(lines)


def snapshot_file(case: Case, sha256: str, page: int) -> Response | None:
    """The file `sha256`, or one `page` of it as a picture, if one of the case's submissions holds it."""
    sent: Sequence[Submission] = submissions(case)
    entry = next((e for s in reversed(sent) for e in s.content if e["file"] == sha256), None)
    if entry is None:
        return None
    return stored_page(sha256, page) if page else stored_pdf(sha256, entry["file_name"], inline=True)
