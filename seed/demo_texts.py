"""What the demo teachers and reviewers wrote: invented lessons, no real persons."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import yaml

from app.cases.states import Verdict

TYPED = {
    "pre-observation": "pre-observation-a",
    "observation": "observation-105",
    "post-observation": "post-observation-b",
}

# Who watched which lesson, by user name: the texts of one lesson stand in one place.
_FILES = ("demo_lessons_primary.yaml", "demo_lessons_further.yaml")
LESSONS: dict[str, dict[str, Any]] = {
    user: lesson
    for name in _FILES
    for user, lesson in yaml.safe_load(Path(__file__).with_name(name).read_text("utf-8")).items()
}
# Whose record of the lesson is mostly taken over from whose: the one pair that the comparison of texts shall find.
PLANTED = ("teacher.reviewer", "teacher.certified")
_TALKS = "教師會議室"


def typed(username: str) -> dict[str, tuple[str, dict[str, Any]]]:
    """The three forms about the lesson that this user watched: slot -> form and answers."""
    before = "pre-observation-a" if "focus" in LESSONS[username]["before"] else "pre-observation-b"
    codes = {**TYPED, "pre-observation": before}
    return {slot: (code, answers(code, username)) for slot, code in codes.items()}


def answers(code: str, username: str = "teacher.draft", *, unfinished: bool = False) -> dict[str, Any]:
    """A filled form of `code`; `unfinished` stops in the middle, as people do."""
    lesson = LESSONS[username]
    day: date = lesson["day"]

    def at(held_on: date, place: str) -> dict[str, Any]:
        return {**lesson["header"], "held_on": held_on.isoformat(), "place": place}

    feedback = day + timedelta(days=1)
    if code.startswith("pre-observation"):
        form_a = {"role": "none", "position": "back", "recording": "photo"}
        return {
            **at(day - timedelta(days=7), lesson["place"]),
            **(form_a if code.endswith("-a") else {}),
            **lesson["before"],
            "tool": "105年版教師專業發展規準觀察紀錄表",
            "lesson_on": day.isoformat(),
            "lesson_place": lesson["place"],
            "feedback_on": feedback.isoformat(),
            "feedback_place": _TALKS,
        }
    if code.startswith("post-observation"):
        plan = {
            "method_other": "",
            "partner": f"{lesson['header']['teacher']}、同領域夥伴",
            "due": (day + timedelta(days=56)).isoformat(),
            **lesson["growth"],
        }
        return {**at(feedback, _TALKS), **lesson["after"], "growth_plan": [plan]}
    rows = {name: {"evidence": lesson["seen"][name], "rating": r} for name, r in lesson["ratings"].items()}
    if unfinished:
        rows = {"A-2": rows["A-2"]}
    return {
        **at(day, lesson["place"]),
        "goals": lesson["goals"],
        "ratings": {"rubric": "105", "revision": 1, "rows": rows},
    }


RETURN_REASON = "觀察紀錄表未敘寫清楚與教師專業學習社群參與證明未核章"
RETURN_REASONS = [
    {
        "slot": "observation",
        "field": "ratings-A-4-evidence",
        "reason": "unclear",
        "text": "請補上學生學習表現的具體事實。",
    },
    {"slot": "community-proof", "reason": "not-stamped", "text": "請學校主管核章後重新上傳。"},
]
REVISE_REASON = "觀察紀錄表多為評語，請改以具體事實敘寫，並使觀察後回饋會談紀錄與觀察紀錄一致。"
REVISE_PINS: list[dict[str, Any]] = [
    {
        "slot": "observation",
        "field": "ratings-A-3-evidence",
        "reason": "unclear",
        "text": "「教師很用心」是評語，請改寫為看到、聽到的事實。",
    },
    {"slot": "post-observation", "field": "growth_plan", "text": "成長計畫請與觀察紀錄的發現連結。"},
    {"slot": "pre-observation", "field": "focus", "text": "觀察焦點可再具體。", "must": False},
]
FAIL_REASON = "觀察後回饋會談紀錄表未完整"

COMMENTS = {
    Verdict.PASS: ("焦點明確，脈絡完整。", "事實具體，能區分教師與學生行為。", "回饋有證據，成長計畫可行。"),
    Verdict.MINOR: ("焦點可再具體一些。", "事實清楚，A-4 可補學生反應。", "成長計畫可行。"),
    Verdict.REVISE: (
        "焦點可再具體。",
        "A-3、A-4 多為「教師很用心」等評語，請補事實。",
        "成長計畫與觀察紀錄沒有連結。",
    ),
    Verdict.FAIL: ("焦點未敘明。", "觀察紀錄沒有學生學習表現。", "回饋會談紀錄只有一句，缺少成長計畫。"),
}
REMARKS = {
    Verdict.PASS: "整體完整，建議通過。",
    Verdict.MINOR: "小幅修正即可，建議修正後通過。",
    Verdict.REVISE: "請依各表意見修正後再送複審。",
    Verdict.FAIL: "三份紀錄均不足以呈現觀察與回饋的歷程。",
}

NEIGHBOURS = ("周雅芳", "徐志豪", "謝宜庭", "曾俊傑", "葉思妤", "江文彥", "潘玉婷")
