"""What every screen of the console shares: the guard, the service door, retiring, history, export."""

import csv
import io
from collections.abc import Callable
from datetime import datetime
from typing import Any, ClassVar

from flask import Response, flash, render_template, request
from flask_admin import expose
from flask_admin.actions import action
from flask_admin.contrib.sqla import ModelView
from flask_admin.contrib.sqla.filters import BaseSQLAFilter, FilterEqual
from flask_admin.contrib.sqla.typefmt import DEFAULT_FORMATTERS
from flask_admin.form import BaseForm
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from flask_wtf.i18n import translations
from markupsafe import Markup, escape
from wtforms import Form, SelectField
from wtforms.fields.choices import SelectChoice

from app.access.matrix import Permission
from app.access.models import PortalUser
from app.access.policy import can
from app.access.security import deny_anonymous
from app.core import audit, clock, versions
from app.core.db import db, transaction
from app.core.errors import Forbidden, PortalError
from app.core.web import flash_error
from app.reference import queries, service

# A spreadsheet runs a cell that begins with one of these as a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")

ACTION_LABELS = {
    "reference.created": _l("Created"),
    "reference.changed": _l("Changed"),
    "reference.retired": _l("Retired"),
    "reference.restored": _l("Restored"),
    "rubric.created": _l("Created"),
    "rubric.published": _l("Published"),
}

COLUMN_LABELS = {
    "code": _l("Code"),
    "label": _l("Name"),
    "label_zh": _l("Name (Chinese)"),
    "label_en": _l("Name (English)"),
    "short_name": _l("Short name (Chinese)"),
    "short_name_en": _l("Short name (English)"),
    "contact": _l("Contact"),
    "county": _l("縣市"),
    "school_level": _l("School level"),
    "level": _l("Level"),
    "year": _l("學年度"),
    "starts_on": _l("First day"),
    "ends_on": _l("Last day"),
    "may_apply": _l("May apply"),
    "accepts": _l("受理"),
    "track": _l("認證類別"),
    "hours": _l("研習時數"),
    "slot": _l("Slot"),
    "form_code": _l("Form"),
    "description_zh": _l("Description (Chinese)"),
    "description_en": _l("Description (English)"),
    "event": _l("Event"),
    "title_zh": _l("Title (Chinese)"),
    "title_en": _l("Title (English)"),
    "body_zh": _l("Text (Chinese)"),
    "body_en": _l("Text (English)"),
    "instrument": _l("Instrument"),
    "set": _l("Code set"),
    "key": _l("Code in the recording"),
    "direction": _l("Direction"),
    "on_task": _l("At task"),
    "counts": _l("Counts"),
    "parent_code": _l("Belongs to"),
    "optional": _l("選用"),
    "observable": _l("Seen in class"),
    "min_evidence": _l("Least number of facts"),
    "status": _l("Wording"),
    "version": _l("Version"),
    "revision": _l("Revision"),
    "state": _l("狀態"),
    "sort": _l("Order"),
    "confirmed": _l("Confirmed"),
    "source": _l("Source"),
    "note": _l("Note"),
    "retired_at": _l("Availability"),
    "created_at": _l("Created"),
    "updated_at": _l("Last changed"),
}


def actor() -> PortalUser:
    """The signed-in account itself, as the services want it."""
    account: PortalUser = current_user._get_current_object()
    return account


def badge(label: object, tone: str) -> Markup:
    """A word with a colour, as the portal's lists show it."""
    return Markup('<span class="badge-status tone-{}">{}</span>').format(tone, label)


