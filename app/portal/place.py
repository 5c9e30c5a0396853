"""The slot at an address: its case, its form, the document kept under it, and what may be done there."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import abort, request, url_for
from werkzeug.datastructures import MultiDict

from app.access.matrix import Permission
from app.campaigns.tracks import SLOTS
from app.cases.models import Case, Document
from app.cases.queries import SlotView, case_page, slots
from app.forms import registry
from app.forms.base import OfficialForm
from app.forms.observed import Observed
from app.forms.record_field import Shelf
from app.portal.blueprint import load_case, me


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
        form = registry.build(self.code, version, answers=stored, formdata=formdata)
        if self.editable:
            form.prefill(self._known())
        return form

    def _known(self) -> dict[str, Any]:
        """What the form may start from: the observer, earlier forms of the case, the observer's recordings."""
        case = self.case
        known = {
            "observer": case.applicant.name,
            "school": case.school.label_zh,
            "share": case.campaign.recommend_share,
            "recordings": Shelf(case.applicant),
            "live": urlencode({"case": case.id, "slot": self.slot.code}),
        }
        if request.method == "GET":
            # The way back from a recording names it.
            known["record"] = request.args.get("record")
            known["hints"] = True
        order = case.campaign.slot_codes
        earlier = order[: order.index(self.slot.code)] if self.slot.code in order else []
        # Another lesson's talk and record say nothing about this one.
        for slot in (slot for slot in earlier if SLOTS[slot].cycle in (0, SLOTS[self.slot.code].cycle)):
            document = next((d for d in case.documents if d.slot == slot and d.chosen), None)
            if document is None or document.file_id:
                continue
            form = registry.build(document.form_code, document.form_version, answers=document.answers)
            known |= form.handover()
            if isinstance(form, Observed):
                known["observation"] = form
        return known


def find(case_id: int, slot: str, *, read: Callable[[int], Case | None] = case_page) -> Place:
    """The place that `case_id`, `slot` and the query's `form` name; 404 for what the campaign does not offer.

    Drafts are the applicant's alone: everybody else reads what was sent.
    """
    case = load_case(case_id, Permission.CASE_READ, read=read)
    if case.applicant_id != me().id:
        abort(404)
    view = next((s for s in slots(case) if s.code == slot), None)
    if view is None:
        abort(404)
    chosen = view.chosen.form_code if view.chosen else None
    online = [code for code in view.forms if any(code == known for known, _version in registry.load())]
    code = request.args.get("form") or chosen or (online[0] if online else None)
    if code not in online:
        abort(404)
    return Place(case, view, code, next((d for d in view.documents if d.form_code == code), None))
