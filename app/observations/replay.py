"""What static/js/replay.js needs to play a recording again: steps, names, and where the seats are."""

from typing import Any

from app.observations import words


def replay(record: dict[str, Any]) -> dict[str, Any]:
    """{"instrument", "steps": [{"t": ms or null, "say": what happened, …}], "seats", "furniture"}.

    A step carries besides: flanders `code`; verbal flow `from`, `to`; at task `seat`, `on`; movement `x`, `y`,
    `part`. `say` is shown and read out; it holds codes of pupils, never names.
    """
    plan = record.get("plan") or {}
    names = words.declared(record)
    steps = [
        {"t": event.get("t"), **_STEPS[record["instrument"]](event, names)} for event in record["events"]
    ]
    if record["instrument"] == "at-task":
        on = {
            row["code"]: row.get("on_task", False)
            for row in record["rule"]["codes"]
            if row.get("counts", True)
        }
        for step, event in zip(steps, record["events"], strict=True):
            step["on"] = on.get(event["code"])
    return {
        "instrument": record["instrument"],
        "steps": steps,
        "seats": [
            {"id": s["id"], "code": s.get("code") or s["id"], "x": s["x"], "y": s["y"]}
            for s in plan.get("seats", [])
        ],
        "furniture": [
            {"name": words.label(f"furniture_{f['kind']}"), "x": f["x"], "y": f["y"]}
            for f in plan.get("furniture", [])
        ],
        "ends": {"teacher": words.label("teacher"), "class": words.label("class")},
        "categories": [words.category(n) for n in range(1, 11)] if record["instrument"] == "flanders" else [],
    }


def said(event: dict[str, Any], record: dict[str, Any]) -> str:
    """One event in words, for lists."""
    if record["instrument"] == "flanders":
        return f"{event['code']} {words.category(event['code'])}"
    return str(_STEPS[record["instrument"]](event, words.declared(record))["say"])


def _flanders(event: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    # The name of the category is in `categories`: a thousand times the same words are not sent.
    return {"code": event["code"]}


def _flow(event: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    who = [names.get(event[end]) or words.label(event[end]) for end in ("from", "to")]
    kind = names.get(event["kind"], event["kind"])
    return {"from": event["from"], "to": event["to"], "say": f"{who[0]} → {who[1]} · {kind}"}


def _at_task(event: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    seat, code = names.get(event["seat"], event["seat"]), names.get(event["code"], event["code"])
    return {"seat": event["seat"], "say": f"{words.label('sweep')} {event['sweep']} · {seat} · {code}"}


def _movement(event: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    seat = names.get(event.get("seat") or "", "")
    parts = [
        words.part(event.get("part", 1)),
        seat,
        words.label(event["reason"]) if event.get("reason") else "",
    ]
    return {
        "x": event["x"],
        "y": event["y"],
        "part": event.get("part", 1),
        "say": " · ".join(filter(None, parts)),
    }


def _verbatim(event: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    return {"say": f"{words.label(event['speaker'])}：{event.get('text', '')}"}


def _anecdotal(event: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    said = [f"{words.label(key)}：{event[key]}" for key in ("teacher", "pupil", "note") if event.get(key)]
    return {"say": "　".join(said)}


_STEPS = {
    "flanders": _flanders,
    "verbal-flow": _flow,
    "at-task": _at_task,
    "teacher-movement": _movement,
    "verbatim": _verbatim,
    "anecdotal": _anecdotal,
}
