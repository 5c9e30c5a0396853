"""功能專區: one's own recordings and seating plans, what goes out and comes in, and the way to everything else."""

from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.access.matrix import Permission
from app.access.policy import can, require
from app.core import clock
from app.core.db import end_read, transaction
from app.core.errors import NotFound, PortalError
from app.core.file_answers import file_answer
from app.core.tables import Table, one_of, text_in
from app.core.web import flash_error
from app.forms import registry
from app.observations import exports, imports, queries, service, words
from app.observations.models import Recording, SeatingPlan
from app.portal.blueprint import bp, me

# The order in which the instruments are offered, each with what it needs and gives in a line.
OFFERED = {
    "flanders": _l("Ten keys and a quiet beat of three seconds; the matrix and every ratio at the end."),
    "verbal-flow": _l("Tap from one seat to another: who speaks with whom, and who is never reached."),
    "at-task": _l("Sweep the class seat by seat every few minutes: who is at work, and when."),
    "teacher-movement": _l("Tap where the teacher stands: the path, the stops and how long they last."),
    "verbatim": _l("One key stamps the time; the words of the questions or the feedback, now or later."),
    "anecdotal": _l("What teacher and pupils do, minute by minute, without judging it."),
}
# Blank papers of the three steps, in their order.
PAPERS = (
    "pre-observation-a",
    "pre-observation-b",
    "observation-105",
    "observation-101",
    *OFFERED,
    "post-observation-a",
    "post-observation-b",
)


def names() -> dict[str, str]:
    """The official name of every instrument."""
    return {code: words.instrument(code) for code in OFFERED}


def table() -> Table:
    """The list of recordings: newest first, by instrument, by words of title and class."""
    return Table(
        Recording,
        filters=(
            one_of("instrument", _l("Instrument"), Recording.instrument, names()),
            text_in("find", _l("Title or class"), Recording.title, Recording.class_name),
        ),
    )


@bp.get("/toolbox/")
def toolbox() -> str:
    """Everything of one's own, and what can be begun."""
    user = me()
    forms = {form.code: form for form in registry.all_forms()}
    papers = [(code, forms[code].title) for code in PAPERS if code in forms]
    if not can(user, Permission.RECORDING_OWN):
        return render_template("toolbox/papers.html", papers=papers)
    page = table().page(request.args, queries.own(user, Recording))
    return render_template(
        "toolbox/index.html",
        papers=papers,
        page=page,
        names=names(),
        offered=OFFERED,
        plans=queries.plans(user),
        gone=_discarded(),
        pager=_pager(page),
    )


def _discarded() -> Recording | SeatingPlan | None:
    """What the last page discarded, for the way back; nothing when it is there again."""
    uid = request.args.get("discarded", "")
    for find in (queries.recording, queries.plan):
        try:
            row = find(me(), uid, discarded=True) if uid else None
        except NotFound:
            continue
        return row if row and row.deleted_at else None
    return None


def _pager(page: Any) -> dict[str, str]:
    links = {"prev_url": ("before", page.previous), "next_url": ("after", page.next)}
    return {
        name: url_for("portal.toolbox", **page.values, **{side: key}) + "#recordings" if key else ""
        for name, (side, key) in links.items()
    }


# --- one recording -------------------------------------------------------------------------------


@bp.get("/toolbox/recordings/<uid>/settings")
def recording_settings(uid: str) -> str:
    """Name, share and take out a recording."""
    return _settings(queries.recording(me(), uid))


def _settings(row: Recording, error: str = "") -> str:
    return render_template(
        "toolbox/settings.html", row=row, name=words.instrument(row.instrument), kinds=_KINDS, error=error
    )


_KINDS = {
    "xlsx": _l("Excel workbook: entries, figures, seating plan"),
    "csv": _l("CSV: one line for each entry, for any program"),
    "json": _l("JSON with the whole log: can be imported here again"),
    "boris": _l("BORIS project, for researchers"),
    "eaf": _l("ELAN annotation file, for researchers"),
}


