"""What was written, and what became of it: the log of a recording as people read it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from app.core import clock
from app.observations.pictures.parts import clock as lesson_clock
from app.observations.replay import said


@dataclass(frozen=True)
class Version:
    """What one entry said from a moment on; an empty text means that it was taken out."""

    at: str
    t: str
    text: str


@dataclass(frozen=True)
class Entry:
    """One entry as it stands, or as it last stood, with all that it ever said, the original first."""

    number: int | None
    t: str
    part: int
    text: str
    versions: list[Version]


def entries(record: dict[str, Any], ops: Iterable[dict[str, Any]]) -> tuple[list[Entry], list[Entry]]:
    """All entries in their order, and those that were changed or taken out (these without a number)."""
    logs: dict[str, list[dict[str, Any]]] = {}
    for op in sorted(ops, key=lambda op: (op["n"], op["uid"])):
        logs.setdefault(op["id"], []).append(op)
    standing = {event["id"]: n for n, event in enumerate(record["events"], 1)}
    listed = [
        _entry(n, event, record, logs.get(event["id"], [])) for n, event in enumerate(record["events"], 1)
    ]
    gone = [
        _entry(None, last["event"], record, log)
        for event_id, log in logs.items()
        if event_id not in standing
        and (last := next((op for op in reversed(log) if op["op"] == "put"), None)) is not None
    ]
    return listed, [entry for entry in (*listed, *gone) if len(entry.versions) > 1]


def _entry(n: int | None, event: dict[str, Any], record: dict[str, Any], log: list[dict[str, Any]]) -> Entry:
    versions = [_version(op, record) for op in log]
    # Sending the same again, as undo and redo do, is no change.
    kept = [
        version
        for before, version in zip([None, *versions], versions, strict=False)
        if before is None or (before.t, before.text) != (version.t, version.text)
    ]
    return Entry(n, _time(event), event.get("part", 1), said(event, record), kept)


def _version(op: dict[str, Any], record: dict[str, Any]) -> Version:
    at = clock.local(datetime.fromtimestamp(op["at"] / 1000, UTC)).strftime("%Y-%m-%d %H:%M:%S")
    if op["op"] != "put":
        return Version(at, "", "")
    return Version(at, _time(op["event"]), said(op["event"], record))


def _time(event: dict[str, Any]) -> str:
    return "—" if event.get("t") is None else lesson_clock(event["t"])
