"""What devices send, checked before any of it is stored; every refusal names the path of what is wrong."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l

from app.core import clock
from app.core.errors import Invalid
from app.instruments import record as records

LONGEST_TEXT = 64 * 1024
LONGEST_PLAN_NAME = 100
LATEST_MS = 2**53 - 1  # the largest whole number that JavaScript keeps exactly
DEEPEST = 8
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
# PostgreSQL keeps no NUL, and half a surrogate pair is no text: dropped instead of refused, so that one
# broken key press never stops the rest of a lesson from being stored.
_BROKEN = re.compile("[\x00\ud800-\udfff]")


def checked_head(head: Any, *, instrument: str | None) -> dict[str, Any]:
    """The columns of `Recording` that a head sets; what it leaves out is empty."""
    head = _object(cleaned(head, "head"), "head")
    found = {
        "instrument": head.get("instrument") or instrument or "",
        "title": _text(head, "title", 200),
        "class_name": _text(head, "class_name", 100),
        "started_at": _moment(head, "started_at"),
        "ended_at": _moment(head, "ended_at"),
        "length_ms": _length(head),
        "rule": head.get("rule"),
        "plan": head.get("plan"),
        "head_at": _number(head, "at", "head", LATEST_MS),
    }
    _as_record(found["instrument"], "head", rule=found["rule"], plan=found["plan"])
    return found


def checked_ops(ops: Any, *, instrument: str) -> list[dict[str, Any]]:
    """The operations with nothing in them but what belongs there."""
    found = []
    for number, raw in enumerate(ops):
        path = f"ops.{number}"
        op = _object(cleaned(raw, path), path)
        kept = {
            "uid": checked_uid(op.get("uid"), f"{path}.uid"),
            "n": _number(op, "n", path, LATEST_MS),
            "at": _number(op, "at", path, LATEST_MS),
            "op": op.get("op"),
            "id": checked_uid(op.get("id"), f"{path}.id"),
        }
        # What the browser's undo goes by: the step an operation belongs to, takes back or brings back.
        kept |= {
            key: checked_uid(op[key], f"{path}.{key}") for key in ("group", "undoes", "redoes") if op.get(key)
        }
        if kept["op"] == "put":
            kept["event"] = {**_object(op.get("event"), f"{path}.event"), "id": kept["id"]}
        elif kept["op"] != "drop":
            raise wrong(f"{path}.op")
        if "event" in kept:
            _as_record(instrument, f"{path}.event", events=[kept["event"]])
        found.append(kept)
    return found


def checked_plan(uid: str, name: Any, data: Any) -> dict[str, Any]:
    """The columns of `SeatingPlan`."""
    checked_uid(uid)
    name = " ".join(str(cleaned(name or "", "name")).split())
    if not name or len(name) > LONGEST_PLAN_NAME:
        raise Invalid(
            _l("A seating plan needs a name of at most %(most)s characters.", most=LONGEST_PLAN_NAME),
            code="name",
            field="name",
        )
    data = _object(cleaned(data, "data"), "data")
    _as_record("verbal-flow", "data", plan=data)
    return {"name": name, "data": data}


def _as_record(instrument: Any, path: str, **parts: Any) -> None:
    """Ask the instruments whether these parts would make a whole record."""
    record = {
        "format": records.FORMAT,
        "uid": "00000000-0000-4000-8000-000000000000",
        "instrument": instrument,
        "title": "",
        "class_name": "",
        "started_at": None,
        "length_ms": None,
        "rule": {"kinds": [], "codes": []},
        "plan": None,
        "events": [],
        **parts,
    }
    try:
        records.check(record)
    except records.RecordError as error:
        inner = error.path.removeprefix("events[0].").removeprefix("plan." if path == "data" else "")
        raise wrong(f"{path}.{inner}", error.code) from None


def wrong(path: str, code: str = "shape") -> Invalid:
    """The refusal of what has the wrong shape; only a faulty program gets to see it."""
    return Invalid(_l("This is not a recording of ours: %(path)s", path=path), code=code, field=path)


def cleaned(value: Any, path: str, depth: int = 0) -> Any:
    """`value` without signs that no database keeps; texts over the limit are refused."""
    if depth > DEEPEST:
        raise wrong(path)
    if isinstance(value, str):
        if len(value) > LONGEST_TEXT:
            raise Invalid(_l("This text is too long."), code="too_long", field=path)
        return _BROKEN.sub("", value)
    if isinstance(value, list):
        return [cleaned(item, f"{path}.{number}", depth + 1) for number, item in enumerate(value)]
    if isinstance(value, Mapping):
        return {
            _BROKEN.sub("", str(key)): cleaned(item, f"{path}.{key}", depth + 1)
            for key, item in value.items()
        }
    if isinstance(value, float) and value - value != 0:
        raise wrong(path)
    return value


def _object(value: Any, path: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise wrong(path)
    return value


def checked_uid(value: Any, path: str = "uid") -> str:
    """`value` when it is a UUID as browsers write it."""
    if not isinstance(value, str) or not _UUID.fullmatch(value):
        raise wrong(path)
    return value


def _text(head: Mapping[str, Any], name: str, most: int) -> str:
    value = head.get(name) or ""
    if not isinstance(value, str):
        raise wrong(f"head.{name}")
    # A title too long to store is no reason to refuse a lesson.
    return value.strip()[:most]


def _number(source: Mapping[str, Any], name: str, path: str, most: int) -> int:
    value = source.get(name)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= most:
        raise wrong(f"{path}.{name}")
    return value


def _length(head: Mapping[str, Any]) -> int | None:
    """A lesson that somebody forgot to end is a day long at most, and stored."""
    if head.get("length_ms") is None:
        return None
    return min(_number(head, "length_ms", "head", LATEST_MS), records.LONGEST_MS)


def _moment(head: Mapping[str, Any], name: str) -> datetime | None:
    value = head.get(name)
    if value is None or value == "":
        return None
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise wrong(f"head.{name}") from None
    if moment.tzinfo is None or not 2000 <= moment.year <= 2200:
        raise wrong(f"head.{name}")
    return clock.utc(moment)