@bp.get("/toolbox/recordings/<uid>/export.<any(csv, xlsx, json, boris, eaf):kind>")
def recording_export(uid: str, kind: str) -> Response:
    """The recording as a file; pupils appear by the code of their seat."""
    row = queries.recording(me(), uid)
    record, ops = queries.record_of(row), queries.ops(row)
    name = " ".join(filter(None, (words.instrument(row.instrument), row.title, _day(row))))
    return file_answer(exports.export(record, ops, kind), f"{name}.{kind}", exports.KINDS[kind])


def _day(row: Recording) -> str:
    return clock.local(row.started_at or row.created_at).date().isoformat()


@bp.post("/toolbox/recordings/<uid>/rename")
def recording_rename(uid: str) -> Any:
    """Another title."""
    row = queries.recording(me(), uid)
    try:
        with transaction():
            service.rename_recording(me(), row, title=request.form.get("title", ""))
    except PortalError as refusal:
        return _settings(queries.recording(me(), uid), refusal.message), refusal.status
    flash(_("The new title has been saved."), "success")
    return redirect(url_for("portal.recording_settings", uid=uid), 303)


@bp.post("/toolbox/recordings/<uid>/<any(share, unshare):verb>")
def recording_share(uid: str, verb: str) -> Any:
    """Give a code for a colleague, or take it back."""
    with transaction():
        (service.share if verb == "share" else service.unshare)(me(), queries.recording(me(), uid))
    return redirect(url_for("portal.recording_settings", uid=uid) + "#share", 303)


@bp.post("/toolbox/<any(recordings, plans):kind>/<uid>/<any(discard, restore):verb>")
def toolbox_discard(kind: str, uid: str, verb: str) -> Any:
    """Take a recording or a plan off the lists, or bring it back."""
    find = queries.recording if kind == "recordings" else queries.plan
    with transaction():
        (service.discard if verb == "discard" else service.restore)(me(), find(me(), uid, discarded=True))
    if verb == "restore":
        flash(_("It is back in the list."), "success")
    return redirect(url_for("portal.toolbox", discarded=uid if verb == "discard" else None), 303)


# --- in from outside -----------------------------------------------------------------------------


@bp.get("/toolbox/import")
def toolbox_import() -> str:
    """The page with both ways in."""
    require(me(), Permission.RECORDING_OWN)
    return _import_page()


def _import_page(error: PortalError | None = None) -> str:
    # What was typed stays, whatever was wrong with it.
    return render_template("toolbox/import.html", typed=request.form, error=error)


@bp.post("/toolbox/import")
def toolbox_import_save() -> Any:
    """Keep a code list, typed or as a file, or our own JSON."""
    require(me(), Permission.RECORDING_OWN)
    ours = request.form.get("what") == "json"
    upload = request.files.get("file" if ours else "list")
    data = upload.read() if upload else b""
    end_read()
    try:
        with transaction():
            if ours:
                row = imports.from_json(me(), data=data)
            else:
                row = imports.from_codes(
                    me(),
                    text=request.form.get("codes", "").strip() or imports.decoded(data),
                    title=request.form.get("title", "").strip() or _("Code list from paper"),
                    class_name=request.form.get("class_name", ""),
                )
            uid, number = row.uid, row.event_count
    except PortalError as refusal:
        return _import_page(refusal), refusal.status
    flash(_("Imported: %(n)s entries.", n=number), "success")
    return redirect(f"/toolbox/recordings/{uid}/", 303)


@bp.post("/toolbox/copy")
def toolbox_copy() -> Any:
    """One's own copy of a recording that a colleague shared."""
    try:
        with transaction():
            uid = service.copy_shared(me(), code=request.form.get("code", "")).uid
    except PortalError as refusal:
        flash_error(refusal)
        return redirect(url_for("portal.toolbox") + "#colleague", 303)
    flash(_("This is your own copy now."), "success")
    return redirect(f"/toolbox/recordings/{uid}/", 303)
