"""The list-page engine: declared filters and orders, keyset paging, a count that stays cheap.

A page costs two queries whatever the number of rows or how deep it lies: the rows, found by their keys
first and loaded with their relations after, and a count that stops at `COUNT_LIMIT`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, func, literal, select, true, tuple_
from sqlalchemy.orm.interfaces import ExecutableOption

from app.core.db import db

COUNT_LIMIT = 10_000
PAGE_SIZES = (25, 50, 100)

Choices = Sequence[tuple[str, object]]


@dataclass(frozen=True)
class Filter:
    """One condition of the search bar: `clause` makes SQL of what was typed, or None when it means nothing.

    With `choices` it is a drop-down (hidden while there is nothing to choose), else a text field.
    """

    name: str
    label: object
    clause: Callable[[str], ColumnElement[bool] | None]
    choices: Callable[[], Choices] | None = None


@dataclass(frozen=True)
class Order:
    """An order that the list offers; `column` must never be null, the primary key settles ties."""

    name: str
    label: object
    column: Any
    descending: bool = False


@dataclass
class Page:
    """One page of rows; `previous` and `next` are the primary keys to go on from, None at the ends."""

    rows: list[Any]
    count: int
    order: Order
    size: int
    values: dict[str, str] = field(default_factory=dict)
    previous: int | None = None
    next: int | None = None

    @property
    def count_text(self) -> str:
        """812, or 10,000+ where counting stopped."""
        return f"{COUNT_LIMIT:,}+" if self.count > COUNT_LIMIT else f"{self.count:,}"


def one_of(name: str, label: object, column: Any, labels: Mapping[Any, object]) -> Filter:
    """A drop-down over the members of an enum column."""
    known = {str(value): text for value, text in labels.items()}
    return Filter(
        name, label, lambda typed: column == typed if typed in known else None, lambda: list(known.items())
    )


def text_in(name: str, label: object, *columns: Any) -> Filter:
    """A text field that looks into `columns`."""

    def clause(typed: str) -> ColumnElement[bool]:
        condition: ColumnElement[bool] = columns[0].icontains(typed, autoescape=True)
        for column in columns[1:]:
            condition = condition | column.icontains(typed, autoescape=True)
        return condition

    return Filter(name, label, clause)


def whole_number(typed: str | None) -> int | None:
    """`typed` as a primary key, None for anything that cannot be one."""
    return int(typed) if typed and typed.isdecimal() and typed.isascii() and len(typed) <= 9 else None


@dataclass
class Table:
    """What a list is made of: a model, its filters, its orders (the first is the default), what to load."""

    model: Any
    filters: Sequence[Filter] = ()
    orders: Sequence[Order] = ()
    options: Sequence[ExecutableOption] = ()

    def __post_init__(self) -> None:
        self.orders = self.orders or (Order("id", "", self.model.id, descending=True),)

    def conditions(self, args: Mapping[str, str]) -> tuple[list[ColumnElement[bool]], dict[str, str]]:
        """The SQL of the conditions in `args` and the values they came from; what makes no sense is left out."""
        clauses, values = [], {}
        for item in self.filters:
            typed = args.get(item.name, "").replace("\0", "").strip()[:100]
            clause = item.clause(typed) if typed else None
            if clause is not None:
                clauses.append(clause)
                values[item.name] = typed
        return clauses, values

    def page(self, args: Mapping[str, str], visible: ColumnElement[bool] | None = None) -> Page:
        """The page that `args` asks for (filters, order, size, after, before), within `visible`."""
        clauses, values = self.conditions(args)
        condition = (true() if visible is None else visible, *clauses)
        order = next((o for o in self.orders if o.name == args.get("order")), self.orders[0])
        size = next((s for s in PAGE_SIZES if str(s) == args.get("size")), PAGE_SIZES[0])
        after, before = whole_number(args.get("after")), whole_number(args.get("before"))
        counted = (
            select(literal(1)).select_from(self.model).where(*condition).limit(COUNT_LIMIT + 1).subquery()
        )
        page = Page(
            [], db.session.scalar(select(func.count()).select_from(counted)) or 0, order, size, values
        )
        rows = self._rows(
            condition, order, size + 1, after or before, back=before is not None and after is None
        )
        if not rows and (after or before):
            after = before = None
            rows = self._rows(condition, order, size + 1, None, back=False)
        more = len(rows) > size
        page.rows = rows[:size]
        if before and not after:
            page.rows.reverse()
        if page.rows:
            back = bool(before and not after)
            page.previous = page.rows[0].id if (more if back else after) else None
            page.next = page.rows[-1].id if (more or back) else None
        return page

    def _rows(self, condition: Any, order: Order, limit: int, start: int | None, *, back: bool) -> list[Any]:
        """`limit` rows beyond the row `start`, backwards when `back`; keys first, whole rows after."""
        model = self.model
        by_key = order.column is model.id
        key = (model.id,) if by_key else (order.column, model.id)
        down = order.descending != back
        keys = select(model.id).where(*condition)
        if start is not None:
            at = (literal(start),) if by_key else (self._value_of(order, start), literal(start))
            here, there = (key[0], at[0]) if by_key else (tuple_(*key), tuple_(*at))
            keys = keys.where(here < there if down else here > there)
        direction = [part.desc() if down else part.asc() for part in key]
        keys = keys.order_by(*direction).limit(limit)
        query = select(model).where(model.id.in_(keys)).options(*self.options).order_by(*direction)
        return list(db.session.scalars(query).unique())

    def _value_of(self, order: Order, row_id: int) -> Any:
        """The order's value of the row that the page goes on from, looked up by the database itself."""
        return select(order.column).where(self.model.id == row_id).scalar_subquery()
