"""One lesson of the demo, recorded with every instrument: the same at every call, plausible, nobody's.

A fifth grade finds out the area of a triangle. Pupils are numbers in seats.
"""

import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Any

from app.access.models import PortalUser
from app.observations import queries, service
from app.observations.models import Recording

CLASS = "五年三班"
BEAT = 3000
MINUTE = 60_000
ROWS, COLUMNS = 6, 5
_NAMESPACE = uuid.UUID("6f2b1d0e-7c35-4b51-9c3b-1c9d3c0f5a77")

Json = dict[str, Any]

# What tends to follow each category, as (category, weight).
_NEXT = {
    1: ((3, 3), (4, 4), (5, 2)),
    2: ((3, 2), (4, 5), (5, 3), (9, 1)),
    3: ((3, 4), (4, 4), (5, 3), (9, 2)),
    4: ((4, 3), (8, 9), (10, 3), (9, 1)),
    5: ((5, 14), (4, 4), (6, 2), (9, 1)),
    6: ((6, 3), (10, 4), (8, 3), (5, 2)),
    7: ((6, 3), (5, 2), (10, 1)),
    8: ((8, 7), (2, 3), (3, 4), (4, 3), (5, 1)),
    9: ((9, 5), (3, 4), (1, 1), (4, 2), (8, 1)),
    10: ((10, 6), (4, 2), (8, 2), (5, 2), (6, 1), (7, 1)),
}


