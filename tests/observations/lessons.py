"""Lessons as records: one for each instrument, the same at every call."""

from random import Random
from typing import Any

KINDS = [
    {"code": code, "zh": zh, "en": en, "direction": direction}
    for code, zh, en, direction in (
        ("question", "教師發問", "Question", "to_pupil"),
        ("praise", "教師稱讚", "Praise", "to_pupil"),
        ("correction", "教師糾正/批評", "Correction", "to_pupil"),
        ("direction", "教師指示", "Direction", "to_pupil"),
        ("answer", "學生回答(被點)", "Answer when called on", "from_pupil"),
        ("volunteer", "學生主動發言", "Volunteered", "from_pupil"),
        ("pupil_question", "學生發問", "Pupil's question", "from_pupil"),
        ("peer", "生生對話", "Between pupils", "between"),
    )
]
CODES = [
    {"code": "A", "zh": "專注(在工作中)", "en": "At task", "on_task": True, "counts": True},
    {"code": "B", "zh": "停頓/發呆", "en": "Stalled", "on_task": False, "counts": True},
    {"code": "C", "zh": "做其他功課", "en": "Other schoolwork", "on_task": False, "counts": True},
    {"code": "D", "zh": "離座", "en": "Out of seat", "on_task": False, "counts": True},
    {"code": "E", "zh": "與鄰座交談", "en": "Talking to neighbour", "on_task": False, "counts": True},
    {"code": "F", "zh": "玩耍", "en": "Playing", "on_task": False, "counts": True},
    {"code": "absent", "zh": "缺席", "en": "Absent", "on_task": False, "counts": False},
    {"code": "unseen", "zh": "看不到", "en": "Not seen", "on_task": False, "counts": False},
]


