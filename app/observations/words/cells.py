"""Values inside tables, and the rule of a record, in words."""

from typing import Any

from flask_babel import gettext as _

from app.core.i18n import pick
from app.observations.words import flanders, terms

# Columns whose values are names, whatever they look like.
NAMES = ("category", "area", "seat", "kind", "code", "from", "to")


def is_name(column: str) -> bool:
    """Whether the column's values name a thing instead of counting it."""
    return column in NAMES


def declared(record: dict[str, Any]) -> dict[str, str]:
    """The wordings of the codes that the record itself declares, and the codes of its seats."""
    rule = record["rule"]
    found = {}
    for row in (*rule.get("kinds", ()), *rule.get("codes", ())):
        wording = pick(row.get("zh"), row.get("en"))
        found[row["code"]] = f"{row['code']} {wording}" if len(row["code"]) == 1 else wording or row["code"]
    for seat in (record.get("plan") or {}).get("seats", ()):
        found[seat["id"]] = seat.get("code") or seat["id"]
    return found


def cell(column: str, value: Any, names: dict[str, str], known: dict[str, Any]) -> str:
    """One value of a table: names in words, seconds as a clock, numbers to one place, — for what is missing."""
    if value is None:
        return "—"
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, list | tuple):
        return "、".join(cell(column, item, names, known) for item in value) or "—"
    if isinstance(value, str):
        # What people wrote themselves is no code of ours, though it may look like one (group A, pupil PT).
        if value and column in ("seat", "group", "word"):
            return value
        return names.get(value) or _word(value, known)
    if column in ("category", "from", "to") and value in flanders.CATEGORIES:
        return f"{value} {flanders.CATEGORIES[value]}"
    if column.endswith("_s") or column in ("seconds", "seconds_in_reach"):
        return f"{int(value // 60)}:{int(value) % 60:02}"
    return f"{value:.{2 if column == 'evenness' else 1}f}" if isinstance(value, float) else str(value)


def _word(value: str, known: dict[str, Any]) -> str:
    """A word, or the two of a zone (`front-left`), or the group an exchange went to (`group:A`)."""
    kind, colon, name = value.partition(":")
    if colon:
        return f"{known['group']} {name}" if kind == "group" else name
    row, dash, column = value.partition("-")
    if dash and row in known and column in known:
        return f"{known[row]}・{known[column]}"
    return str(known.get(value, value))


def column_name(column: str, names: dict[str, str], known: dict[str, Any]) -> str:
    """The head of a column; `kind:praise` and `code:A` are named by the record itself."""
    _prefix, colon, code = column.partition(":")
    if colon:
        return names.get(code) or _word(code, known)
    return str(known.get(column, column))


def rule(record: dict[str, Any]) -> list[str]:
    """What the recording was agreed to mean, a line each."""
    rule = record["rule"]
    if record["instrument"] == "flanders":
        beat = _("One code every %(n)s seconds.", n=f"{rule.get('beat_s', 3):g}")
        return [beat + " " + str(terms.BRACKETS[rule.get("bracket", "always")])]
    if record["instrument"] == "at-task":
        return [_("One sweep every %(n)s seconds.", n=f"{rule['every_s']:g}")] if rule.get("every_s") else []
    if record["instrument"] == "teacher-movement":
        return [_("Within reach, in desk widths: %(n)s", n=f"{rule.get('reach', 1.0):g}")]
    return [_("Focus: %(focus)s", focus=rule["focus"])] if rule.get("focus") else []
