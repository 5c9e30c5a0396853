"""What the mentors of the demo wrote: invented lessons and colleagues, no real persons."""

from typing import Any

_FIRST = {
    "teacher": "游雅筑",
    "teacher_grade": "三年級",
    "teacher_subject": "國語文",
    "unit": "寓言裡的人物",
    "periods_total": 5,
    "period_no": 3,
}
_SECOND = {
    "teacher": "游雅筑",
    "teacher_grade": "三年級",
    "teacher_subject": "社會",
    "unit": "家鄉的市場",
    "periods_total": 4,
    "period_no": 1,
}
_WITH = {"mentee": "游雅筑", "mentee_grade": "三年級", "mentee_subject": "國語文"}

_PRE_1 = {
    **_FIRST,
    "held_on": "2026-09-30",
    "place": "三年二班教室",
    "course_context": "學生讀過兩則寓言，能說出角色做了什麼，還不太會從對話推想角色的想法。\n"
    "本節以角色扮演讓各組替狐狸補上一句心裡話，再回到課文找支持的句子。",
    "focus": "學生替角色說話時，有沒有回到課文找根據？教師如何回應沒有根據的答案？",
    "tool": "105年版教師專業發展規準觀察紀錄表",
    "role": "none",
    "position": "back",
    "recording": "none",
    "lesson_on": "2026-10-07",
    "lesson_place": "三年二班教室",
    "feedback_on": "2026-10-08",
    "feedback_place": "輔導室",
}
_RATINGS = {
    "A-2": (
        "教師先請學生用一句話說出上一節的故事，五位學生依序接力。\n"
        "以「如果你是烏鴉，聽到這句話會想什麼」連結生活經驗。",
        "satisfactory",
    ),
    "A-3": (
        "各組在小白板寫下狐狸的心裡話，教師要求旁邊註明課文第幾行。\n"
        "六組中有四組寫出行數，兩組只寫感想，教師請他們再找一次。",
        "satisfactory",
    ),
    "A-4": ("下課前每人完成一張離場卡，教師當場分成三疊，說明明天先談哪一疊。", "excellent"),
    "B-1": ("學生輪流擔任計時與發言，換人時自行交接名牌。", "excellent"),
    "B-2": ("教師蹲下來聽第五組說話約一分鐘，沒有打斷；該組隨後主動舉手發表。", "satisfactory"),
}
_OBSERVED_1 = {
    **_FIRST,
    "held_on": "2026-10-07",
    "place": "三年二班教室",
    "goals": "能從角色的言行推論其想法，並指出課文中的依據。",
    "ratings": {
        "rubric": "105",
        "revision": 1,
        "rows": {name: {"evidence": text, "rating": rating} for name, (text, rating) in _RATINGS.items()},
    },
}
_POST_1 = {
    **_FIRST,
    "held_on": "2026-10-08",
    "place": "輔導室",
    "strengths": "要求註明行數，讓學生的想像有所依據；離場卡使教師在下課前就掌握全班的理解。",
    "to_change": "兩組沒有找到依據時，教師重述了指令，可改以提示線索的方式協助。",
    "growth_plan": [
        {
            "indicator": "A-3 運用適切教學策略與溝通技巧,幫助學生學習",
            "method": "retry",
            "method_other": "",
            "content": "為找不到依據的小組準備兩層提示卡。",
            "partner": "游雅筑",
            "due": "2026-11-20",
        }
    ],
    "learnt": "我原以為角色扮演會離開課文，這節課讓我看到註明行數的做法可以兩者兼顧。",
}
_PRE_2 = {
    **_SECOND,
    "held_on": "2026-10-14",
    "place": "三年二班教室",
    "course_context": "第一節從學生帶來的市場照片開始，讓他們分類攤位，並說出分類的理由。\n"
    "希望練習上次談到的提示卡，讓意見不同的組別可以互相追問。",
    "focus": "意見不同時，學生之間如何追問？教師介入的時機是什麼？",
    "tool": "軼事紀錄表",
    "role": "none",
    "position": "front",
    "recording": "none",
    "lesson_on": "2026-10-20",
    "lesson_place": "三年二班教室",
    "feedback_on": "2026-10-21",
    "feedback_place": "輔導室",
}
_OBSERVED_2 = {
    **_SECOND,
    "held_on": "2026-10-20",
    "place": "三年二班教室",
    "goals": "能依自訂的標準分類家鄉市場的攤位，並說明理由。",
    "focus": "第二組與第四組對「豆花攤」分類不同時的對話。",
    "rows": [
        {
            "time": "9:12",
            "teacher": "教師把兩組的白板並排貼上，說「這兩張不一樣，你們問問對方」。",
            "pupils": "第四組一位學生問：「為什麼豆花跟水果放一起？」",
            "note": "",
        },
        {
            "time": "9:15",
            "teacher": "教師站在走道，沒有說話約四十秒。",
            "pupils": "第二組回答「都是甜的」，第四組說「我們是看要不要煮」，全班笑了。",
            "note": "兩組第一次說出分類的標準。",
        },
        {
            "time": "9:21",
            "teacher": "教師發下提示卡：「你們的標準，別組看得懂嗎？」",
            "pupils": "第二組把標題改成「甜點與水果」，並在旁邊寫上理由。",
            "note": "",
        },
    ],
}
_POST_2 = {
    **_SECOND,
    "held_on": "2026-10-21",
    "place": "輔導室",
    "facts": "兩組並列後，學生互相追問三次；教師等待約四十秒，之後才發下提示卡。",
    "relation": "授課教師認為等待讓學生把標準說了出來，比自己先解釋更清楚。",
    "insight": "介入的時機可以晚一點；提示卡的問句比答案更能讓小組修正。",
    "decision": "下一單元各組先交換白板再發表，觀察追問是否增加。",
}
_PLAN = {
    **_WITH,
    "mentee_kind": "beginning",
    "starts_on": "2026-08-31",
    "ends_on": "2026-12-18",
    "needs": "初任第一年，班級常規已漸穩定，希望學會在課堂上用提問帶動討論，並減少講述時間。",
    "goal": "一學期內能設計兩節以小組討論為主的課，並從觀察紀錄說出學生學習的證據。",
    "steps": [
        {
            "when": "第1至3週",
            "focus": "認識班級與彼此期待",
            "method": "晤談",
            "remark": "",
            "content": "每週一次晤談，一起看學生作業，訂出本學期想試的兩件事。",
        },
        {
            "when": "第4至10週",
            "focus": "提問與等待",
            "method": "共同備課、入班觀察",
            "remark": "配合兩次公開授課",
            "content": "共同備課後入班觀察，以具體事實回饋，修正提示卡。",
        },
        {
            "when": "第11至16週",
            "focus": "整理與分享",
            "method": "省思對話",
            "remark": "",
            "content": "整理兩節課的紀錄，於社群分享。",
        },
    ],
}
_LOG_1 = {
    **_WITH,
    "held_on": "2026-09-16",
    "time": "13:30-14:10",
    "place": "三年二班教室",
    "method": "planning",
    "topic": "把講述改成小組任務",
    "content": "一起把第二課的講解拆成三個問題，討論每個問題學生可能的回答，決定只保留一個全班問題，其餘交給小組。",
    "outcome": "游老師說她第一次先想學生會怎麼答，再決定自己要說什麼；我學到先聽完她的設計再提建議。",
    "next_step": "下週觀察小組任務的起頭五分鐘。",
}
_LOG_2 = {
    **_WITH,
    "held_on": "2026-10-14",
    "time": "15:00-15:40",
    "place": "輔導室",
    "method": "talk",
    "topic": "從離場卡看學生理解",
    "content": "把三十張離場卡分成「有依據」、「有想法但沒依據」與「還不清楚」三疊，討論隔天先回應哪一疊。",
    "outcome": "分類後發現沒依據的多半坐在後排，她決定調整巡視的路線；我也把這個方法帶回自己班上。",
    "next_step": "兩週後再看一次離場卡，比較三疊的變化。",
}
_CASE = {
    **_WITH,
    "starts_on": "2026-08-31",
    "ends_on": "2026-10-23",
    "background": "游老師初任，班上二十八位學生，習慣等老師說答案；她備課很用心，但常擔心時間不夠而自己講完。",
    "problem": "課堂以講述為主，學生發言集中在四、五位；教師提問後多半在一秒內點名或自己回答。",
    "strategies": "先一起看學生作品，再談教學；以共同備課降低壓力，並用短而具體的觀察紀錄回饋。",
    "process_rows": [
        {
            "held_on": "2026-09-16",
            "done": "共同備課，將講解改為一個全班問題與兩個小組任務。",
            "response": "願意試，但擔心秩序；希望我在場。",
        },
        {
            "held_on": "2026-10-07",
            "done": "第一次入班觀察，記錄各組是否註明依據。",
            "response": "看到四組做到，對自己的設計有了信心。",
        },
        {
            "held_on": "2026-10-20",
            "done": "第二次入班觀察，記錄兩組之間的追問。",
            "response": "主動說出等待的效果，並提出下一步。",
        },
    ],
    "result": "發言學生由五位增加到十七位；教師提問後的等待由一秒增加到四、五秒，並能從離場卡調整隔天的教學。",
    "reflection": "我起初給了太多建議。後來改成先問「你看到什麼」，她自己說出的方法比我給的更適合她的班級。",
}
NUMBERS = {"teacher.mentor": "桃園證號第B112002031號", "demo.mentor": "桃園證號第B112002047號"}
OWN_NUMBER = "桃園輔字第106018號"
_RECOMMENDATION = {
    "experience": "擔任國語文共備社群召集人三年，協助校內兩位實習學生。",
    "reason": "樂於分享教室，能以具體事實與同事對話，校內教師願意請他入班。",
    "meeting": "115學年度第1次課程發展委員會",
    "held_on": "2026-09-02",
    "present": 23,
    "agreed": 23,
    "principal": "彭玉蘭",
    "staff": 32,
    "recommended_before": 5,
    "recommended_now": 1,
}

