"""The raw record of one observation: its shape, how it is folded from operations, its digest, its zones.

One JSON shape for browser, database, forms and exports (`FORMAT`). Figures are always derived from it again.
"""

import hashlib
import json
import math
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

FORMAT = "portal-observation/1"
INSTRUMENTS = ("flanders", "verbal-flow", "at-task", "teacher-movement", "verbatim", "anecdotal")

ROWS = ("front", "middle", "back")
COLUMNS = ("left", "middle", "right")
GENDERS = ("f", "m", "x", "")
REASONS = ("patrol", "help", "manage", "handout", "other", "")
BRACKETS = ("always", "missing", "none")
FURNITURE = ("board", "desk", "door", "screen", "pillar", "window")

# A day; nobody observes longer, and a wrong clock shows itself here.
LONGEST_MS = 24 * 60 * 60 * 1000
# More seats, or things in a room, than any class has; figures are made for each of them.
LARGEST_PLAN = 200
# Of places and intervals.
LARGEST = 1e6

Json = dict[str, Any]


class RecordError(ValueError):
    """A record of the wrong shape: `path` as in `events[3].code`, `code` of the fault.

    Codes: required, type, range, unknown, duplicate, order.
    """

    def __init__(self, path: str, code: str) -> None:
        super().__init__(f"{path}: {code}")
        self.path = path
        self.code = code


def fold(ops: Iterable[Json]) -> list[Json]:
    """The events that a log of operations leaves, sorted by time.

    Operations count in the order (n, uid), however they arrive and however often. `put` sets an event, `drop`
    removes it. Events of equal time stand in the order in which they were first put, so that a changed or
    restored one keeps its place; events without a time come last.
    """
    events: dict[str, Json] = {}
    first: dict[str, tuple[int, str]] = {}
    for op in sorted(ops, key=lambda op: (op["n"], op["uid"])):
        if op["op"] == "put":
            first.setdefault(op["id"], (op["n"], op["uid"]))
            events[op["id"]] = {**op["event"], "id": op["id"]}
        else:
            events.pop(op["id"], None)

    def place(event: Json) -> tuple[Any, ...]:
        t = event.get("t")
        return (t is None, t or 0, *first[event["id"]])

    return sorted(events.values(), key=place)


DIGESTED = ("instrument", "rule", "plan", "length_ms", "events")


