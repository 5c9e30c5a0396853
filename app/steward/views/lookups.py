"""The lookup tables: each is a model and the few lines that its screen needs besides."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from sqlalchemy import Text, inspect

from app.campaigns.tracks import SLOTS, TRACKS
from app.core.db import db
from app.forms import registry
from app.reference import models as m
from app.reference import queries
from app.steward.base import COLUMN_LABELS, PickFilter, RetiredFilter, StewardView, badge

PLACES = _l("Places and schools")
TEACHING = _l("Teaching")
CERTIFICATION = _l("Certification")
WORDS = _l("Words and help")
OTHER = _l("Other tables")

Choices = list[tuple[str, Any]]


def tracks() -> Choices:
    """Every certification."""
    return [(info.track.value, info.title) for info in TRACKS.values()]


def slots() -> Choices:
    """Every place in a case's form list."""
    return [(info.code, info.title) for info in SLOTS.values()]


def instruments() -> Choices:
    """The instruments that have sets of codes, by the name of their form."""
    return [
        ("verbal-flow", _l("語言流動量化分析表")),
        ("at-task", _l("在工作中量化分析表")),
        ("verbatim", _l("選擇性逐字紀錄表")),
    ]


def directions() -> Choices:
    """Who speaks to whom in a kind of exchange."""
    return [
        ("to_pupil", _l("Teacher to pupil")),
        ("from_pupil", _l("Pupil to teacher")),
        ("between", _l("Pupil to pupil")),
        ("any", _l("Any")),
    ]


def forms() -> Choices:
    """Every form that can be printed blank."""
    return [("", "—"), *((form.code, form.title) for form in registry.all_forms())]


@dataclass(frozen=True)
class Table:
    """How a lookup table appears; `choices` restrict a text column to a list, `hints` stand at its field."""

    name: Any
    group: Any = OTHER
    choices: dict[str, Callable[[], Choices]] = field(default_factory=dict)
    hints: dict[str, Any] = field(default_factory=dict)
    unlisted: tuple[str, ...] = ()


# A further lookup table appears by itself; a line here gives it its name and place.
TABLES: dict[type[m.Lookup], Table] = {
    m.County: Table(
        _l("Counties"),
        PLACES,
        unlisted=("short_name_en",),
        hints={
            "short_name": _l("Certificate numbers begin with this name."),
            "contact": _l("Where teachers of this county ask: telephone, e-mail, address."),
        },
    ),
    m.School: Table(
        _l("Schools"),
        PLACES,
        hints={"code": _l("The Ministry's school code: six characters, a leading zero included.")},
    ),
    m.SchoolLevel: Table(_l("School levels"), PLACES),
    m.InstrumentCodeSet: Table(
        _l("Code sets of the instruments"),
        TEACHING,
        choices={"instrument": instruments},
        hints={"instrument": _l("Observers may choose the set when they start a recording with it.")},
    ),
    m.InstrumentCode: Table(
        _l("Codes of the instruments"),
        TEACHING,
        choices={"direction": directions},
        hints={
            "key": _l("What recordings store, such as A. A change reaches only new recordings."),
            "direction": _l("For verbal flow: who speaks to whom."),
            "on_task": _l("For at-task: the pupil is at work."),
            "counts": _l("For at-task: off for absent or hidden pupils, who are left out of the figures."),
        },
    ),
    m.Subject: Table(_l("Subjects"), TEACHING),
    m.Grade: Table(_l("Grades"), TEACHING),
    m.SchoolYear: Table(_l("School years"), TEACHING),
    m.IdentityType: Table(
        _l("Identity types"),
        CERTIFICATION,
        hints={"may_apply": _l("Teachers of this kind pass the first check of the apply page.")},
    ),
    m.CourseType: Table(
        _l("Course types"),
        CERTIFICATION,
        choices={"track": tracks},
        hints={"track": _l("The certification that the hours count for.")},
    ),
    m.FormType: Table(_l("Form types"), CERTIFICATION),
    m.ReturnReason: Table(_l("Return reasons"), CERTIFICATION),
    m.AppealGround: Table(
        _l("Appeal grounds"),
        CERTIFICATION,
        hints={"accepts": _l("On: a ground for accepting an appeal. Off: a ground for refusing one.")},
    ),
    m.SheetItem: Table(_l("Review sheet items"), CERTIFICATION, choices={"track": tracks, "slot": slots}),
    m.Download: Table(
        _l("Downloads"),
        WORDS,
        choices={"form_code": forms},
        hints={"form_code": _l("The blank form is made from this form when somebody downloads it.")},
    ),
    m.Tutorial: Table(
        _l("Tutorials"),
        WORDS,
        hints={
            "body_zh": _l("An empty line ends a paragraph; a line that begins with ## is a heading."),
            "body_en": _l("An empty line ends a paragraph; a line that begins with ## is a heading."),
        },
    ),
}

_COMMON = frozenset(
    ("id", "code", "label_zh", "label_en", "sort", "confirmed", "source", "note", "retired_at")
)
_MACHINE = frozenset(("created_at", "updated_at"))


def own_columns(model: Any) -> list[str]:
    """The columns that a table has besides those of every lookup table; a foreign key as its relationship."""
    mapper = inspect(model)
    relations = {next(iter(r.local_columns)).key: r.key for r in mapper.relationships}
    return [relations.get(c.key, c.key) for c in mapper.columns if c.key not in _COMMON | _MACHINE]


