"""What a device sends: heads and operations, made short for tests."""

import uuid
from typing import Any

START = 1_800_000_000_000


def new_uid() -> str:
    return str(uuid.uuid4())


def head(instrument: str = "flanders", at: int = START, **more: Any) -> dict[str, Any]:
    """A head as a browser sends it."""
    rules: dict[str, dict[str, Any]] = {
        "flanders": {"beat_s": 3, "bracket": "always"},
        "verbal-flow": {
            "kinds": [{"code": "question", "zh": "教師發問", "en": "asks", "direction": "to_pupil"}]
        },
        "at-task": {"every_s": 180, "codes": [{"code": "A", "zh": "專注", "en": "At task", "on_task": True}]},
        "teacher-movement": {"reach": 1.0},
        "verbatim": {"focus": "questions"},
        "anecdotal": {},
    }
    return {
        "instrument": instrument,
        "title": "五年級 數學",
        "class_name": "五年三班",
        "started_at": "2026-11-23T01:02:03.004Z",
        "ended_at": None,
        "length_ms": None,
        "rule": rules[instrument],
        "plan": None,
        "at": at,
        **more,
    }


def put(n: int, event: dict[str, Any] | None = None, *, event_id: str = "", uid: str = "") -> dict[str, Any]:
    """An operation that sets an event; Flanders code 5 at its beat unless told otherwise."""
    event_id = event_id or new_uid()
    return {
        "uid": uid or new_uid(),
        "n": n,
        "at": START + n * 3000,
        "op": "put",
        "id": event_id,
        "event": {"t": n * 3000, "code": 5, **(event or {}), "id": event_id},
    }


def drop(n: int, event_id: str) -> dict[str, Any]:
    return {"uid": new_uid(), "n": n, "at": START + n * 3000, "op": "drop", "id": event_id}


def plan_data(rows: int = 2, columns: int = 3) -> dict[str, Any]:
    """A small class in rows."""
    seats = [
        {"id": f"s{r * columns + c + 1}", "code": f"{r * columns + c + 1:02d}", "x": float(c), "y": float(r),
         "gender": "f" if c % 2 else "m", "group": "", "mark": "", "absent": False}
        for r in range(rows) for c in range(columns)
    ]  # fmt: skip
    furniture = [{"kind": "board", "x": 1.0, "y": -1.0}]
    return {"seats": seats, "furniture": furniture, "rows": rows, "columns": columns}
