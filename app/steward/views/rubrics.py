"""Rubrics: looked at, published, copied into a new version; only a draft's items can be changed."""

from typing import Any, ClassVar

from flask import abort, flash, redirect, request
from flask_admin import expose
from flask_admin.actions import action
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.core.db import db, transaction
from app.core.errors import PortalError
from app.core.web import flash_error
from app.reference import service
from app.reference.models import Rubric, RubricItem, RubricState
from app.steward.base import RetiredFilter, StewardView, actor, badge, wanted
from app.steward.views.lookups import CERTIFICATION, offer_badge

STATES = {RubricState.DRAFT: (_l("草稿"), "warn"), RubricState.PUBLISHED: (_l("Published"), "ok")}
LEVELS = [("dimension", _l("層面")), ("indicator", _l("指標")), ("checkpoint", _l("檢核重點"))]
# How sure the wording is; only the first is an official fact.
WORDINGS = [
    ("confirmed", _l("Confirmed")),
    ("partial", _l("Partly confirmed")),
    ("memory", _l("Unconfirmed")),
    ("memory-low", _l("Doubtful")),
    ("missing", _l("Missing")),
]


def state_badge(view: Any, context: Any, row: Rubric, name: str) -> Any:
    """Draft or published."""
    return badge(*STATES[row.state])


def unconfirmed_items(view: Any, context: Any, row: Rubric, name: str) -> str:
    """How many of its items nobody has compared with an official text."""
    open_ = sum(item.status != "confirmed" for item in row.items)
    return _("%(open)s of %(all)s", open=open_, all=len(row.items))


class RubricView(StewardView):
    """Versions of the rubrics; a published one is frozen."""

    can_create = False
    can_edit = False
    can_export = False
    frozen = ()
    group = CERTIFICATION
    details_template = "steward/rubric.html"
    column_list = ("version", "revision", "state", "items", "retired_at")
    column_details_list = ("version", "revision", "state", "items", "created_at", "retired_at")
    column_labels = {**StewardView.column_labels, "items": _l("Unconfirmed items")}
    column_sortable_list = ("version", "revision")
    column_default_sort: ClassVar[list[tuple[str, bool]]] = [("version", True), ("revision", True)]
    column_filters: ClassVar[list[Any]] = [RetiredFilter(Rubric.retired_at)]
    column_formatters: ClassVar[dict[str, Any]] = {
        "state": state_badge,
        "items": unconfirmed_items,
        "retired_at": offer_badge,
    }

    def __init__(self) -> None:
        super().__init__(
            Rubric,
            db,
            name=_l("Rubrics"),
            category=CERTIFICATION,
            endpoint="steward_rubric",
            url="/steward/rubric",
        )

    @action("publish", _l("Publish"), _l("Publish the chosen rubrics? From then on they do not change."))
    def publish(self, ids: list[str]) -> None:
        """Let forms use the drafts."""
        self._each(ids, service.publish_rubric)

    @action("copy", _l("New version"))
    def copy(self, ids: list[str]) -> Any:
        """Copy the chosen rubric into a draft and show that."""
        rubric = self.get_one(ids[0]) if ids else None
        if rubric is None:
            return None
        with transaction():
            draft = service.copy_rubric(actor(), rubric)
            number = draft.id
        flash(_("A draft with the same items was made. Change it, then publish it."), "success")
        return redirect(self.get_url(".details_view", id=number))

    def render(self, template: str, **kwargs: Any) -> Any:
        """A rubric's page shows its items and, for a draft, where each is changed."""
        model = kwargs.get("model")
        if model is not None:
            kwargs["levels"], kwargs["wordings"] = dict(LEVELS), dict(WORDINGS)
            kwargs["is_draft"] = model.state is RubricState.DRAFT
        return super().render(template, **kwargs)


class RubricItemView(StewardView):
    """One item of a draft rubric; reached from the rubric's page."""

    can_export = False
    can_view_details = False
    edit_template = "steward/rubric_item.html"
    create_template = "steward/rubric_item.html"
    column_list = ("code", "title_zh")
    form_columns = ("code", "level", "parent_code", "title_zh", "title_en", "status", "optional", "observable",
                    "min_evidence", "source", "note", "sort")  # fmt: skip

    def __init__(self) -> None:
        self.offer({"level": LEVELS, "status": WORDINGS})
        super().__init__(
            RubricItem,
            db,
            name=_l("Rubric items"),
            endpoint="steward_rubric_item",
            url="/steward/rubric-item",
        )

    def is_visible(self) -> bool:
        """Not in the menu: an item has a meaning only in its rubric."""
        return False

    @expose("/")
    def index_view(self) -> Any:
        """Items are listed by their rubric."""
        return redirect(self.get_url("steward_rubric.index_view"))

    def is_action_allowed(self, name: str) -> bool:
        """Items come and go with a version, so nothing is retired here."""
        return False

    def create_model(self, form: Any) -> Any:
        """A new item of the draft that the address names."""
        rubric = self._rubric()
        return self._through_door(form, lambda values: service.create_rubric_item(actor(), rubric, **values))

    def update_model(self, form: Any, model: Any) -> bool:
        """Whether the draft's item was changed."""
        return bool(
            self._through_door(form, lambda values: service.update_rubric_item(actor(), model, **values))
        )

    def values(self, form: Any) -> dict[str, Any]:
        """Empty texts that the table may lack are stored as lacking."""
        values = super().values(form)
        return {
            k: v or None if k in ("parent_code", "title_zh", "title_en") else v for k, v in values.items()
        }

    def get_save_return_url(self, model: Any, is_created: bool = False) -> str:
        """Back to the rubric."""
        return str(self.get_url("steward_rubric.details_view", id=model.rubric_id))

    def render(self, template: str, **kwargs: Any) -> Any:
        """The form stands under its rubric; what is published shows no form, but the words of a late save."""
        model = kwargs.get("model")
        rubric = model.rubric if model is not None else self._rubric()
        if rubric.state is not RubricState.DRAFT and request.method == "GET":
            try:
                service.still_draft(rubric)
            except PortalError as error:
                flash_error(error)
            return redirect(self.get_url("steward_rubric.details_view", id=rubric.id))
        kwargs["rubric"] = rubric
        kwargs["return_url"] = self.get_url("steward_rubric.details_view", id=rubric.id)
        return super().render(template, **kwargs)

    def _rubric(self) -> Rubric:
        number = wanted("rubric")
        rubric = db.session.get(Rubric, int(number)) if number.isdecimal() and len(number) < 10 else None
        return rubric or abort(404)