class Guarded:
    """First in the order of inheritance of every view, so that no framework default comes before it."""

    permission: ClassVar[Permission] = Permission.REFERENCE_EDIT

    def is_accessible(self) -> bool:
        """Whether the present account may enter; the matrix alone decides."""
        return bool(can(current_user, Permission.STEWARD_ENTER) and can(current_user, self.permission))

    def inaccessible_callback(self, name: str, **kwargs: Any) -> Any:
        """Visitors go to the log-in page, others are refused."""
        deny_anonymous()
        raise Forbidden(_("Your role does not include this."), code="not_allowed")

    def _run_view(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        # Flask-Admin calls the view again after any TypeError, which hides the mistake that raised it.
        return fn(self, *args, **kwargs)


class PortalForm(BaseForm):
    """Flask-Admin's form with the messages in the language of the page; the token is checked for the whole app."""

    class Meta:
        def get_translations(self, form: Form) -> Any:
            return translations


class RetiredFilter(BaseSQLAFilter):
    """On offer or retired."""

    def __init__(self, column: Any) -> None:
        super().__init__(column, _l("Availability"), (("1", _l("On offer")), ("0", _l("Retired"))))

    def apply(self, query: Any, value: Any, alias: Any = None) -> Any:
        """Rows with or without a day of retirement."""
        column = self.get_column(alias)
        return query.filter(column.is_(None) if value == "1" else column.is_not(None))

    def operation(self) -> Any:
        """The word between column and value."""
        return _l("is")


class PickFilter(FilterEqual):
    """Equal to one of the choices that `pick` answers when the page is shown."""

    def __init__(self, column: Any, name: Any, pick: Callable[[], list[tuple[Any, Any]]]) -> None:
        super().__init__(column, name)
        self.pick = pick

    def clean(self, value: str) -> Any:
        """The value in the type of the column; ValueError for a number that no key can be."""
        kind = self.column.type.python_type
        if kind is int and not (value.isdecimal() and len(value) < 10):
            raise ValueError(value)
        return kind(value)


class StewardView(Guarded, ModelView):
    """A table whose every change goes through app/reference/service.py: checked, audited, in one transaction."""

    form_base_class = PortalForm
    # Retired, never deleted: cases use these rows.
    can_delete = False
    can_export = True
    can_view_details = True
    can_set_page_size = True
    page_size = 25
    page_size_options = (25, 50, 100)
    export_max_rows = 0
    column_labels = COLUMN_LABELS
    details_template = "steward/details.html"
    edit_template = "steward/edit.html"
    # The heading of the menu under which the table stands.
    group: Any = None
    # What identifies the row is written once, when it is made.
    frozen: ClassVar[tuple[str, ...]] = ("code",)

    column_type_formatters: ClassVar[dict[Any, Any]] = {
        **DEFAULT_FORMATTERS,
        datetime: lambda view, value, name: clock.local(value).strftime("%Y-%m-%d %H:%M"),
    }
    column_type_formatters_detail = column_type_formatters

    # --- what is stored ---

    def create_model(self, form: Form) -> Any:
        """The new row, or False with the message at the field that is wrong."""
        return self._through_door(form, lambda values: service.create(actor(), self.model, **values))

    def update_model(self, form: Form, model: Any) -> bool:
        """Whether the row was changed; a message stands at the field that is wrong."""
        return bool(self._through_door(form, lambda values: service.update(actor(), model, **values)))

    def _through_door(self, form: Form, write: Callable[[dict[str, Any]], Any]) -> Any:
        try:
            with transaction():
                return write(self.values(form))
        except PortalError as error:
            if error.field in form:
                form[error.field].errors = [*form[error.field].errors, str(error.message)]
            else:
                flash_error(error)
            return False

    def offer(self, choices: dict[str, list[tuple[str, Any]]]) -> None:
        """Let text columns be picked from lists; called before the framework builds the forms."""
        self.form_overrides = dict.fromkeys(choices, SelectField)
        listed = {name: [SelectChoice(*pair) for pair in pairs] for name, pairs in choices.items()}
        self.form_args: dict[str, dict[str, Any]] = {
            name: {"choices": options} for name, options in listed.items()
        }

    def values(self, form: Form) -> dict[str, Any]:
        """Column values from the form: a chosen row as its id, texts without stray blanks and carriage returns."""
        relations = self.model.__mapper__.relationships
        values: dict[str, Any] = {}
        for field in form:
            if field.short_name in relations:
                values[f"{field.short_name}_id"] = field.data.id if field.data else None
            elif isinstance(field.data, str):
                values[field.short_name] = field.data.strip().replace("\r\n", "\n")
            else:
                values[field.short_name] = field.data
        return values

    def edit_form(self, obj: Any = None) -> Form:
        """The form of a row that is there, as stored or as posted: without what identifies it."""
        stored = self._edit_form(None, obj)
        return stored if request.method == "GET" else self._edit_form(versions.chosen(stored), obj)

    def _edit_form(self, posted: Any, row: Any) -> Form:
        form: Form = self._edit_form_class(posted, obj=row)
        for name in self.frozen:
            if name in form:
                del form[name]
        return form

    @expose("/edit/", methods=("GET", "POST"))
    def edit_view(self) -> Any:
        """Change a row; when somebody else has changed it meanwhile, show both versions instead of writing."""
        posted = request.method == "POST" and self.can_edit
        row = self.get_one(wanted("id")) if posted else None
        if row is not None:
            versions.lock(self.model, row.id)
            db.session.expire_all()
            stored = self._edit_form(None, row)
            if versions.is_stale(stored):
                mine = self._edit_form(versions.chosen(stored), row)
                return versions.comparison(
                    mine, stored, render_template, title=self.name, back=request.full_path
                )
        return super().edit_view()

    # --- retiring ---

    @action("retire", _l("Retire"), _l("Take the chosen rows off every list? Cases that use them keep them."))
    def retire(self, ids: list[str]) -> None:
        """Take rows off the lists."""
        self._each(ids, service.retire)

    @action("restore", _l("Restore"))
    def restore(self, ids: list[str]) -> None:
        """Offer retired rows again."""
        self._each(ids, service.restore)

    def _each(self, ids: list[str], verb: Callable[[Any, Any], bool]) -> None:
        rows = [row for row in (self.get_one(key) for key in ids) if row is not None]
        try:
            with transaction():
                changed = sum(verb(actor(), row) for row in rows)
        except PortalError as error:
            flash_error(error)
        else:
            flash(_("Rows changed: %(number)s", number=changed), "success")

    def get_list(
        self, page: Any, sort_column: Any, sort_desc: Any, search: Any, *args: Any, **kwargs: Any
    ) -> Any:
        """One page of rows; an address that somebody spoilt asks the database nothing it refuses."""
        page = min(max(page or 0, 0), 100_000)
        search = search.replace("\0", "") if search else search
        return super().get_list(page, sort_column, sort_desc, search, *args, **kwargs)

    def get_one(self, id: Any) -> Any:
        """The row, None for an address that names none."""
        return db.session.get(self.model, int(id)) if str(id).isdecimal() and len(str(id)) < 10 else None

    # --- what is shown ---

    def render(self, template: str, **kwargs: Any) -> Any:
        """Pages of one row also show its history and where its actions are sent."""
        model, form = kwargs.get("model"), kwargs.get("form")
        if form is not None:
            parts = (self.endpoint, model.id if model is not None else f"new-{wanted('rubric')}")
            kwargs["keep_key"] = "-".join(map(str, parts)).rstrip("-")
            kwargs["seen"] = request.form.get("version") or versions.digest(form) if model is not None else ""
        if model is not None:
            kwargs.setdefault("history", [entry_line(e) for e in queries.history(model)])
            kwargs.setdefault(
                "frozen_facts", [(self.get_column_name(n), getattr(model, n)) for n in self.frozen]
            )
        return super().render(template, **kwargs)

    def _get_filter_groups(self) -> Any:
        groups = super()._get_filter_groups() or {}
        for offered in groups.values():
            for item in offered:
                chosen = self._filters[item["index"]]
                if isinstance(chosen, PickFilter):
                    item["options"] = [(key, str(label)) for key, label in chosen.pick()]
        return groups

    def get_export_name(self, export_type: str = "csv") -> str:
        """county-2026-11-23.csv"""
        return f"{self.model.__tablename__}-{clock.today():%Y-%m-%d}.{export_type}"

    def _export_csv(self, return_url: str) -> Response:
        out = io.StringIO()
        writer = csv.writer(out)
        writer.writerow([str(label) for _name, label in self._export_columns])
        for row in self._export_data()[1]:
            writer.writerow([plain(getattr(row, name)) for name, _label in self._export_columns])
        # The mark tells spreadsheets that this is UTF-8.
        response = Response("\ufeff" + out.getvalue(), mimetype="text/csv")
        response.headers["Content-Disposition"] = f"attachment; filename={self.get_export_name()}"
        return response


def plain(value: Any) -> str:
    """A cell that no spreadsheet runs."""
    if value is None:
        return ""
    text = clock.local(value).strftime("%Y-%m-%d %H:%M") if isinstance(value, datetime) else str(value)
    return f"'{text}" if text.startswith(FORMULA) else text


def entry_line(entry: audit.AuditEntry) -> dict[str, Any]:
    """One line of a history: what, when, who, and each change as old and new value."""
    changes = entry.detail.get("changes", {})
    shown = [
        f"{COLUMN_LABELS.get(name.removesuffix('_id'), name)}: {_short(old)} → {_short(new)}"
        for name, (old, new) in changes.items()
    ]
    return {
        "title": ACTION_LABELS.get(entry.action, entry.action),
        "when": clock.local(entry.at).strftime("%Y-%m-%d %H:%M"),
        "who": entry.actor_name or _("The system"),
        "text": Markup("<br>").join(escape(line) for line in shown),
    }


def _short(value: Any) -> str:
    text = "—" if value in (None, "") else str(value)
    return text if len(text) <= 60 else f"{text[:60]}…"


def wanted(name: str) -> str:
    """An argument of the address, empty when it is not there."""
    return request.args.get(name, "")
