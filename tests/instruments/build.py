"""Records as a browser makes them, small enough to reckon by hand."""

from typing import Any


def record(instrument: str, events: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    """A record; events get the ids e1, e2, …"""
    rules = {"verbal-flow": {"kinds": []}, "at-task": {"codes": []}}
    return {
        "format": "portal-observation/1",
        "uid": "7d0f3d5e-5f2b-4f0e-9a51-0a6f2b6c1c11",
        "instrument": instrument,
        "title": "",
        "class_name": "",
        "started_at": None,
        "length_ms": None,
        "rule": rules.get(instrument, {}),
        "plan": None,
        "events": [{"id": f"e{n}", **event} for n, event in enumerate(events, 1)],
    } | more


def plan(columns: int, rows: int, **seats: dict[str, Any]) -> dict[str, Any]:
    """Seats s1, s2, … row by row from the board; the pupil of s1 has the code 01; `s3={"absent": True}` changes one."""
    made = []
    for n in range(rows * columns):
        seat = {
            "id": f"s{n + 1}",
            "code": f"{n + 1:02}",
            "x": n % columns,
            "y": n // columns,
            "gender": "fm"[n % 2],
            "group": "",
            "mark": "",
            "absent": False,
        }
        made.append(seat | seats.get(seat["id"], {}))
    return {
        "seats": made,
        "furniture": [{"kind": "board", "x": 1, "y": -1}],
        "rows": rows,
        "columns": columns,
    }


def codes(*categories: int, every_ms: int | None = 3000) -> dict[str, Any]:
    """A Flanders record, one code for each beat; `every_ms=None` leaves it without times."""
    events = [
        {"code": code, "t": None if every_ms is None else n * every_ms}
        for n, code in enumerate(categories, 1)
    ]
    return record("flanders", events)
