"""What every generated page of the offices shares: rights from the matrix, rows only in scope, safe arguments."""

import csv
import io
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, ClassVar
from urllib.parse import urlencode

from flask import Response, abort, flash, g, redirect, render_template, request, url_for
from flask_appbuilder import ModelView
from flask_appbuilder.baseviews import expose
from flask_appbuilder.models.filters import BaseFilter
from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.interfaces import ExecutableOption

from app.access import policy
from app.access.matrix import Permission
from app.access.models import PortalUser
from app.access.security import deny_anonymous
from app.admin import cells
from app.core import audit, versions
from app.core.db import db, transaction
from app.core.errors import DeclarationError, PortalError
from app.core.files import content_disposition
from app.core.tables import Filter, Order, Page, Table, whole_number

EXPORT_LIMIT = 10_000
# A spreadsheet runs a cell that begins with one of these as a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def actor() -> PortalUser:
    """The signed-in account itself, as the services want it."""
    return current_user._get_current_object()


def enter() -> None:
    """Offices only: a teacher who may see the own case sees it in the portal, not here."""
    deny_anonymous()
    if not policy.can(actor(), Permission.OFFICE_ENTER):
        abort(403)


def guarded(function: Callable[..., Any]) -> Callable[..., Any]:
    """Let in who works in an office and holds the method's permission: others get 403, visitors the log-in page."""

    @wraps(function)
    def entrance(view: Any, *args: Any, **kwargs: Any) -> Any:
        enter()
        name = f"can_{view.get_method_permission(function.__name__)}"
        if not view.appbuilder.sm.has_access(name, view.class_permission_name):
            abort(403)
        return function(view, *args, **kwargs)

    entrance._permission_name = getattr(function, "_permission_name", function.__name__)  # type: ignore[attr-defined]
    return entrance


class ScopeFilter(BaseFilter):
    """Flask-AppBuilder's base filter over `policy.visible`; its value is the matrix permission."""

    name = "scope"

    def apply(self, query: Any, value: Permission) -> Any:
        return query.filter(policy.visible(actor(), self.model, value))


class Scoped:
    """Rights and row scope, shared by pages and API: declare `permission` and what differs from it."""

    permission: ClassVar[Permission]
    edit_permission: ClassVar[Permission | None] = None
    # FAB permission (`can_<method>` or an action's name) -> matrix permission, where it is not `permission`.
    special_permits: ClassVar[dict[str, Permission]] = {}
    writes: ClassVar[frozenset[str]] = frozenset({"add", "edit", "delete", "post", "put"})
    model: ClassVar[Any]
    _filters_made: Any = None

    def __init__(self) -> None:
        closed = {"download", "delete"} if self.edit_permission else {"download"} | self.writes
        self.exclude_route_methods = set(self.exclude_route_methods) | closed  # type: ignore[has-type]
        self.datamodel = SQLAInterface(self.model, db.session)
        self.base_filters = [["id", ScopeFilter, self.permission]]
        super().__init__()
        names = {f"can_{method}" for method in self.writes}
        self.permits = {
            name: self.special_permits.get(name, self.edit_permission if name in names else self.permission)
            for name in self.base_permissions  # type: ignore[attr-defined]
        }

    @property
    def _filters(self) -> Any:
        """FAB keeps what a visitor searched for on the view, which all threads share: here it is per request."""
        if self._filters_made is None:
            return None
        kept = g.setdefault("fab_filters", {})
        if id(self) not in kept:
            kept[id(self)] = self._filters_made.copy()
            kept[id(self)]._search_filters = self._filters_made._search_filters
            kept[id(self)].search_columns = self._filters_made.search_columns
        return kept[id(self)]

    @_filters.setter
    def _filters(self, made: Any) -> None:
        self._filters_made = made

    def reach(self, permission: Permission) -> Any:
        """SQL of the rows that the visitor may reach with `permission`."""
        return policy.visible(actor(), self.model, permission)

    def row(self, pk: Any, permission: Permission | None = None, *options: ExecutableOption) -> Any:
        """The row `pk` within the scope of `permission`, else 404: foreign and missing look the same."""
        number = whole_number(str(pk))
        condition = self.reach(permission or self.permission)
        found = number and db.session.scalar(
            select(self.model).where(self.model.id == number, condition).options(*options)
        )
        if not found:
            abort(404)
        return found

    def rows(self, pks: Sequence[str], permission: Permission | None) -> list[Any]:
        """All rows `pks`, in that order, each once; one that is out of scope makes it 404 for all."""
        return [self.row(pk, permission) for pk in dict.fromkeys(pks)]


