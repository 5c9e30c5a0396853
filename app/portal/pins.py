"""Pinned comments for the applicant: at the fields, as a list of what is to do, and the answers to them."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _

from app.access.matrix import Permission
from app.core.db import transaction
from app.core.errors import PortalError
from app.forms.base import OfficialForm
from app.portal.blueprint import bp, load_case, me
from app.portal.cases import show_case
from app.portal.place import Place
from app.reviews import service
from app.reviews.pins import PinView, edited, todo


def pins_at(place: Place, form: OfficialForm) -> tuple[dict[str, list[PinView]], list[PinView]]:
    """The comments to deal with in this form: by HTML name, and those that no field of it can show."""
    fields: dict[str, list[PinView]] = {}
    whole = []
    if place.editable:
        names = form.leaves()
        for view in todo(place.case):
            if view.pin.slot == place.slot.code and view.pin.field in names:
                fields.setdefault(view.pin.field, []).append(view)
            elif view.pin.slot == place.slot.code:
                whole.append(view)
    return fields, whole


@bp.post("/cases/<int:case_id>/answers")
def case_answers(case_id: int) -> Any:
    """Keep the answers in words; refused, the page comes back with what was typed."""
    case = load_case(case_id, Permission.CASE_READ)
    typed = {
        int(name.removeprefix("answer-")): text
        for name, text in request.form.items()
        if name.removeprefix("answer-").isdecimal()
    }
    seen = request.form.get("version", "")
    try:
        with transaction():
            service.answer_pins(me(), case, answers=typed, seen=seen)
    except PortalError as refusal:
        return show_case(load_case(case_id), typed=edited(typed, seen), error=refusal), refusal.status
    flash(_("Your answers have been saved. They are sent with the case."), "success")
    return redirect(url_for("portal.case_page", case_id=case_id) + "#todo", 303)
