"""What somebody types into each official form, and recordings to choose from."""

import uuid
from typing import Any

from app.forms.header import ObservationHeader
from tests.observations import lessons

SLOTS = {
    "pre-observation-a": "pre-observation",
    "pre-observation-b": "pre-observation",
    "pre-observation-other": "pre-observation",
    "observation-105": "observation",
    "observation-101": "observation",
    "anecdotal": "observation",
    "verbal-flow": "observation",
    "at-task": "observation",
    "teacher-movement": "observation",
    "flanders": "observation",
    "verbatim": "observation",
    "post-observation-a": "post-observation",
    "post-observation-b": "post-observation",
    "post-observation-other": "post-observation",
}
# The forms of the mentor tracks and of renewal: slot of each, and the track that has it.
MENTORING = {
    "mentor-recommendation": ("mentor-recommendation", "mentor"),
    "mentoring-plan": ("mentoring-plan", "mentor"),
    "mentoring-log": ("mentoring-log-1", "mentor"),
    "mentoring-case": ("mentoring-case", "mentor"),
    "mentoring-evidence": ("mentoring-evidence", "mentor-renewal-1"),
}
ALL = (*SLOTS, *MENTORING)
INSTRUMENTS = tuple(lessons.ALL)
QUANTITATIVE = ("flanders", "verbal-flow", "at-task", "teacher-movement")

HEADER = {
    "teacher": "何佳蓉",
    "teacher_grade": "五年級",
    "teacher_subject": "數學",
    "unit": "異分母分數的比較",
    "periods_total": "6",
    "period_no": "2",
    "held_on": "115/10/5",
    "place": "五年三班教室",
}
DATES = {"lesson_on": "2026-10-05", "feedback_on": "民國115年10月6日"}
ANALYSIS = {"analysis": "提問之後教師多半接著講解，學生主動發言集中在後段。"}
TYPED: dict[str, dict[str, str]] = {
    "pre-observation-a": {
        "course_context": "能以通分比較分數",
        "focus": "誰沒有開口？",
        "tool": "座位表",
        **DATES,
    },
    "pre-observation-b": {
        "goals": "能以通分比較分數",
        "experience": "已會擴分與約分",
        "procedure": "情境引起動機，小組操作",
        "strategies": "先預測再驗證",
        "assessment": "學習單三題",
        "tool": "佛蘭德斯互動分析法",
        **DATES,
    },
    "pre-observation-other": {"record_title": "本校共備紀錄", "content": "三位教師一起討論了教材。"},
    "observation-105": {"goals": "能說明理由"},
    "observation-101": {"goals": "能說明理由"},
    "anecdotal": {
        "focus": "第二組的合作",
        "rows-0-time": "9:05",
        "rows-0-teacher": "教師走到第二組，問「你怎麼知道」。",
        "rows-0-pupils": "兩位學生把分數板疊在一起。",
    },
    "verbatim": {
        "focus": "教師的提問",
        "rows-0-time": "3:10",
        "rows-0-teacher": "為什麼分母要一樣？",
        "rows-1-pupils": "因為每一份要一樣大。",
        **ANALYSIS,
    },
    **{code: ANALYSIS for code in QUANTITATIVE},
    "post-observation-a": {
        "facts": "教師提問14次，其中6次追問。",
        "relation": "追問之後學生的回答變長。",
        "insight": "等待時間值得再試。",
        "decision": "下一次觀察候答時間。",
    },
    "post-observation-b": {
        "strengths": "操作與圖像並用。",
        "to_change": "第四組沒有機會開口。",
        "learnt": "看見學生如何說理由。",
    },
    "post-observation-other": {"record_title": "本校議課紀錄", "content": "談了候答時間與分組。"},
    "mentor-recommendation": {
        "experience": "社群召集人三年",
        "regular_years": "9",
        "teaching_years": "8",
        "number": "桃園證號第B112002031號",
        "reason": "樂於分享教室，同事願意請他入班。",
        "meeting": "課程發展委員會",
        "held_on": "115/10/5",
        "present": "23",
        "agreed": "22",
        "principal": "彭玉蘭",
        "staff": "32",
        "recommended_before": "15",
        "recommended_now": "1",
    },
    "mentoring-plan": {
        "mentee": "游雅筑",
        "mentee_kind": "beginning",
        "starts_on": "115/10/5",
        "ends_on": "2027-01-15",
        "needs": "想減少講述的時間",
        "goal": "設計兩節小組討論的課",
        "steps-0-when": "第一週",
        "steps-0-focus": "彼此期待",
        "steps-0-content": "一起看學生作業",
    },
    "mentoring-log": {
        "mentee": "游雅筑",
        "held_on": "115/10/5",
        "method": "talk",
        "topic": "離場卡怎麼分類",
        "content": "把離場卡分成三疊",
        "outcome": "發現沒依據的多半坐後排",
    },
    "mentoring-case": {
        "mentee": "游雅筑",
        "starts_on": "115/10/5",
        "ends_on": "2026-12-28",
        "background": "初任教師，二十八位學生",
        "problem": "提問之後很快自己回答",
        "strategies": "先看作品再談教學",
        "process_rows-0-held_on": "2026-10-12",
        "process_rows-0-done": "共同備課一節",
        "result": "等待的時間變長了",
        "reflection": "先問對方看到什麼",
    },
    "mentoring-evidence": {
        "number": "桃園輔字第106018號",
        "number_year": "106",
        "mentees-0-mentee": "賴怡萱",
        "mentees-0-school": "市立東門國小",
        "mentees-0-starts_on": "115/10/5",
        "mentees-0-ends_on": "2026-12-27",
        "mentees-0-content": "每週一次備課",
        "mentees-1-mentee": "施冠廷",
        "mentees-1-school": "市立中埔國小",
        "mentees-1-starts_on": "2025-02-17",
        "mentees-1-ends_on": "2025-05-11",
        "mentees-1-content": "班級經營晤談",
    },
}


