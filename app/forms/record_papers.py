"""What the instruments look like on paper: grids to be filled by hand where no device is allowed in class."""

from collections.abc import Callable

from flask_babel import get_locale
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from app.forms.paper import Grid, Repeat, Row, label, space
from app.observations.queries import code_sets
from app.observations.words import category

# A lesson of 45 minutes, a code every three seconds.
MINUTES, CODES_A_MINUTE = 45, 20
# A class of 36: six rows of six, the first one nearest the board.
SEATS_ACROSS, SEAT_ROWS = 6, 6
SWEEPS, STOPS = 10, 20


def record_grids(instrument: str) -> tuple[Grid, ...]:
    """The tables of one instrument in the order in which they are filled; none for those that are rows of text."""
    makers: dict[str, Callable[[], tuple[Grid, ...]]] = {
        "flanders": _flanders,
        "verbal-flow": lambda: (
            _codes(instrument),
            _seats(_l("每格一位學生：座號、性別；以箭頭與代號畫記"), 26),
        ),
        "at-task": lambda: (
            _codes(instrument),
            _seats(_l("座位表：每格一位學生，填座號與性別"), 14),
            _sweeps(),
        ),
        "teacher-movement": lambda: (
            _seats(_l("教室平面圖：畫上門、講桌與投影幕；依時段以不同顏色畫出移動路線，並為停留處編號"), 24),
            _stops(),
        ),
    }
    return makers[instrument]() if instrument in makers else ()


def _flanders() -> tuple[Grid, ...]:
    def name(number: int) -> LazyString:
        return LazyString(lambda: category(number))

    ten = range(1, 11)
    legend = tuple(
        Row((label(str(n)), space(name(n)), label(str(n + 5)), space(name(n + 5)))) for n in range(1, 6)
    )
    minute = tuple(space() for _code in range(CODES_A_MINUTE))
    codes = tuple(Row((label(str(n)), *minute), 4) for n in range(1, MINUTES + 1))
    head = Row((label(), *(label(str(n)) for n in ten), label(_l("合計"))), 8)
    cells = tuple(space() for _n in range(11))
    matrix = tuple(Row((label(str(n)), *cells), 11) for n in ten)
    return (
        Grid((10, 75, 10, 75), legend, _l("類別")),
        Grid((2,) + (1,) * CODES_A_MINUTE, codes, _l("代碼：每一列一分鐘，每三秒記一個代碼")),
        Grid(
            (1,) * 12,
            (head, *matrix, Row((label(_l("合計")), *cells), 11)),
            _l("矩陣：前一代碼為列，後一代碼為行"),
        ),
    )


def _codes(instrument: str) -> Grid:
    """The first set of codes that a steward offers."""
    sets = code_sets(instrument)
    codes = sets[0]["codes"] if sets else []

    def name(code: dict[str, str]) -> LazyString:
        # Not `pick`: a paper is written in both languages, whichever the reader has chosen.
        english = code["en"]
        return LazyString(
            lambda: (english if english and str(get_locale()) == "en" else code["zh"]).replace("%", "%%")
        )

    letters = instrument == "at-task"
    signs = [code["code"] if letters and len(code["code"]) == 1 else "____" for code in codes]
    pairs = [(label(sign), space(name(code))) for sign, code in zip(signs, codes, strict=True)]
    if len(pairs) % 2:
        pairs.append((label(), space()))
    rows = tuple(Row((*pairs[at], *pairs[at + 1])) for at in range(0, len(pairs), 2))
    return Grid((18, 67, 18, 67), rows, _l("代號"))


def _seats(title: object, height: int) -> Grid:
    board = Row((label(_l("黑板"), cols=SEATS_ACROSS),))
    row = Row(tuple(space() for _seat in range(SEATS_ACROSS)), height)
    return Grid((1,) * SEATS_ACROSS, (board, Repeat((row,), SEAT_ROWS)), title)


def _sweeps() -> Grid:
    head = Row((label(_l("座號")), *(label(str(n)) for n in range(1, SWEEPS + 1))), 8)
    cells = tuple(space() for _n in range(SWEEPS))
    times = Row((label(_l("時間")), *cells), 8)
    pupils = Repeat((Row((space(), *cells), 6),), SEATS_ACROSS * SEAT_ROWS)
    return Grid((2,) + (1,) * SWEEPS, (head, times, pupils), _l("掃描紀錄：每一行一次掃描，每格一個代號"))


def _stops() -> Grid:
    names = (_l("次序"), _l("時段"), _l("時間"), _l("位置"), _l("互動"), _l("原因"))
    stop = Row(tuple(space() for _name in names), 9)
    return Grid(
        (2, 2, 3, 4, 2, 4),
        (Row(tuple(label(name) for name in names)), Repeat((stop,), STOPS)),
        _l("停留紀錄"),
    )
