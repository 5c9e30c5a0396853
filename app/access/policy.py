"""The two questions: may this actor do this (`can`), and which rows may the actor see (`visible`).

Both read the same declaration: a model says with `scoped()` which of its columns bound each scope,
so a list and a detail page cannot disagree.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, and_, false, or_, select, true

from app.access.matrix import MATRIX, Permission, Role, Scope
from app.access.models import PortalUser
from app.core.db import db
from app.core.errors import DeclarationError, Forbidden, NotFound

T = TypeVar("T")


@dataclass(frozen=True)
class Answer:
    """Yes, or no with the reason in words."""

    ok: bool
    reason: object = ""

    def __bool__(self) -> bool:
        return self.ok


YES = Answer(True)


@dataclass
class _Rule:
    columns: dict[Scope, str] = field(default_factory=dict)
    assigned: list[Callable[[PortalUser], ColumnElement[bool]]] = field(default_factory=list)
    via: str | None = None
    public: bool = False

    def inherits(self, scope: Scope) -> bool:
        """Whether `via` decides; a model that says itself what "assigned" means is asked itself."""
        return self.via is not None and not (scope is Scope.ASSIGNED and self.assigned)


_rules: dict[type, _Rule] = {}


def scoped(
    model: type,
    *,
    own: str | None = None,
    school: str | None = None,
    county: str | None = None,
    via: str | None = None,
) -> None:
    """Declare which columns of `model` bound the scopes; `via` names the relationship it inherits from."""
    rule = _rules.setdefault(model, _Rule())
    rule.columns.update(
        {s: c for s, c in ((Scope.SELF, own), (Scope.SCHOOL, school), (Scope.COUNTY, county)) if c}
    )
    rule.via = via


def scoped_assigned(model: type, clause: Callable[[PortalUser], ColumnElement[bool]]) -> None:
    """Declare what "assigned to me" means for `model`, as a clause; several are joined by or."""
    _rules.setdefault(model, _Rule()).assigned.append(clause)


def is_scoped(model: type) -> bool:
    """Whether the rows of `model` belong to persons, schools or counties."""
    return any(kind in _rules for kind in model.__mro__)


def _rule(model: type) -> _Rule:
    for kind in model.__mro__:
        if kind in _rules:
            return _rules[kind]
    raise DeclarationError(
        f"{model.__module__}.{model.__name__} has no scope: add scoped({model.__name__}, ...) beside the model"
    )


_BOUND_BY = {Scope.SELF: "id", Scope.SCHOOL: "school_id", Scope.COUNTY: "county_id"}


def _clause(actor: PortalUser, model: Any, scope: Scope) -> ColumnElement[bool]:
    if scope is Scope.NATION:
        return true()
    rule = _rule(model)
    if rule.inherits(scope):
        relation = getattr(model, str(rule.via))
        return relation.has(_clause(actor, relation.property.mapper.class_, scope))
    if scope is Scope.ASSIGNED:
        return or_(false(), *(clause(actor) for clause in rule.assigned))
    column, bound = rule.columns.get(scope), getattr(actor, _BOUND_BY[scope])
    # An account whose county or school was never filled in sees nothing, rather than every row without one.
    return getattr(model, column) == bound if column and bound is not None else false()


def scopes(actor: PortalUser | None, permission: Permission) -> frozenset[Scope]:
    """Every scope at which the actor's roles hold `permission`."""
    if actor is None or not getattr(actor, "is_authenticated", False) or not actor.active:
        return frozenset()
    return frozenset(MATRIX[role][permission] for role in actor.role_set if permission in MATRIX[role])


def visible(actor: PortalUser | None, model: Any, permission: Permission) -> ColumnElement[bool]:
    """An SQL condition true for the rows of `model` that `actor` may reach with `permission`; ends with deny."""
    held = scopes(actor, permission)
    if actor is None or not held:
        return false()
    if Scope.NATION in held:
        return true()
    return or_(false(), *(_clause(actor, model, scope) for scope in held))


def can(actor: PortalUser | None, permission: Permission, obj: Any = None) -> Answer:
    """May `actor` use `permission`, on `obj` when given? The same condition as `visible`, asked of one row."""
    held = scopes(actor, permission)
    if actor is None or not held:
        return Answer(False, _l("Your role does not include this."))
    if obj is None or Scope.NATION in held:
        return YES
    if any(_holds(actor, obj, scope) for scope in held):
        return YES
    return Answer(False, _l("This belongs to somebody else."))


def _holds(actor: PortalUser, obj: Any, scope: Scope) -> bool:
    """The condition of `_clause` on a loaded row, in Python where a column decides, in SQL for assignments."""
    rule = _rule(type(obj))
    if rule.inherits(scope):
        parent = getattr(obj, str(rule.via))
        return parent is not None and _holds(actor, parent, scope)
    if scope is Scope.ASSIGNED:
        if not rule.assigned or obj.id is None:
            return False
        found = select(type(obj).id).where(and_(type(obj).id == obj.id, _clause(actor, type(obj), scope)))
        return db.session.scalar(found) is not None
    column, bound = rule.columns.get(scope), getattr(actor, _BOUND_BY[scope])
    return bool(column) and bound is not None and getattr(obj, str(column)) == bound


def require(actor: PortalUser | None, permission: Permission, obj: Any = None) -> None:
    """Raise `Forbidden` with the reason unless `can` says yes."""
    answer = can(actor, permission, obj)
    if not answer:
        raise Forbidden(answer.reason, code="not_allowed")


def fetch(actor: PortalUser | None, model: type[T], row_id: int, permission: Permission) -> T:
    """The row, or `NotFound`: a foreign row cannot be told from a missing one."""
    row = db.session.get(model, row_id)
    if row is None or not can(actor, permission, row):
        raise NotFound(_l("There is nothing at this address."), code="not_found")
    return row


def has_role(actor: PortalUser | None, *roles: Role) -> bool:
    """Whether the actor holds any of `roles`."""
    return actor is not None and bool(set(roles) & set(getattr(actor, "role_set", ())))
