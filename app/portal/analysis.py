"""A recording analysed, two observers compared, one's own lessons side by side."""

from typing import Any

from flask import render_template, request
from flask_babel import gettext as _

from app.access.matrix import Permission, Role
from app.access.policy import has_role, require
from app.campaigns.tracks import SLOTS, TRACKS, slot_kind
from app.cases.queries import current_case, slot_editable
from app.core.errors import NotFound, PortalError
from app.instruments.record import INSTRUMENTS, RecordError
from app.observations import queries, words
from app.observations.compare import COMPARED, Comparison, comparison, later
from app.observations.growth import MOST, growth
from app.observations.history import entries
from app.observations.models import Recording
from app.observations.present import present
from app.portal.blueprint import bp, me

EXPORTS = ("csv", "xlsx", "json", "boris", "eaf")
TOLERANCE_S = 1.5


@bp.get("/toolbox/recordings/<uid>/")
def recording(uid: str) -> str:
    """Facts, pictures, figures with their working, and every entry with what it was before."""
    row = queries.recording(me(), uid)
    record = queries.record_of(row)
    try:
        shown, fault = present(record), None
        listed, changed = entries(record, queries.ops(row))
    except RecordError as error:
        shown, fault, listed, changed = None, error, [], []
    return render_template(
        "toolbox/analysis.html",
        row=row,
        name=words.instrument(row.instrument),
        shown=shown,
        fault=fault,
        entries=listed,
        changed=changed,
        exports=EXPORTS,
        cases=_open_cases(row),
        compared=row.instrument in COMPARED,
    )


def _open_cases(row: Recording) -> list[tuple[str, int, str]]:
    """(title, case, slot) of the teacher's observation records that can still be edited."""
    user = me()
    if row.ended_at is None or not has_role(user, Role.TEACHER):
        return []
    found = [(info.title, case) for track, info in TRACKS.items() if (case := current_case(user, track))]
    return [
        (f"{title} · {SLOTS[slot].title}" if SLOTS[slot].cycle else str(title), case.id, slot)
        for title, case in found
        for slot in case.campaign.slot_codes
        if slot_kind(slot) == "observation" and slot_editable(case, slot)
    ]


@bp.get("/toolbox/agreement/")
def recordings_agreement() -> str:
    """Two recordings of one lesson, side by side; nothing is kept, so the address can be shared."""
    user = me()
    require(user, Permission.RECORDING_OWN)
    rows = [row for row in queries.recordings(user) if row.instrument in COMPARED]
    typed = request.args
    outcome: Comparison | None = None
    names: list[str] = []
    problem = ""
    if typed.get("a") or typed.get("b") or typed.get("code"):
        try:
            pair = _pair(typed)
            names = [str(row) for row in pair]
            a, b = (queries.record_of(row) for row in pair)
            outcome = comparison(
                a,
                b,
                tolerance_s=_number(typed.get("tolerance"), TOLERANCE_S, 0, 60),
                later_s=_number(typed.get("later"), later(a, b), -3600, 3600),
            )
        except PortalError as error:
            problem = str(error.message)
    return render_template(
        "toolbox/agreement.html",
        rows=rows,
        label=words.instrument,
        typed=typed,
        tolerance=TOLERANCE_S,
        names=names,
        outcome=outcome,
        problem=problem,
    )


def _pair(typed: Any) -> list[Recording]:
    """The two recordings that were named; the second by choice or by a colleague's code."""
    user = me()
    if not typed.get("a"):
        raise NotFound(_("Please choose the first recording."))
    if typed.get("code", "").strip():
        second = queries.shared(user, typed["code"])
    elif typed.get("b"):
        second = queries.recording(user, typed["b"])
    else:
        raise NotFound(_("Please choose the second recording, or type a colleague's code."))
    return [queries.recording(user, typed["a"]), second]


def _number(text: str | None, default: float, least: float, most: float) -> float:
    try:
        value = float((text or "").replace(",", "."))
    except ValueError:
        return default
    return min(max(value, least), most) if value == value else default


@bp.get("/toolbox/growth/")
def recordings_growth() -> str:
    """One's own lessons in their order: nobody is compared with anybody else."""
    user = me()
    require(user, Permission.RECORDING_OWN)
    rows = queries.recordings(user)
    chosen = request.args.get("instrument", "")
    known = [name for name in INSTRUMENTS if any(row.instrument == name for row in rows)]
    chosen = chosen if chosen in known else next(iter(known), "")
    classes = sorted({row.class_name for row in rows if row.instrument == chosen and row.class_name})
    class_name = request.args.get("class", "")
    mine = [
        row
        for row in reversed(rows)
        if row.instrument == chosen and (class_name not in classes or row.class_name == class_name)
    ]
    return render_template(
        "toolbox/growth.html",
        instruments=[(name, words.instrument(name)) for name in known],
        chosen=chosen,
        classes=classes,
        class_name=class_name,
        shown=growth(chosen, [queries.record_of(row) for row in mine[-MOST:]]) if len(mine) > 1 else None,
    )