def plan(rows: int = 5, columns: int = 6) -> dict[str, Any]:
    """A class in rows: boys and girls by turns, the last seat empty today."""
    seats = [
        {
            "id": f"s{n + 1}",
            "code": f"{n + 1:02}",
            "x": float(n % columns) * 1.5,
            "y": float(n // columns) * 1.5,
            "gender": "fm"[n % 2],
            "group": "",
            "mark": "",
            "absent": n == rows * columns - 1,
        }
        for n in range(rows * columns)
    ]
    furniture = [{"kind": "board", "x": 3.75, "y": -2.0}, {"kind": "door", "x": 8.5, "y": -1.5}]
    return {"seats": seats, "furniture": furniture, "rows": rows, "columns": columns}


def _record(
    instrument: str, rule: dict[str, Any], events: list[dict[str, Any]], **more: Any
) -> dict[str, Any]:
    return {
        "format": "portal-observation/1",
        "uid": f"00000000-0000-4000-8000-{abs(hash_of(instrument)):012}",
        "instrument": instrument,
        "title": "分數的加減",
        "class_name": "五年甲班",
        "started_at": "2026-11-23T01:02:03.000Z",
        "length_ms": 2_400_000,
        "rule": rule,
        "plan": None,
        "events": [{"id": f"{instrument}-{n}", **event} for n, event in enumerate(events)],
        **more,
    }


def hash_of(text: str) -> int:
    return sum(ord(char) * 31**n for n, char in enumerate(text)) % 10**12


def flanders(codes: list[int] | None = None, bracket: str = "always") -> dict[str, Any]:
    """A lesson of 40 minutes with two gaps, or the given codes three seconds apart."""
    chance, t, events = Random(7), 0, []
    if codes is None:
        codes, code = [], 5
        follow = {5: [5, 5, 5, 4, 6], 4: [8, 8, 4, 10, 9], 8: [2, 3, 8, 4], 9: [3, 9, 2], 6: [10, 10, 6, 5]}
        for _n in range(780):
            codes.append(code)
            code = chance.choice(follow.get(code, [4, 5, 3, 5, 8, 10, 1]))
    for n, code in enumerate(codes):
        events.append({"t": t, "part": 1, "code": code})
        t += 3000 if n not in (200, 500) else 33_000
    return _record("flanders", {"beat_s": 3, "bracket": bracket}, events)


def verbal_flow() -> dict[str, Any]:
    """Talk with the front and middle rows; the back row is not reached."""
    chance, events = Random(3), []
    for n in range(60):
        seat = f"s{chance.choice([1, 2, 3, 3, 3, 4, 5, 8, 9, 9, 10, 11, 15, 16, 17, 21, 22])}"
        kind = KINDS[chance.choice([0, 0, 0, 1, 2, 3, 4, 4, 5, 6, 7])]
        ends = {"to_pupil": ("teacher", seat), "from_pupil": (seat, "teacher"), "between": (seat, "s10")}
        source, target = ends[str(kind["direction"])]
        if source == target:
            continue
        if n % 12 == 0:
            source, target, kind = "teacher", "class", KINDS[0]
        events.append(
            {"t": n * 40_000, "part": 1 + n // 20, "from": source, "to": target, "kind": kind["code"]}
        )
    return _record("verbal-flow", {"kinds": KINDS}, events, plan=plan())


def at_task(sweeps: int = 6) -> dict[str, Any]:
    """Sweeps through all seats; attention falls towards the end."""
    chance, events = Random(5), []
    for sweep in range(1, sweeps + 1):
        for n in range(1, 31):
            weights = [14 - sweep, 2, 1, 1, sweep, 1]
            code = "absent" if n == 30 else chance.choices("ABCDEF", weights)[0]
            events.append(
                {"t": sweep * 300_000 + n * 3000, "part": 1, "sweep": sweep, "seat": f"s{n}", "code": code}
            )
    return _record("at-task", {"every_s": 300, "codes": CODES}, events, plan=plan())


def movement() -> dict[str, Any]:
    """From the board through the aisles, in four parts."""
    chance, t, events = Random(9), 0, []
    for n in range(36):
        seat = None if n % 6 == 0 else f"s{chance.randint(1, 20)}"
        x, y = (3.75, -1.2)
        if seat:
            number = int(seat[1:]) - 1
            x, y = number % 6 * 1.5 + 0.7, number // 6 * 1.5
        events.append(
            {
                "t": t,
                "part": 1 + n // 9,
                "x": x,
                "y": y,
                "seat": seat,
                "contact": n % 3 == 1,
                "reason": chance.choice(["patrol", "help", "manage", "handout", ""]),
            }
        )
        t += chance.choice([8000, 20_000, 60_000, 120_000])
    return _record("teacher-movement", {"reach": 1.0}, events, plan=plan(), length_ms=t)


def verbatim() -> dict[str, Any]:
    """Questions word for word, with the replies."""
    chance, events = Random(11), []
    for n in range(24):
        teacher = n % 2 == 0
        events.append(
            {
                "t": n * 90_000,
                "part": 1,
                "speaker": "teacher" if teacher else "pupil",
                "text": "為什麼分母要一樣？" if teacher else "因為每一份要一樣大。",
                "kind": chance.choice(["發問", "回饋", "指示"]) if teacher else "",
                "level": chance.choice(["open", "closed"]) if teacher else "",
                "wait_ms": chance.choice([800, 1500, 3200]) if teacher else None,
            }
        )
    return _record("verbatim", {"focus": "教師發問"}, events)


def anecdotal() -> dict[str, Any]:
    """What happened, minute by minute."""
    events = [
        {
            "t": n * 240_000,
            "t_end": n * 240_000 + 150_000 if n % 2 else None,
            "part": 1,
            "teacher": "在黑板上畫圓餅圖" if n % 3 else "",
            "pupil": "三組學生舉手",
            "note": "可追問" if n == 2 else "",
        }
        for n in range(9)
    ]
    return _record("anecdotal", {}, events)


ALL = {
    "flanders": flanders,
    "verbal-flow": verbal_flow,
    "at-task": at_task,
    "teacher-movement": movement,
    "verbatim": verbatim,
    "anecdotal": anecdotal,
}