_TYPED: dict[str, tuple[str, dict[str, Any]]] = {
    "pre-observation-1": ("pre-observation-a", _PRE_1),
    "observation-1": ("observation-105", _OBSERVED_1),
    "post-observation-1": ("post-observation-b", _POST_1),
    "pre-observation-2": ("pre-observation-a", _PRE_2),
    "observation-2": ("anecdotal", _OBSERVED_2),
    "post-observation-2": ("post-observation-a", _POST_2),
    "mentoring-plan": ("mentoring-plan", _PLAN),
    "mentoring-log-1": ("mentoring-log", _LOG_1),
    "mentoring-log-2": ("mentoring-log", _LOG_2),
    "mentoring-case": ("mentoring-case", _CASE),
}


def typed(username: str, *, years: int) -> dict[str, tuple[str, dict[str, Any]]]:
    """Every form of a mentor case, by slot."""
    person = {"number": NUMBERS[username], "regular_years": years, "teaching_years": years - 1}
    return {**_TYPED, "mentor-recommendation": ("mentor-recommendation", {**_RECOMMENDATION, **person})}


RENEWAL: dict[str, tuple[str, dict[str, Any]]] = {
    "mentoring-evidence": (
        "mentoring-evidence",
        {
            "number": OWN_NUMBER,
            "number_year": "106",
            "mentees": [
                {
                    "mentee": "賴怡萱",
                    "school": "市立東門國小",
                    "starts_on": "2023-09-04",
                    "ends_on": "2023-12-29",
                    "content": "每週一次備課與議課，兩次入班觀察。",
                },
                {
                    "mentee": "施冠廷",
                    "school": "市立東門國小",
                    "starts_on": "2025-02-17",
                    "ends_on": "2025-05-16",
                    "content": "班級經營晤談、共同設計數學操作活動。",
                },
            ],
        },
    )
}