def plan() -> Json:
    """Six rows of five, two marks, one seat empty."""
    seats = [
        {
            "id": f"s{n + 1}",
            "code": f"{n + 1:02d}",
            "x": float(n % COLUMNS) * 1.5,
            "y": float(n // COLUMNS) * 1.2,
            "gender": "fm"[(n + n // COLUMNS) % 2],
            "group": "ABCDEF"[n // COLUMNS],
            "mark": {7: "近視", 21: "轉學生"}.get(n, ""),
            "absent": n == 18,
        }
        for n in range(ROWS * COLUMNS)
    ]
    furniture = [
        {"kind": "board", "x": 3.0, "y": -1.6},
        {"kind": "desk", "x": 5.2, "y": -1.1},
        {"kind": "door", "x": -1.2, "y": -0.8},
        {"kind": "screen", "x": 1.0, "y": -1.6},
        {"kind": "window", "x": 7.3, "y": 3.0},
    ]
    return {"seats": seats, "furniture": furniture, "rows": ROWS, "columns": COLUMNS}


def record_all(user: PortalUser, *, begun: datetime) -> None:
    """A seating plan and one recording with each instrument, as the user's tablet would have sent them."""
    chance = Random(f"lesson of {user.username}")
    service.save_plan(user, _uid(user, "plan"), name=CLASS, data=plan(), version=0)
    flow = queries.code_sets("verbal-flow")[0]["codes"]
    task = queries.code_sets("at-task")[0]["codes"]
    kinds = [{key: kind[key] for key in ("code", "zh", "en")} for kind in flow]
    lessons: tuple[tuple[str, str, Json, list[Json], bool], ...] = (
        ("flanders", "三角形面積 師生互動", {"beat_s": 3, "bracket": "always"}, list(_talk(chance)), False),
        ("verbal-flow", "三角形面積 語言流動", {"kinds": flow}, list(_exchanges(chance)), True),
        ("at-task", "三角形面積 在工作中", {"every_s": 300, "codes": task}, list(_sweeps(chance)), True),
        ("teacher-movement", "三角形面積 教師移動", {"reach": 1.0}, list(_walk(chance)), True),
        ("verbatim", "三角形面積 教師提問", {"focus": "questions", "kinds": kinds}, list(_words()), False),
        ("anecdotal", "三角形面積 軼事紀錄", {}, list(_notes()), False),
    )
    for number, (instrument, title, rule, events, seated) in enumerate(lessons):
        start = begun + timedelta(days=number)
        length = (
            max(40 * MINUTE, events[-1]["t"] + BEAT) if instrument != "flanders" else events[-1]["t"] + BEAT
        )
        head = {
            "instrument": instrument,
            "title": title,
            "class_name": CLASS,
            "started_at": start.isoformat(),
            "ended_at": (start + timedelta(milliseconds=length)).isoformat(),
            "length_ms": length,
            "rule": rule,
            "plan": plan() if seated else None,
            "at": round(start.timestamp() * 1000) + length,
        }
        _push(user, instrument, head, events, start)


def _push(user: PortalUser, instrument: str, head: Json, events: list[Json], start: datetime) -> Recording:
    begun = round(start.timestamp() * 1000)
    ops = []
    for n, event in enumerate(events, 1):
        event_id = _uid(user, instrument, n)
        ops.append(
            {
                "uid": _uid(user, instrument, n, "op"),
                "n": n,
                "at": begun + event["t"],
                "op": "put",
                "id": event_id,
                "event": {**event, "id": event_id},
            }
        )
    row, _known = service.push_ops(user, _uid(user, instrument), head=head, ops=ops)
    return row


def _uid(user: PortalUser, *parts: object) -> str:
    return str(uuid.uuid5(_NAMESPACE, "/".join(map(str, (user.username, *parts)))))


def _talk(chance: Random) -> Iterator[Json]:
    """420 codes on the beat; twice the observer lost the thread for some seconds."""
    code, t = 6, 1400
    for n in range(420):
        yield {"t": t + chance.randint(-350, 350), "code": code, "part": 1 + n // 105}
        t += BEAT * (4 if n in (133, 291) else 1)
        codes, weights = zip(*_NEXT[code], strict=True)
        code = chance.choices(codes, weights)[0]


def _exchanges(chance: Random) -> Iterator[Json]:
    """The teacher asks those in front and in the middle; a few volunteer, some are never reached."""
    reached = [2, 3, 4, 7, 8, 9, 12, 13, 14, 3, 8, 13, 17, 18, 6, 23]
    t = 0
    for n in range(64):
        t += chance.randint(12_000, 42_000)
        seat, part = f"s{chance.choice(reached)}", 1 + n // 16
        kind = chance.choices(
            (
                "question",
                "answer",
                "praise",
                "direction",
                "correction",
                "volunteer",
                "pupil_question",
                "peer",
            ),
            (9, 8, 4, 2, 1, 4, 2, 2),
        )[0]
        if kind == "peer":
            sides = (seat, f"s{chance.choice([1, 5, 10, 16])}")
        elif kind in ("answer", "volunteer", "pupil_question"):
            sides = (seat, "teacher")
        else:
            sides = ("teacher", "class" if chance.random() < 0.2 else seat)
        yield {"t": t, "from": sides[0], "to": sides[1], "kind": kind, "part": part}


def _sweeps(chance: Random) -> Iterator[Json]:
    """Six sweeps, seat by seat; attention drops towards the back and comes back for the group work."""
    at_work = (0.95, 0.86, 0.74, 0.66, 0.84, 0.9)
    for sweep, share in enumerate(at_work, 1):
        t = 60_000 + (sweep - 1) * 6 * MINUTE
        for n in range(ROWS * COLUMNS):
            t += chance.randint(3000, 4800)
            back = (n // COLUMNS) * 0.045
            if n == 18:
                code = "absent"
            elif chance.random() < 0.02:
                code = "unseen"
            elif chance.random() < share - back + 0.08:
                code = "A"
            else:
                code = chance.choices("BCDEF", (5, 1, 1, 6, 2))[0]
            yield {"t": t, "sweep": sweep, "seat": f"s{n + 1}", "code": code}


def _walk(chance: Random) -> Iterator[Json]:
    """In front, a round along the desks, help where it is asked for, back to the board."""
    seats = {seat["id"]: seat for seat in plan()["seats"]}
    rounds = (
        (1, ["", "", "s3", "", "s4", ""]),
        (2, ["s1", "s6", "s11", "s16", "s17", "s12", "s7", "s2", "s8"]),
        (3, ["s13", "s14", "s20", "s9", "s24", "s29", "s28", "s23", "s18", "s13"]),
        (4, ["", "s5", "s4", "", "s3", ""]),
    )
    t = 0
    for part, stops in rounds:
        for stop in stops:
            seat = seats.get(stop)
            reason = chance.choice(("help", "help", "patrol", "manage")) if seat else "other"
            yield {
                "t": t,
                "x": seat["x"] + 0.5 if seat else round(chance.uniform(1.5, 4.5), 1),
                "y": seat["y"] + 0.2 if seat else -1.0,
                "seat": stop or None,
                "contact": bool(seat) and chance.random() < 0.7,
                "reason": reason,
                "part": part,
            }
            t += chance.randint(25_000, 120_000) if seat else chance.randint(40_000, 150_000)


# (minute, second), speaker, words, kind, level, wait in seconds
_SAID = (
    ((1, 5), "teacher", "這張紙沿著對角線剪開，會變成什麼形狀？", "question", "open", 4),
    ((1, 14), "pupil", "兩個三角形。", "answer", "", None),
    ((1, 20), "teacher", "這兩個三角形一樣大嗎？你怎麼知道？", "question", "open", 6),
    ((1, 33), "pupil", "疊起來剛剛好。", "answer", "", None),
    ((3, 2), "teacher", "長方形的面積怎麼算？", "question", "closed", 2),
    ((3, 6), "pupil", "長乘以寬。", "answer", "", None),
    ((3, 15), "teacher", "那麼一個三角形的面積呢？", "question", "closed", 3),
    ((3, 21), "pupil", "再除以二。", "answer", "", None),
    ((8, 40), "teacher", "如果不是直角三角形，這個方法還可以用嗎？", "question", "open", 9),
    ((8, 58), "pupil", "為什麼一定要找高？", "pupil_question", "", None),
    ((9, 10), "teacher", "哪一組可以用你們的紙片說明？", "question", "open", 5),
    ((14, 30), "teacher", "底是八公分，高是五公分，面積是多少？", "question", "closed", 3),
    ((14, 36), "pupil", "二十平方公分。", "answer", "", None),
    ((22, 5), "teacher", "有沒有不同的算法？", "question", "open", 7),
    ((22, 18), "pupil", "我先把高除以二再乘以底。", "volunteer", "", None),
    ((31, 50), "teacher", "今天的公式是怎麼來的？說給旁邊的同學聽。", "question", "open", 5),
)  # fmt: skip


def _words() -> Iterator[Json]:
    for (minute, second), speaker, text, kind, level, wait in _SAID:
        yield {
            "t": (minute * 60 + second) * 1000,
            "speaker": speaker,
            "text": text,
            "kind": kind,
            "level": level,
            "wait_ms": wait * 1000 if wait else None,
        }


# (minute, second), until, teacher, pupils, the observer's own note
_SEEN = (
    ((0, 10), (2, 0), "發給每組一張長方形色紙與剪刀。", "各組一人到前面領取；第五組兩人同時伸手拿剪刀。", ""),
    ((2, 0), (6, 30), "在黑板畫對角線，說：「沿著線剪開。」", "二十六人動手剪；08 號把紙轉了兩次才剪。", ""),
    ((6, 30), (9, 40), "問：「兩個三角形一樣大嗎？」等候約六秒。", "十一人舉手，13 號上臺把兩片疊在一起。", ""),
    ((9, 40), (15, 0), "走到第四組旁，蹲下看學習單。", "第四組四人圍著一張學習單，其中兩人在寫。", "19 號請假。"),
    ((15, 0), (22, 0), "請各組把算法貼到黑板。", "五組貼出「底×高÷2」，第二組貼出「高÷2×底」。", ""),
    ((22, 0), (27, 0), "指著第二組的紙條問：「他們為什麼先除以二？」", "03 號、22 號先後說明；後排三人交談。", ""),
    ((27, 0), (34, 0), "發下練習題三題，沿走道走兩圈。", "多數人低頭書寫；24 號看著窗外約一分鐘。", ""),
    ((34, 0), (39, 0), "請學生向鄰座說公式的由來。", "兩兩面對面說話，聲音變大；29 號獨自翻課本。", ""),
)  # fmt: skip


def _notes() -> Iterator[Json]:
    for begin, end, teacher, pupil, note in _SEEN:
        yield {
            "t": (begin[0] * 60 + begin[1]) * 1000,
            "t_end": (end[0] * 60 + end[1]) * 1000,
            "teacher": teacher,
            "pupil": pupil,
            "note": note,
        }
