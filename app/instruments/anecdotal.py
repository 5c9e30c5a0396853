"""軼事紀錄: plain descriptions in time. Nothing is counted up; words that judge are pointed at, never blocked."""

import re
from collections.abc import Sequence

from app.instruments.analysis import Analysis, Note, Table, plain
from app.instruments.record import Json
from app.instruments.verbatim import pattern

# Words that say how good something was, where the column asks what happened. Schools may give their own list.
JUDGING = (
    *(
        "很好",
        "非常好",
        "很棒",
        "真棒",
        "不錯",
        "優秀",
        "優良",
        "良好",
        "出色",
        "精彩",
        "完美",
        "成功",
        "失敗",
    ),
    *("不佳", "不好", "很差", "太差", "糟糕", "不當", "不妥", "適當", "恰當", "得當", "有效", "無效", "流暢"),
    *(
        "認真",
        "不認真",
        "用心",
        "努力",
        "積極",
        "消極",
        "熱心",
        "熱情",
        "冷淡",
        "親切",
        "專業",
        "有耐心",
        "沒耐心",
    ),
    *(
        "懶惰",
        "懶散",
        "散漫",
        "隨便",
        "草率",
        "馬虎",
        "乖巧",
        "不乖",
        "聰明",
        "愚笨",
        "活潑",
        "頑皮",
        "沒禮貌",
    ),
    *("應該", "理應", "可惜", "令人", "顯然"),
    *(
        "good",
        "bad",
        "very well",
        "poor",
        "poorly",
        "excellent",
        "great",
        "nice",
        "wonderful",
        "perfect",
        "weak",
    ),
    *(
        "effective",
        "effectively",
        "ineffective",
        "appropriate",
        "inappropriate",
        "successful",
        "successfully",
    ),
    *("lazy", "careless", "diligent", "hard-working", "enthusiastic", "enthusiastically", "smart", "naughty"),
    *("rude", "polite", "patient", "impatient", "should", "unfortunately", "obviously", "clearly"),
)
# What somebody said is a fact, whatever the words.
_QUOTED = re.compile(r"「[^」]*」|『[^』]*』|“[^”]*”|\"[^\"]*\"")


def lint(text: str, words: Sequence[str] = JUDGING) -> list[tuple[int, int, str]]:
    """(start, end, word) of every judging word outside of quotation marks, in the order of the text."""
    plain_text = _QUOTED.sub(lambda quoted: " " * len(quoted.group()), text)
    return [(match.start(), match.end(), match.group()) for match in pattern(words).finditer(plain_text)]


def analyse(record: Json, words: Sequence[str] = JUDGING) -> Analysis:
    """All of it for a record of the shape `record.check` accepts."""
    events: list[Json] = record["events"]
    judging = tuple(
        (n, column, word, start)
        for n, event in enumerate(events, 1)
        for column in ("teacher", "pupil")
        for start, _end, word in lint(event.get(column, ""), words)
    )
    notes = [] if events else [Note("nothing_recorded")]
    if judging:
        notes.append(Note("judging_words", {"n": len(judging)}))
    return Analysis(
        "anecdotal",
        (plain("entries", len(events), "count", "n"),),
        {"judging": Table("judging", ("entry", "column", "word", "position"), judging)},
        tuple(notes),
        {
            "series": [
                (
                    event.get("t"),
                    event.get("t_end"),
                    event.get("part", 1),
                    bool(event.get("teacher")),
                    bool(event.get("pupil")),
                )
                for event in events
            ]
        },
    )