class OfficeModelView(Scoped, ModelView):
    """A list, a page for each row and, with `edit_permission`, forms, from a few declared lines.

    `list_columns` are attribute paths (`school.label`); a method `cell_school_label(row)` may make the cell instead.
    """

    filters: ClassVar[Sequence[Filter]] = ()
    orders: ClassVar[Sequence[Order]] = ()
    options: ClassVar[Sequence[ExecutableOption]] = ()
    lead: ClassVar[object] = ""
    exports: ClassVar[bool] = True
    list_template = "office/list.html"
    show_template = "office/show.html"
    add_template = edit_template = "office/form.html"
    search_columns: ClassVar[list[str]] = ["id"]
    table: Table

    def __init__(self) -> None:
        self.table = Table(self.model, self.filters, self.orders, self.options)
        super().__init__()
        self._refuse_unscoped_choices()

    def _refuse_unscoped_choices(self) -> None:
        """A drop-down of a generated form would show every row of the table behind it."""
        for column in {*self.add_columns, *self.edit_columns} if self.edit_permission else ():
            relation = self.datamodel.is_relation(column) and self.datamodel.get_related_model(column)
            if relation and policy.is_scoped(relation):
                raise DeclarationError(
                    f"{type(self).__name__}: the form field {column!r} would list {relation.__name__} rows of all "
                    "scopes; take a text field and look the row up in the service"
                )

    def update_redirect(self) -> None:
        """FAB would keep the last addresses in the cookie, which is small."""

    def get_redirect(self) -> str:
        return url_for(f"{self.endpoint}.list")

    def _deserialize_pk_if_composite(self, pk: Any) -> int:
        return whole_number(str(pk)) or abort(404)

    # -- list ------------------------------------------------------------------------------------------------

    @expose("/list/")
    @guarded
    def list(self) -> Any:
        page = self.table.page(request.args, self.reach(self.permission))
        return self.render_template(
            self.list_template,
            view=self,
            title=self.list_title,
            page=page,
            bar=self._search_bar(page),
            columns=[self._heading(name, page) for name in self.list_columns],
            offered=self._actions(),
            previous_url=self._url(page, before=page.previous) if page.previous else "",
            next_url=self._url(page, after=page.next) if page.next else "",
            export_url=self._url(page, "csv") if self.exports and page.rows else "",
        )

    def _url(self, page: Page, method: str = "list", **more: Any) -> str:
        """This list again with its conditions, and `more`."""
        args = {**page.values, "order": page.order.name, "size": page.size, **more}
        if page.order is self.table.orders[0]:
            del args["order"]
        if args["size"] == 25:
            del args["size"]
        return url_for(f"{self.endpoint}.{method}", **args)

    def _search_bar(self, page: Page) -> Sequence[dict[str, Any]]:
        fields: list[dict[str, Any]] = [
            {
                "name": item.name,
                "label": item.label,
                "value": page.values.get(item.name, ""),
                "choices": item.choices() if item.choices else None,
            }
            for item in self.filters
        ]
        return [f for f in fields if f["choices"] is None or len(f["choices"]) > 1]

    def _heading(self, name: str, page: Page) -> dict[str, Any]:
        """The column's label and, when an order of the same name is offered, the link that sorts by it."""
        orders = [o for o in self.table.orders if o.name.split(":")[0] == name]
        heading: dict[str, Any] = {"label": self.label_columns.get(name, "")}
        if orders:
            chosen = page.order in orders
            following = orders[(orders.index(page.order) + 1) % len(orders)] if chosen else orders[0]
            heading["sort_url"] = list_url(self.endpoint, **page.values, order=following.name)
            heading["sort"] = ("descending" if page.order.descending else "ascending") if chosen else ""
        return heading

    def _actions(self) -> Sequence[Any]:
        """The actions on chosen rows that the visitor may use."""
        return [
            item
            for item in self.actions.values()
            if item.multiple and self.appbuilder.sm.has_access(item.name, self.class_permission_name)
        ]

    def cell(self, row: Any, name: str) -> Any:
        """The shown value of one column."""
        made = getattr(self, f"cell_{name.replace('.', '_')}", None)
        if made:
            value = made(row)
            return value if value is None or hasattr(value, "__html__") else str(value)
        value = row
        for part in name.split("."):
            value = getattr(value, part, None)
        return cells.show(value)

    def may(self, method: str) -> bool:
        """Whether the visitor may use the route `method` of this view."""
        return method not in self.exclude_route_methods and self.appbuilder.sm.has_access(
            f"can_{self.get_method_permission(method)}", self.class_permission_name
        )

    def may_change(self, row: Any) -> bool:
        """Whether the row's own state lets it be edited; the service asks again."""
        return True

    @expose("/csv")
    @guarded
    def csv(self) -> Any:
        """The list with its conditions as a file that spreadsheets open: UTF-8 with its mark, no formulas."""
        clauses, _values = self.table.conditions(request.args)
        query = (
            select(self.model)
            .where(self.reach(self.permission), *clauses)
            .options(*self.options)
            .order_by(self.model.id)
        )
        rows = db.session.scalars(query.limit(EXPORT_LIMIT)).unique().all()
        with transaction():
            audit.record(actor(), "export", None, list=type(self).__name__, rows=len(rows))
        return csv_file(
            str(self.list_title),
            [str(self.label_columns.get(name, name)) for name in self.list_columns],
            [[self.plain(row, name) for name in self.list_columns] for row in rows],
        )

    def plain(self, row: Any, name: str) -> str:
        """The cell as text."""
        value = self.cell(row, name)
        if hasattr(value, "striptags"):
            value = value.striptags()
        return "" if value is None else str(value)

    # -- one row ---------------------------------------------------------------------------------------------

    @expose("/show/<pk>")
    @guarded
    def show(self, pk: str) -> Any:
        row = self.row(pk, None, *self.options)
        facts = [(self.label_columns.get(name, name), self.cell(row, name)) for name in self.show_columns]
        return self.render_template(
            self.show_template, view=self, title=self.show_title, row=row, facts=facts
        )

    @expose("/add", methods=["GET", "POST"])
    @guarded
    def add(self) -> Any:
        return self._form(self.add_form.refresh(), None, self.add_title)

    @expose("/edit/<pk>", methods=["GET", "POST"])
    @guarded
    def edit(self, pk: str) -> Any:
        row = self.row(pk, self.edit_permission)
        if request.method == "GET" and not self.may_change(row):
            return redirect(url_for(f"{self.endpoint}.show", pk=pk))
        if request.method == "POST":
            versions.lock(self.model, row.id)
            db.session.expire_all()
        stored = self.edit_form(formdata=None, obj=row)
        self.prefill_form(stored, row)
        if request.method == "GET":
            return self._form(stored, row, self.edit_title)
        form = self.edit_form(formdata=versions.chosen(stored))
        if versions.is_stale(stored):
            back = url_for(f"{self.endpoint}.edit", pk=pk)
            return versions.comparison(form, stored, render_template, title=self.edit_title, back=back)
        return self._form(form, row, self.edit_title)

    def _form(self, form: Any, row: Any, title: object) -> Any:
        """Show the form, or keep what it says; a refusal comes back at its field with the typed words kept."""
        status = 200
        if request.method == "POST":
            if form.validate():
                try:
                    with transaction():
                        self.write(form, row)
                    flash(_("Saved."), "success")
                    return redirect(self.get_redirect())
                except PortalError as error:
                    status = error.status
                    field = next((f for f in form if f.name == error.field), None)
                    if field is None:
                        flash(str(error.message), "danger")
                    else:
                        field.errors = [*field.errors, str(error.message)]
                except IntegrityError:
                    flash(_("There is already a record like this one."), "danger")
                    status = 409
            else:
                status = 422
        seen = "" if row is None else request.form.get("version") or versions.digest(form)
        key = f"{self.endpoint.lower()}-{row.id if row is not None else 'new'}"
        return self.render_template(
            self.add_template, view=self, title=title, form=form, key=key, seen=seen
        ), status

    def write(self, form: Any, row: Any) -> None:
        """Hand the form's values to a service; `row` None makes a new one."""
        raise NotImplementedError

    # -- actions ---------------------------------------------------------------------------------------------

    @expose("/action/<string:name>/<pk>", methods=["POST"])
    def action(self, name: str, pk: str) -> Any:
        return self._act(name, [pk])

    @expose("/action_post", methods=["POST"])
    def action_post(self) -> Any:
        return self._act(request.form.get("action", ""), request.form.getlist("rowid"))

    def _act(self, name: str, pks: Sequence[str]) -> Any:
        """Run an action on rows that the visitor may reach with the action's own permission."""
        enter()
        item = self.actions.get(name)
        if item is None:
            abort(404)
        if not self.appbuilder.sm.has_access(name, self.class_permission_name):
            abort(403)
        rows = self.rows(pks, self.permits[name])
        if not rows:
            flash(_("Choose at least one row."), "warning")
            return redirect(self.get_redirect())
        return item.func(rows)

    def run_each(self, rows: Sequence[Any], step: Callable[[Any], Any]) -> Sequence[tuple[int, str]]:
        """`step` on every row, one transaction each; returns the rows with what refused them, or ""."""
        results = []
        for key in [row.id for row in rows]:
            try:
                with transaction():
                    row = db.session.get(self.model, key)
                    step(row)
                results.append((key, ""))
            except PortalError as error:
                results.append((key, str(error.message)))
        return results

    def render_template(self, template: str, **context: Any) -> str:
        return render_template(template, **context)


def csv_file(title: str, header: Sequence[str], lines: Sequence[Sequence[str]]) -> Response:
    """A CSV download; a cell that a spreadsheet would run is written with an apostrophe before it."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(header)
    writer.writerows([f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in line] for line in lines)
    response = Response("\ufeff" + out.getvalue(), mimetype="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = content_disposition(f"{title}.csv")
    return response


def list_url(view: str, **args: Any) -> str:
    """The address of a list with conditions."""
    path = url_for(f"{view}.list")
    return f"{path}?{urlencode(args)}" if args else path