class LookupView(StewardView):
    """A lookup table, derived from its model."""

    column_searchable_list = ("code", "label_zh", "label_en", "note")
    column_default_sort: ClassVar[list[tuple[str, bool]]] = [("sort", False), ("code", False)]

    def __init__(self, model: Any, table: Table) -> None:
        own = own_columns(model)
        short = [name for name in own if not _is_long(model, name) and name not in table.unlisted]
        self.group = table.group
        self.column_list = ["code", "label_zh", *short, "confirmed"]
        self.column_details_list = ["code", "label_zh", "label_en", *own, "sort", "confirmed", "source", "note",
                                    "retired_at", "created_at", "updated_at"]  # fmt: skip
        self.column_export_list = ["code", "label_zh", "label_en", *own, "sort", "confirmed", "source", "note",
                                   "retired_at"]  # fmt: skip
        self.form_columns = ["code", "label_zh", "label_en", *own, "sort", "confirmed", "source", "note"]
        self.column_sortable_list = [name for name in self.column_list if name in model.__mapper__.columns]
        self.column_descriptions = {
            "code": _l("Letters, digits, dots and hyphens; it cannot be changed later."),
            "sort": _l("Lists show small numbers first."),
            "confirmed": _l("Somebody has compared this row with an official text."),
            "source": _l("Where the row comes from: a document, a web address."),
            **table.hints,
        }
        self.offer({name: choices() for name, choices in table.choices.items()})
        self.column_filters = [model.confirmed, RetiredFilter(model.retired_at)]
        for name in own:
            if name in model.__mapper__.relationships:
                target = model.__mapper__.relationships[name].mapper.class_
                pick = _picker(target)
                self.form_args |= {name: {"query_factory": _offered(target)}}
                self.column_filters.append(
                    PickFilter(getattr(model, f"{name}_id"), COLUMN_LABELS[name], pick)
                )
            elif name in table.choices:
                self.column_filters.append(
                    PickFilter(getattr(model, name), COLUMN_LABELS[name], table.choices[name])
                )
        self.column_formatters_detail = {
            "confirmed": confirmed_badge,
            "retired_at": offer_badge,
            **{name: paragraphs for name in own if _is_text(model, name)},
            **{name: choice_label(choices) for name, choices in table.choices.items()},
        }
        self.column_formatters = {
            **self.column_formatters_detail,
            "label_zh": both_labels,
            "confirmed": marks,
        }
        tablename = model.__tablename__
        super().__init__(
            model,
            db,
            name=table.name,
            category=table.group,
            endpoint=f"steward_{tablename}",
            url=f"/steward/{tablename.replace('_', '-')}",
        )

    def get_list_columns(self) -> list[tuple[Any, Any]]:
        """The list shows both names in one cell."""
        columns = super().get_list_columns()
        return [(name, COLUMN_LABELS["label"] if name == "label_zh" else label) for name, label in columns]


def _is_text(model: Any, name: str) -> bool:
    column = model.__mapper__.columns.get(name)
    return column is not None and isinstance(column.type, Text)


def _is_long(model: Any, name: str) -> bool:
    column = model.__mapper__.columns.get(name)
    return _is_text(model, name) or (getattr(column.type, "length", 0) > 100 if column is not None else False)


def _offered(model: Any) -> Callable[[], list[Any]]:
    return lambda: queries.active(model)


def _picker(model: Any) -> Callable[[], list[tuple[int, str]]]:
    return lambda: [(row.id, row.label) for row in queries.active(model)]


def confirmed_badge(view: Any, context: Any, row: Any, name: str) -> Any:
    """Whether somebody has compared the row with an official text."""
    return badge(_("Confirmed"), "ok") if row.confirmed else badge(_("Unconfirmed"), "warn")


def offer_badge(view: Any, context: Any, row: Any, name: str) -> Any:
    """Whether lists still show the row."""
    return badge(_("Retired"), "neutral") if row.retired_at else badge(_("On offer"), "ok")


def marks(view: Any, context: Any, row: Any, name: str) -> Markup:
    """Both marks of a row in one cell of the list: a row on offer needs none."""
    confirmed = confirmed_badge(view, context, row, name)
    return confirmed + " " + offer_badge(view, context, row, name) if row.retired_at else confirmed


def both_labels(view: Any, context: Any, row: Any, name: str) -> Markup:
    """The Chinese name with the English one below."""
    return Markup('<span lang="zh-Hant-TW">{}</span><br><small lang="en">{}</small>').format(
        row.label_zh, row.label_en
    )


def choice_label(choices: Callable[[], Choices]) -> Callable[..., Any]:
    """Shows the label of a stored choice."""
    return lambda view, context, row, name: str(dict(choices()).get(getattr(row, name), getattr(row, name)))


def paragraphs(view: Any, context: Any, row: Any, name: str) -> Markup:
    """A long text as it is read: an empty line ends a paragraph, ## begins a heading."""
    blocks = [block.strip() for block in (getattr(row, name) or "").split("\n\n")]
    return Markup("<br><br>").join(
        Markup("<strong>{}</strong>").format(block.removeprefix("## ")) if block.startswith("## ") else block
        for block in blocks
        if block
    )
