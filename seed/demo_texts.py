"""What the demo teachers and reviewers wrote: invented lessons, no real persons."""

from typing import Any

from app.cases.states import Verdict

TYPED = {
    "pre-observation": "pre-observation-a",
    "observation": "observation-105",
    "post-observation": "post-observation-b",
}

_HEADER = {
    "teacher": "何佳蓉",
    "teacher_grade": "五年級",
    "teacher_subject": "數學",
    "community": "數學共備社群",
    "unit": "異分母分數的比較",
    "periods_total": 6,
    "period_no": 2,
}

_PRE = {
    **_HEADER,
    "held_on": "2026-09-28",
    "place": "五年三班教室",
    "course_context": "學習目標：能以通分比較兩個異分母分數的大小，並說明理由。\n"
    "學生經驗：已會擴分與約分，約三分之一的學生仍以分母大小直接判斷。\n"
    "教學流程：以披薩分配情境引起動機，小組操作分數板，再歸納通分的方法。\n"
    "學習策略：先各自預測、再以分數板驗證、最後兩兩互說。\n"
    "評量方式：學習單三題與課堂提問，以能說出理由為通過標準。",
    "focus": "學生操作分數板時，是否真的用它來說明理由？哪些學生沒有開口？",
    "tool": "105年版教師專業發展規準觀察紀錄表",
    "role": "none",
    "position": "back",
    "recording": "photo",
    "recording_use": "只拍學習單與板書，會後刪除。",
    "other": "請觀課人員留意第二、四組。",
    "lesson_on": "2026-10-05",
    "lesson_place": "五年三班教室",
    "feedback_on": "2026-10-06",
    "feedback_place": "教師會議室",
}

_RATINGS = {
    "A-2": (
        "教師以「三個人分兩個披薩」與「四個人分三個披薩」提問，22位學生中有17位舉手。\n"
        "板書將兩個分數畫在等長的線段上，並以不同顏色標出通分後的單位。\n"
        "下課前請三位學生各說一句「今天怎麼知道誰比較大」。",
        "excellent",
    ),
    "A-3": (
        "教師提問後停留約五秒才點名，共提問14次，其中6次追問「你怎麼知道」。\n"
        "小組操作時，教師走到第一、三、五組各兩次，未到第四組。\n"
        "第二組的兩位學生以分數板互相說明，教師請他們上臺示範。",
        "satisfactory",
    ),
    "A-4": (
        "學習單第一題全班完成，第三題有9位學生未寫理由，教師收回後逐一圈記。\n"
        "教師依學習單結果，將第三題改為兩人討論後再寫。",
        "satisfactory",
    ),
    "B-1": ("學生依手勢三秒內安靜；操作結束後各組自行收拾分數板。", "excellent"),
    "B-2": ("座位為四人一組，走道可通行；第四組離白板較遠，有兩位學生需起身才看得到。", "developing"),
}

_POST = {
    **_HEADER,
    "held_on": "2026-10-06",
    "place": "教師會議室",
    "strengths": "情境貼近學生經驗，提問後留有等待時間；學生能以分數板說明理由，同儕互動熱絡。",
    "to_change": "第四組整節未與教師互動，第三題有9位學生未寫理由，可調整走動路線與小組任務。",
    "growth_plan": [
        {
            "indicator": "B-2 安排學習情境,促進師生互動",
            "method": "retry",
            "method_other": "",
            "content": "調整座位，讓第四組靠近白板，並預先設計巡視路線。",
            "partner": "何佳蓉、共備社群夥伴",
            "due": "2026-11-30",
        }
    ],
    "learnt": "我學到先約定焦點學生，觀察紀錄才有證據可談；回饋時以「我看到…」開頭，老師比較願意討論。",
}


def answers(code: str, *, unfinished: bool = False) -> dict[str, Any]:
    """A filled form of `code`; `unfinished` stops in the middle, as people do."""
    if code == "pre-observation-a":
        return dict(_PRE)
    if code == "post-observation-b":
        return dict(_POST)
    rows = {name: {"evidence": text, "rating": rating} for name, (text, rating) in _RATINGS.items()}
    if unfinished:
        rows = {"A-2": rows["A-2"]}
    return {
        **_HEADER,
        "held_on": "2026-10-05",
        "place": "五年三班教室",
        "goals": "能以通分比較異分母分數的大小，並說出理由。",
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