def digest(record: Json) -> str:
    """SHA-256 (hex) over the canonical JSON of what the figures rest on: instrument, rule, plan, length and events.

    A browser writes 1.0 as 1, so whole floats count as integers.
    """
    content = _canonical({key: record.get(key) for key in DIGESTED})
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _canonical(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _canonical(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_canonical(inner) for inner in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


# --- zones ---------------------------------------------------------------------------------------


def seats_of(record: Json) -> list[Json]:
    """The seats of the record's plan; none without a plan."""
    return (record.get("plan") or {}).get("seats", [])


def zones(plan: Json | None) -> dict[str, tuple[str, str]]:
    """(row band, column band) of every seat id, in thirds of the range the seats cover."""
    band = bands(plan)
    return {seat["id"]: band(seat["x"], seat["y"]) for seat in (plan or {}).get("seats", [])}


def bands(plan: Json | None) -> Callable[[float, float], tuple[str, str]]:
    """A function from a point (desk units) to its bands; one row or one column of seats is `middle`.

    A point outside of the seats belongs to the nearest band, so the place before the board is `front`.
    """
    seats = (plan or {}).get("seats", [])
    xs = [seat["x"] for seat in seats] or [0]
    ys = [seat["y"] for seat in seats] or [0]

    def third(value: float, values: list[float], names: tuple[str, str, str]) -> str:
        beyond, width = value - min(values), max(values) - min(values)
        if beyond * 3 < width:
            return names[0]
        return names[1] if beyond * 3 <= 2 * width else names[2]

    return lambda x, y: (third(y, ys, ROWS), third(x, xs, COLUMNS))


def in_action_zone(zone: tuple[str, str]) -> bool:
    """The front rows and the middle columns, where pupils are spoken to most (Adams and Biddle's T)."""
    return zone[0] == "front" or zone[1] == "middle"


# --- the shape -----------------------------------------------------------------------------------


def check(record: Any) -> None:
    """Refuse what is not a record; RecordError names place and fault.

    Seats, kinds and codes that the record no longer declares are no fault of shape: the analysis says so in a
    note, instead of losing the lesson over a deleted desk.
    """
    if not isinstance(record, dict):
        raise RecordError("record", "type")
    _one_of(record, "format", (FORMAT,))
    instrument = _one_of(record, "instrument", INSTRUMENTS)
    _text(record, "uid", required=True)
    for key in ("title", "class_name"):
        _text(record, key)
    _moment(record.get("started_at"))
    _milliseconds(record, "length_ms")
    rule = record.get("rule")
    if not isinstance(rule, dict):
        raise RecordError("rule", "required" if rule is None else "type")
    _RULES[instrument](rule)
    if record.get("plan") is not None:
        _plan(record["plan"])
    events = _rows(record, "events")
    seen: set[str] = set()
    latest: float = 0
    for n, event in enumerate(events):
        path = f"events[{n}]."
        _new(seen, event, path)
        t = _milliseconds(event, "t", path)
        if (math.inf if t is None else t) < latest:
            raise RecordError(f"{path}t", "order")
        latest = math.inf if t is None else t
        _whole(event, "part", 1, 4, path, default=1)
        _EVENTS[instrument](event, path)


def _plan(plan: Any) -> None:
    if not isinstance(plan, dict):
        raise RecordError("plan", "type")
    seen: set[str] = set()
    for key in ("seats", "furniture"):
        if len(_rows({"furniture": [], **plan}, key, "plan.")) > LARGEST_PLAN:
            raise RecordError(f"plan.{key}", "range")
    for n, seat in enumerate(_rows(plan, "seats", "plan.")):
        path = f"plan.seats[{n}]."
        _new(seen, seat, path)
        for key in ("x", "y"):
            _real(seat, key, path)
        for key in ("code", "group", "mark"):
            _text(seat, key, path)
        _one_of(seat, "gender", GENDERS, path, default="")
        _truth(seat, "absent", path, default=False)
    for n, thing in enumerate(_rows({"furniture": [], **plan}, "furniture", "plan.")):
        path = f"plan.furniture[{n}]."
        _one_of(thing, "kind", FURNITURE, path)
        for key in ("x", "y"):
            _real(thing, key, path)


def _flanders_rule(rule: Json) -> None:
    if _real(rule, "beat_s", "rule.", default=3) <= 0:
        raise RecordError("rule.beat_s", "range")
    _one_of(rule, "bracket", BRACKETS, "rule.", default="always")


def _kinds_rule(rule: Json) -> None:
    _declared(rule, "kinds", _direction)


def _task_rule(rule: Json) -> None:
    _declared(rule, "codes", _counting)


def _declared(rule: Json, key: str, more: Callable[[Json, str], None]) -> None:
    """Rows with a code of their own and two labels."""
    seen: set[str] = set()
    for n, row in enumerate(_rows(rule, key, "rule.")):
        path = f"rule.{key}[{n}]."
        _new(seen, row, path, "code")
        for label in ("zh", "en"):
            _text(row, label, path)
        more(row, path)


def _direction(row: Json, path: str) -> None:
    _one_of(row, "direction", ("to_pupil", "from_pupil", "between", "any"), path, default="any")


def _counting(row: Json, path: str) -> None:
    _truth(row, "on_task", path, default=False)
    _truth(row, "counts", path, default=True)


def _movement_rule(rule: Json) -> None:
    if _real(rule, "reach", "rule.", default=1.0) < 0:
        raise RecordError("rule.reach", "range")


def _verbatim_rule(rule: Json) -> None:
    _text(rule, "focus", "rule.")


def _flanders_event(event: Json, path: str) -> None:
    _whole(event, "code", 1, 10, path)


def _flow_event(event: Json, path: str) -> None:
    for key in ("from", "to", "kind"):
        _text(event, key, path, required=True)


def _task_event(event: Json, path: str) -> None:
    _whole(event, "sweep", 1, 1000, path)
    for key in ("seat", "code"):
        _text(event, key, path, required=True)


def _movement_event(event: Json, path: str) -> None:
    for key in ("x", "y"):
        _real(event, key, path)
    if event.get("seat") is not None:
        _text(event, "seat", path)
    _truth(event, "contact", path, default=False)
    _one_of(event, "reason", REASONS, path, default="")


def _verbatim_event(event: Json, path: str) -> None:
    _one_of(event, "speaker", ("teacher", "pupil"), path)
    for key in ("text", "kind"):
        _text(event, key, path)
    _one_of(event, "level", ("open", "closed", ""), path, default="")
    _milliseconds(event, "wait_ms", path)


def _anecdotal_event(event: Json, path: str) -> None:
    _milliseconds(event, "t_end", path)
    for key in ("teacher", "pupil", "note"):
        _text(event, key, path)


_RULES: dict[str, Callable[[Json], None]] = {
    "flanders": _flanders_rule,
    "verbal-flow": _kinds_rule,
    "at-task": _task_rule,
    "teacher-movement": _movement_rule,
    "verbatim": _verbatim_rule,
    "anecdotal": lambda rule: None,
}
_EVENTS: dict[str, Callable[[Json, str], None]] = {
    "flanders": _flanders_event,
    "verbal-flow": _flow_event,
    "at-task": _task_event,
    "teacher-movement": _movement_event,
    "verbatim": _verbatim_event,
    "anecdotal": _anecdotal_event,
}
_NONE = object()


def _value(row: Json, key: str, path: str, default: Any = _NONE) -> Any:
    value = row.get(key, default)
    if value is _NONE or (value is None and default is _NONE):
        raise RecordError(f"{path}{key}", "required")
    return value


def _rows(holder: Json, key: str, path: str = "") -> list[Json]:
    rows = _value(holder, key, path)
    if not isinstance(rows, list):
        raise RecordError(f"{path}{key}", "type")
    for n, row in enumerate(rows):
        if not isinstance(row, dict):
            raise RecordError(f"{path}{key}[{n}]", "type")
    return rows


def _new(seen: set[str], row: Json, path: str, key: str = "id") -> None:
    name = _text(row, key, path, required=True)
    if name in seen:
        raise RecordError(f"{path}{key}", "duplicate")
    seen.add(name)


def _one_of(row: Json, key: str, choices: tuple[str, ...], path: str = "", default: Any = _NONE) -> str:
    value = _value(row, key, path, default)
    if not isinstance(value, str):
        raise RecordError(f"{path}{key}", "type")
    if value not in choices:
        raise RecordError(f"{path}{key}", "unknown")
    return value


def _text(row: Json, key: str, path: str = "", required: bool = False) -> str:
    value = _value(row, key, path, _NONE if required else "")
    if not isinstance(value, str):
        raise RecordError(f"{path}{key}", "type")
    if required and not value:
        raise RecordError(f"{path}{key}", "required")
    return value


def _truth(row: Json, key: str, path: str, default: Any = _NONE) -> None:
    if not isinstance(_value(row, key, path, default), bool):
        raise RecordError(f"{path}{key}", "type")


def _real(row: Json, key: str, path: str, default: Any = _NONE) -> float:
    value = _value(row, key, path, default)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise RecordError(f"{path}{key}", "type")
    # So written, the comparison is false for what is no number either.
    if not abs(value) <= LARGEST:
        raise RecordError(f"{path}{key}", "range")
    return value


def _whole(row: Json, key: str, low: int, high: int, path: str, default: Any = _NONE) -> int:
    value = _value(row, key, path, default)
    if isinstance(value, bool) or not isinstance(value, int):
        raise RecordError(f"{path}{key}", "type")
    if not low <= value <= high:
        raise RecordError(f"{path}{key}", "range")
    return value


def _milliseconds(row: Json, key: str, path: str = "") -> int | None:
    if row.get(key) is None:
        return None
    return _whole(row, key, 0, LONGEST_MS, path)


def _moment(value: Any) -> None:
    if value is None:
        return
    try:
        moment = datetime.fromisoformat(value)
        aware = moment.tzinfo is not None and 2000 <= moment.year <= 2200
    except (TypeError, ValueError):
        aware = False
    if not aware:
        raise RecordError("started_at", "type")