def ratings(form: Any) -> dict[str, str]:
    """Facts and a rating for every row of a rubric form; each third one of 101 was not shown."""
    found: dict[str, str] = {}
    for number, row in enumerate(form.ratings.rows):
        if form.ratings.per == "checkpoint" and number % 3 == 2:
            found[f"ratings-{row.code}-rating"] = "not_shown"
            continue
        found[f"ratings-{row.code}-evidence"] = f"第{number}項事實，學生舉手。"
        found[f"ratings-{row.code}-rating"] = "developing" if number == 1 else "satisfactory"
    return found


def typed(form: Any) -> dict[str, str]:
    """Everything that makes the form complete, but for the recording."""
    head = HEADER if isinstance(form, ObservationHeader) else {}
    return {**head, **TYPED[form.code], **(ratings(form) if form.code.startswith("observation-1") else {})}


def batch(instrument: str, *, ended: bool = True, **changes: Any) -> dict[str, Any]:
    """A recording of a whole lesson as a browser sends it: uid, head, ops."""
    record = lessons.ALL[instrument]() | changes
    head = {key: record[key] for key in ("instrument", "title", "class_name", "started_at", "rule", "plan")}
    head |= {
        "at": 1,
        "length_ms": record["length_ms"],
        "ended_at": "2026-11-23T01:42:03.000Z" if ended else None,
    }
    ops = [put(number, event) for number, event in enumerate(record["events"])]
    return {"uid": str(uuid.uuid4()), "head": head, "ops": ops}


def recording(owner: Any, instrument: str, **changes: Any) -> str:
    """A recording in the owner's name; its uid. To be called inside a transaction."""
    from app.observations import service

    made = batch(instrument, **changes)
    service.push_ops(owner, made["uid"], head=made["head"], ops=made["ops"])
    return str(made["uid"])


def put(number: int, event: dict[str, Any]) -> dict[str, Any]:
    """The operation that sets an event."""
    event_id = str(uuid.uuid4())
    return {
        "uid": str(uuid.uuid4()),
        "n": number,
        "at": number,
        "op": "put",
        "id": event_id,
        "event": {**event, "id": event_id},
    }
