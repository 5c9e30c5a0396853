"""The words of the notices: both languages side by side, placeholders checked, a preview with sample values."""

from typing import Any, ClassVar

from flask import request
from flask_babel import lazy_gettext as _l

from app.access.matrix import Permission
from app.core.db import db
from app.notices import catalog
from app.reference import service
from app.reference.models import MessageTemplate
from app.steward.base import COLUMN_LABELS, PickFilter, RetiredFilter, StewardView, wanted
from app.steward.views.lookups import WORDS, Choices, choice_label, offer_badge, tracks

SAMPLES = {
    "zh": {
        "teacher": "王小明",
        "county": "桃園市",
        "school": "市立中埔國小",
        "reason": "觀察紀錄表：未敘寫清楚",
        "due": "2026年12月31日 星期四",
        "number": "桃園證號第B115002001號",
        "url": "https://portal.example/cases/1/",
    },
    "en": {
        "teacher": "Wang Hsiao-ming",
        "county": "Taoyuan City",
        "school": "Zhongpu Elementary School",
        "reason": "Observation record: not clearly written",
        "due": "Thursday, 31 December 2026",
        "number": "桃園證號第B115002001號",
        "url": "https://portal.example/cases/1/",
    },
}


def events() -> Choices:
    """The templates that the notice catalogue asks for."""
    return [(name, name) for name in sorted(catalog.templates())]


def template_tracks() -> Choices:
    """For every certification, or a text of its own for one."""
    return [("", _l("All certifications")), *tracks()]


class MessageTemplateView(StewardView):
    """The words of the notices, both languages side by side, with a preview."""

    permission = Permission.TEMPLATE_EDIT
    frozen = ("event", "track")
    create_template = "steward/template_form.html"
    edit_template = "steward/template_form.html"
    details_template = "steward/template_details.html"
    column_list = ("event", "track", "title_zh", "title_en", "retired_at")
    column_details_list = ("event", "track", "source", "retired_at", "created_at", "updated_at")
    column_export_list = (
        "event",
        "track",
        "title_zh",
        "title_en",
        "body_zh",
        "body_en",
        "source",
        "retired_at",
    )
    form_columns = ("event", "track", "title_zh", "title_en", "body_zh", "body_en", "source")
    column_searchable_list = ("event", "title_zh", "title_en", "body_zh", "body_en")
    column_default_sort: ClassVar[list[tuple[str, bool]]] = [("id", False)]
    column_formatters: ClassVar[dict[str, Any]] = {
        "retired_at": offer_badge,
        "track": choice_label(template_tracks),
    }

    def __init__(self) -> None:
        self.group = WORDS
        self.offer({"event": events(), "track": template_tracks()})
        self.column_filters = [
            PickFilter(MessageTemplate.event, COLUMN_LABELS["event"], events),
            PickFilter(MessageTemplate.track, COLUMN_LABELS["track"], tracks),
            RetiredFilter(MessageTemplate.retired_at),
        ]
        super().__init__(
            MessageTemplate,
            db,
            name=_l("Message templates"),
            category=WORDS,
            endpoint="steward_message_template",
            url="/steward/message-template",
        )

    def create_form(self, obj: Any = None) -> Any:
        """A new text starts from the event that the address names."""
        form = super().create_form(obj)
        if request.method == "GET" and wanted("event"):
            form["event"].data = wanted("event")
        return form

    def update_model(self, form: Any, model: Any) -> bool:
        """Whether the words were stored; with the preview button they are only shown."""
        return False if not self._known(form, model.event) else super().update_model(form, model)

    def create_model(self, form: Any) -> Any:
        """The new text; with the preview button it is only shown."""
        return False if not self._known(form, form["event"].data) else super().create_model(form)

    def _known(self, form: Any, event: str) -> bool:
        """Whether these words may be stored now: each placeholder is one that this event fills."""
        for name in ("title_zh", "title_en", "body_zh", "body_en"):
            unknown = catalog.unknown_placeholders(event, form[name].data or "")
            if unknown:
                known = sorted(catalog.templates().get(event, ()))
                form[name].errors = [str(service.unknown_placeholders(unknown, known))]
        return not form.errors and "_preview" not in request.form

    def render(self, template: str, **kwargs: Any) -> Any:
        """Adds the placeholders of the event and the words as somebody would read them."""
        model, form = kwargs.get("model"), kwargs.get("form")
        if model is not None or form is not None:
            source: Any = form if form is not None else model
            event = model.event if model is not None else source["event"].data
            kwargs["placeholders"] = sorted(catalog.templates().get(event, catalog_names()))
            kwargs["preview"] = preview(source)
        return super().render(template, **kwargs)


def catalog_names() -> set[str]:
    """Every placeholder that some event fills."""
    return set().union(*catalog.templates().values())


def preview(source: Any) -> dict[str, tuple[str, str]]:
    """Title and text in both languages with sample values, from a row or a form as it is typed now."""

    def text(name: str) -> str:
        value = source[name].data if hasattr(source, "populate_obj") else getattr(source, name)
        return value or ""

    shown = {}
    for language, other in (
        ("zh", "進階專業回饋人才認證"),
        ("en", "Advanced professional feedback certification"),
    ):
        values = {**SAMPLES[language], "track": other}
        shown[language] = (
            catalog.fill(text(f"title_{language}"), values),
            catalog.fill(text(f"body_{language}"), values),
        )
    return shown
