"""One slot with a typed form: fill in, keep as a draft, compare two tabs, read, print."""

from dataclasses import dataclass
from typing import Any

from flask import Response, abort, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from app.access.matrix import Permission
from app.cases import service
from app.cases.models import Case, Document
from app.cases.queries import SlotView, slots
from app.core import clock
from app.core.db import transaction
from app.core.errors import PortalError, Stale
from app.core.files import content_disposition
from app.forms import registry
from app.forms.base import OfficialForm, differences
from app.forms.printed import form_pdf
from app.portal import case_view, uploads
from app.portal.blueprint import bp, load_case, me
from app.portal.words import moment


@dataclass
class Place:
    """The slot at the address, the form looked at and the document kept under it."""

    case: Case
    slot: SlotView
    code: str
    document: Document | None

    @property
    def editable(self) -> bool:
        return self.slot.editable and self.case.applicant_id == me().id

    @property
    def version(self) -> int:
        return self.document.version if self.document else 0

    @property
    def url(self) -> str:
        return url_for("portal.slot_page", case_id=self.case.id, slot=self.slot.code, form=self.code)

    @property
    def kind(self) -> type[OfficialForm]:
        return registry.get(self.code, self.document.form_version if self.document else None)

    def build(self, formdata: MultiDict[str, str] | None = None) -> OfficialForm:
        """The form as stored, or as posted, with what the portal knows filled in."""
        stored = self.document.answers if self.document else None
        version = self.document.form_version if self.document else None
        if formdata is not None and not formdata:
            formdata = MultiDict({"": ""})
        form = registry.build(self.code, version, answers=stored, formdata=formdata)
        if self.editable:
            form.prefill(_known(self.case, self.slot.code))
        return form


def find(case_id: int, slot: str) -> Place:
    """The place that `case_id`, `slot` and the query's `form` name; 404 for what the campaign does not offer."""
    case = load_case(case_id, Permission.CASE_READ)
    view = next((s for s in slots(case) if s.code == slot), None)
    if view is None:
        abort(404)
    chosen = view.chosen.form_code if view.chosen else None
    online = [code for code in view.forms if any(code == known for known, _version in registry.load())]
    code = request.args.get("form") or chosen or (online[0] if online else None)
    if code not in online:
        abort(404)
    return Place(case, view, code, next((d for d in view.documents if d.form_code == code), None))


def _known(case: Case, slot: str) -> dict[str, Any]:
    """What a form may start from: the observer, the head of earlier forms, the ratings given in class."""
    known: dict[str, Any] = {"observer": case.applicant.name, "observer_school": case.school.label}
    order = case.campaign.slot_codes
    for document in case.documents:
        if not document.chosen or document.slot not in order or slot not in order or document.file_id:
            continue
        if order.index(document.slot) >= order.index(slot):
            continue
        form = registry.build(document.form_code, document.form_version, answers=document.answers)
        if hasattr(form, "header_answers"):
            known["header"] = form.header_answers()
        if document.slot == "observation":
            known["observation"] = form
    return known


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
        return _compare(place, form)
    except PortalError as refusal:
        # The case was sent meanwhile, perhaps in another tab: what was typed stays readable, to be copied.
        page = render_template("cases/refused.html", place=place, case=place.case, form=form, why=refusal.message)
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
    place = find(case_id, slot)
    if place.kind.kind == "upload":
        abort(404)
    try:
        with transaction():
            document = _save(place, place.build(request.form), request.form.get("version", 0, int))
            answer = {"version": document.version, "saved_at": clock.now().isoformat()}
    except Stale as refusal:
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
    return pdf_answer(form_pdf(place.build(), footer=footer), f"{place.kind.title}.pdf")


def pdf_answer(data: bytes, name: str, media_type: str = "application/pdf") -> Response:
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


def _page(place: Place, form: OfficialForm, *, show_missing: bool = False) -> str:
    return render_template(
        "cases/form.html",
        place=place,
        case=place.case,
        form=form,
        missing=len(form.problems()) if show_missing else 0,
        show_missing=show_missing,
        reasons=case_view.present_reasons(place.case) if place.editable else [],
        key=f"{me().id}-{place.case.id}-{place.slot.code}-{place.code}",
        saved_at=clock.local(place.document.updated_at).strftime("%H:%M") if place.document else "",
    )


def _compare(place: Place, form: OfficialForm) -> Any:
    """Another tab was faster: both texts side by side, a choice for each field, nothing written."""
    fresh = find(place.case.id, place.slot.code)
    page = render_template(
        "cases/compare.html",
        title=form.title,
        mine=form,
        rows=differences(form, fresh.build()),
        version=fresh.version,
        action=fresh.url,
        crumbs=[
            (_("認證專區"), "/certification/"),
            (place.case.track_label, url_for("portal.case_page", case_id=place.case.id)),
            (form.title, None),
        ],
    )
    return page, 409
