"""One slot with a typed form: fill in, keep as a draft, compare two tabs, read, print."""

from typing import Any

from flask import Response, abort, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _

from app.cases import service
from app.cases.locks import lock_with_documents
from app.cases.models import Document
from app.core import clock
from app.core.db import transaction
from app.core.errors import PortalError, Stale
from app.core.file_answers import file_answer
from app.forms.base import OfficialForm, differences
from app.forms.printed import form_pdf
from app.portal import case_view, uploads
from app.portal.blueprint import bp, me
from app.portal.pins import pins_at
from app.portal.place import Place, find
from app.portal.words import moment
from app.reviews.pins import todo


@bp.get("/cases/<int:case_id>/<slot>")
def slot_page(case_id: int, slot: str) -> Any:
    """The form to fill in, or to read when it cannot be changed now."""
    place = find(case_id, slot)
    if place.kind.kind == "upload":
        return uploads.page(place)
    return _page(place, place.build(), show_missing="check" in request.args)


@bp.post("/cases/<int:case_id>/<slot>")
def slot_save(case_id: int, slot: str) -> Any:
    """Keep everything typed, complete or not; say at the fields what is still missing."""
    place = find(case_id, slot)
    if place.kind.kind == "upload":
        return uploads.receive(place)
    form = place.build(request.form)
    shown = form.apply_row_action(request.form)
    version = request.form.get("version", 0, int)
    if version == place.version and place.document is not None:
        form.resolve(request.form, place.build())
    try:
        with transaction():
            _save(place, form, version)
    except Stale:
        fresh = find(case_id, slot)
        if not _arrived(fresh, form):
            return _compare(fresh, form)
    except PortalError as refusal:
        # The case was sent meanwhile, perhaps in another tab: what was typed stays readable, to be copied.
        page = render_template(
            "cases/refused.html", place=place, case=place.case, form=form, why=refusal.message
        )
        return page, 409
    if shown:
        return redirect(f"{place.url}#{shown}", 303)
    if form.problems():
        return redirect(place.url + "&check=1", 303)
    uploads.flash_saved(place.slot)
    return redirect(url_for("portal.case_page", case_id=case_id), 303)


@bp.post("/cases/<int:case_id>/<slot>/draft")
def slot_draft(case_id: int, slot: str) -> Any:
    """What draft.js sends while somebody types; answers the new version."""
    place = find(case_id, slot, read=lock_with_documents)
    if place.kind.kind == "upload":
        abort(404)
    try:
        with transaction():
            document = _save(place, place.build(request.form), request.form.get("version", 0, int))
            answer = {"version": document.version, "saved_at": clock.now().isoformat()}
    except Stale as refusal:
        fresh = find(case_id, slot)
        if there := _arrived(fresh, fresh.build(request.form)):
            return jsonify(version=there.version, saved_at=there.updated_at.isoformat())
        return jsonify(message=str(refusal.message), compare_url=place.url), 409
    except PortalError as refusal:
        return jsonify(message=str(refusal.message), code=refusal.code), 422
    return jsonify(answer)


@bp.get("/cases/<int:case_id>/<slot>/pdf")
def slot_pdf(case_id: int, slot: str) -> Response:
    """The typed document as it stands, printed."""
    place = find(case_id, slot)
    if place.kind.kind == "upload" or place.document is None:
        abort(404)
    footer = f"{place.case.track_label} {place.case} · {moment(place.document.updated_at)}"
    return file_answer(form_pdf(place.build(), footer=footer), f"{place.kind.title}.pdf")


def _save(place: Place, form: OfficialForm, version: int) -> Document:
    return service.save_document(
        me(),
        place.case,
        slot=place.slot.code,
        form_code=form.code,
        form_version=form.version,
        answers=form.answers(),
        complete=not form.problems(),
        version=version,
    )


def _arrived(fresh: Place, form: OfficialForm) -> Document | None:
    """The document if it says these very words: the first answer was lost, or the page sent them twice."""
    return fresh.document if fresh.document and fresh.document.answers == form.answers() else None


def _page(place: Place, form: OfficialForm, *, show_missing: bool = False) -> str:
    pins, whole = pins_at(place, form)
    return render_template(
        "cases/form.html",
        place=place,
        case=place.case,
        form=form,
        missing=len(form.problems()) if show_missing else 0,
        show_missing=show_missing,
        reasons=case_view.present_reasons(place.case, todo(place.case)) if place.editable else [],
        pins=pins,
        whole=whole,
        key=f"{me().id}-{place.case.id}-{place.slot.code}-{place.code}",
        saved_at=clock.local(place.document.updated_at).strftime("%H:%M") if place.document else "",
    )


def _compare(fresh: Place, form: OfficialForm) -> Any:
    """Another tab was faster: both texts side by side, a choice for each field, nothing written."""
    page = render_template(
        "cases/compare.html",
        title=form.title,
        mine=form,
        rows=differences(form, fresh.build()),
        version=fresh.version,
        action=fresh.url,
        crumbs=[
            (_("認證專區"), "/certification/"),
            (fresh.case.track_label, url_for("portal.case_page", case_id=fresh.case.id)),
            (form.title, None),
        ],
    )
    return page, 409
