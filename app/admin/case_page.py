"""What the offices' page of one case shows."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import Response, current_app, send_file
from flask_babel import gettext as _
from sqlalchemy import select

from app.access.matrix import ROLE_LABELS, Permission, Role
from app.access.policy import Answer, can
from app.admin import cells
from app.campaigns import eligibility
from app.campaigns.tracks import SLOTS
from app.cases import workflow
from app.cases.models import Case, CaseEvent, Submission
from app.cases.queries import submissions
from app.cases.states import FAILED, MAIN_ROAD, STATES, State
from app.core.db import db
from app.core.files import FileStore, content_disposition
from app.forms import registry
from app.people.models import Certificate
from app.reference.models import ReturnReason
from app.reviews import queries as reviews
from app.reviews.service import BLOCKS

# Which panel a transition's button belongs to; the teacher's own moves have none.
PANELS = {
    "formal_pass": "check",
    "formal_return": "check",
    "assign_first": "assign",
    "assign_second": "assign",
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
    sheets_shown = bool(can(actor, Permission.SHEET_VIEW, case))
    sent = submissions(case) if readable else []
    return {
        "case": case,
        "holder": workflow.holder_label(case),
        "road": _road(case),
        "panels": _panels(actor, case),
        "readable": readable,
        "submission": sent[-1] if sent else None,
        "documents": _documents(sent[-1]) if sent else [],
        "checks": _checks(case) if readable else [],
        "assignments": reviews.assignments(case) if sheets_shown else [],
        "items": reviews.sheet_items(case.track) if sheets_shown else [],
        "decisions": reviews.decisions(case) if sheets_shown else {},
        "sums": reviews,
        "history": _history(case, with_reasons=readable),
        "certificate": db.session.scalar(select(Certificate).where(Certificate.case_id == case.id))
        if readable
        else None,
        "cells": cells,
    }


def _road(case: Case) -> list[dict[str, Any]]:
    """The main road with the case's place on it; a state beside the road stands where it left it."""
    beside = {
        State.RETURNED: State.FORMAL_CHECK,
        State.REVISING: State.FIRST_DECISION,
        State.SECOND_ASSIGN: State.FIRST_ASSIGN,
        State.SECOND_REVIEW: State.FIRST_REVIEW,
        State.SECOND_DECISION: State.FIRST_DECISION,
        State.FIRST_FAILED: State.FIRST_DECISION,
        State.SECOND_FAILED: State.FIRST_DECISION,
        State.APPEAL_FILED: State.FIRST_DECISION,
    }
    place = beside.get(case.state, case.state)
    here = MAIN_ROAD.index(place) if place in MAIN_ROAD else 0
    stopped = case.state in FAILED or case.state in (State.WITHDRAWN, State.LAPSED)
    now = "bad" if stopped else "done" if case.state is State.ANNOUNCED else "current"
    return [
        {
            "label": STATES[state].label if state is not place else case.info.label,
            "state": "done" if number < here else now if number == here else "coming",
        }
        for number, state in enumerate(MAIN_ROAD)
    ]


def _panels(actor: Any, case: Case) -> list[Panel]:
    """The offices' steps of the present state, as the workflow offers them."""
    panels: dict[str, Panel] = {}
    for transition, answer in workflow.available(actor, case):
        name = "decide" if transition.verdict else PANELS.get(transition.name)
        if name is None:
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
        reasons = db.session.scalars(
            select(ReturnReason)
            .where(ReturnReason.retired_at.is_(None))
            .order_by(ReturnReason.sort, ReturnReason.id)
        )
        return {"slots": [SLOTS[code] for code in case.campaign.slot_codes], "reasons": list(reasons)}
    round_ = reviews.ROUND_OF.get(case.state)
    if panel.name == "assign" and round_:
        return {"candidates": reviews.candidates(case, round_), "blocks": BLOCKS, "round": round_}
    if panel.name == "decide" and round_:
        return {"round": round_, "assignments": reviews.assignments(case, round_)}
    return {}


def _documents(sent: Submission) -> list[dict[str, Any]]:
    """The documents as sent: the form for reading, or the file."""
    rows = []
    for entry in sent.content:
        form = registry.build(entry["form"], entry["version"], answers=entry["answers"])
        rows.append(
            {
                "slot": SLOTS[entry["slot"]].title,
                "form": form if form.kind == "typed" else None,
                "title": form.title,
                "file": entry["file"],
                "file_name": entry["file_name"],
            }
        )
    return rows


def _checks(case: Case) -> list[dict[str, Any]]:
    """The six checks as they stood at application, in words."""
    return [
        {
            "label": eligibility.LABELS[row["code"]],
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
    codes = {row["reason"] for row in event.reasons}
    query = select(ReturnReason).where(ReturnReason.code.in_(codes))
    labels = {reason.code: reason.label for reason in db.session.scalars(query)} if codes else {}
    lines = [event.reason] if event.reason else []
    for row in event.reasons:
        slot = SLOTS[row["slot"]].title if row["slot"] in SLOTS else row["slot"]
        parts = (str(slot), labels.get(row["reason"], row["reason"]), row["text"])
        lines.append(_(": ").join(part for part in parts if part))
    return "\n".join(lines)


def snapshot_file(case: Case, sha256: str) -> Response | None:
    """The file `sha256` if the case's latest snapshot holds it."""
    sent: Sequence[Submission] = submissions(case)
    entry = next((e for e in sent[-1].content if e["file"] == sha256), None) if sent else None
    if entry is None:
        return None
    answer = send_file(FileStore(current_app.config["FILES_DIR"]).open(sha256), mimetype="application/pdf")
    answer.headers["Content-Disposition"] = content_disposition(
        entry["file_name"] or "document.pdf", inline=True
    )
    return answer
