"""Flanders: the time line, the matrix with its named areas, the shares of the groups."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from flask_babel import gettext as _

from app.core import charts
from app.instruments.analysis import Analysis
from app.instruments.flanders import GROUPS, durations
from app.observations import words
from app.observations.pictures.parts import SHADES, WIDTH, Picture, Row, clock, shade, time_axis

# Height of a category on the time line: indirect above the axis, direct below it, then pupils, then silence.
LANES = {4: 1, 3: 2, 2: 3, 1: 4, 5: -1, 6: -2, 7: -3, 8: -4.6, 9: -5.6, 10: -7.2}
COLOUR = {"indirect": charts.PINE, "direct": charts.WARM, "pupil": charts.BLUE, "silence": charts.GREY}
# Areas outlined on the matrix, as corners between the cells: (column, row), clockwise.
AREAS: dict[str, tuple[tuple[float, float], ...]] = {
    "CCR": (
        (4, 1), (6, 1), (6, 4), (11, 4), (11, 6), (6, 6), (6, 11), (4, 11), (4, 6), (1, 6), (1, 4), (4, 4),
    ),
    "extended_indirect": ((1, 1), (4, 1), (4, 4), (1, 4)),
    "VC": ((6, 6), (8, 6), (8, 8), (6, 8)),
    "pupil_talk": ((8, 8), (10, 8), (10, 10), (8, 10)),
}  # fmt: skip
_OUTLINE = {
    "CCR": (charts.PLUM, [7, 3]),
    "extended_indirect": (charts.PINE, [1, 0]),
    "VC": ("#b3261e", [2, 2]),
    "pupil_talk": (charts.BLUE, [10, 3, 2, 3]),
}
CELL = 44


def group_of(code: int) -> str:
    """indirect, direct, pupil or silence."""
    return next(group for group, codes in GROUPS.items() if code in codes)


def pictures(record: Row, analysis: Analysis) -> Iterator[Picture]:
    """Time line, matrix, shares."""
    data = analysis.data
    if data["timed"]:
        yield _time_line(runs(data["series"], 1000 * data["beat_s"]), data["gaps"])
    yield _matrix(data["matrix"])
    yield _shares(data["codes"])


def runs(series: list[tuple[float, int]], beat_ms: float) -> list[Row]:
    """Stretches of one category: [{"t", "end", "code"}]; a code stands for the time before it was written."""
    found: list[Row] = []
    spans = durations([round(t) for t, _code in series], beat_ms)
    for (t, code), span in zip(series, spans, strict=True):
        if found and found[-1]["code"] == code and found[-1]["end"] == t - span:
            found[-1]["end"] = t
        else:
            found.append({"t": t - span, "end": t, "code": code})
    return found


def _time_line(found: list[Row], missed: list[Row]) -> Picture:
    length = max(60_000, found[-1]["end"])
    starts = {run["t"] for run in found}
    gaps = [{"t": gap["start"], "end": max(t for t in starts if t <= gap["end"])} for gap in missed]
    bars = [
        {
            "t": run["t"],
            "end": run["end"],
            "low": LANES[run["code"]] - 0.42,
            "high": LANES[run["code"]] + 0.42,
            "group": words.label(f"group_{group_of(run['code'])}"),
        }
        for run in found
    ]
    names = [{"y": y, "name": f"{code} {words.category(code)}"} for code, y in LANES.items()]
    x = {
        "field": "t",
        "type": "quantitative",
        "scale": {"domain": [0, length], "nice": False},
        "axis": time_axis(_("Minutes since the start"), length),
    }
    y = {"field": "low", "type": "quantitative", "scale": {"domain": [-8, 4.8]}, "axis": None}
    spec = {
        "width": WIDTH - 150,
        "height": 250,
        "layer": [
            {
                "data": {"values": gaps},
                "mark": {"type": "rect", "color": "#ece8db", "stroke": "#8b8778", "strokeDash": [2, 2]},
                "encoding": {"x": x, "x2": {"field": "end"}},
            },
            {
                "data": {"values": [{"y": 0}]},
                "mark": {"type": "rule", "color": charts.INK},
                "encoding": {"y": {**y, "field": "y"}},
            },
            {
                "data": {"values": bars},
                "mark": {"type": "rect"},
                "encoding": {
                    "x": x,
                    "x2": {"field": "end"},
                    "y": y,
                    "y2": {"field": "high"},
                    "color": {
                        "field": "group",
                        "type": "nominal",
                        "scale": {
                            "domain": [words.label(f"group_{group}") for group in GROUPS],
                            "range": [COLOUR[group] for group in GROUPS],
                        },
                        "legend": {"title": None, "orient": "bottom"},
                    },
                },
            },
            {
                "data": {"values": names},
                "mark": {"type": "text", "align": "right", "dx": -6, "fontSize": 11, "limit": 190},
                "encoding": {
                    "x": {"value": 0},
                    "y": {**y, "field": "y"},
                    "text": {"field": "name"},
                },
            },
        ],
    }
    said = _(
        "Categories over %(minutes)s minutes; indirect talk of the teacher above the axis, direct talk below it, "
        "then pupils, then silence or confusion.",
        minutes=clock(length),
    )
    caption = ""
    if gaps:
        caption = _("Framed grey areas: nothing was recorded there (%(n)s gaps).", n=len(gaps))
    return Picture("flanders_time_line", words.label("flanders_time_line"), said, spec, caption)


def _matrix(matrix: list[list[int]]) -> Picture:
    most = max(max(row) for row in matrix)
    cells: list[Row] = [
        {"r": r, "c": c, "n": n, "text": str(n) if n else "·", "shade": shade(n, most)}
        for r, row in enumerate(matrix, 1)
        for c, n in enumerate(row, 1)
    ]
    for cell in cells:
        cell |= {"fill": SHADES[cell["shade"]], "ink": "#ffffff" if cell["shade"] > 3 else charts.INK}
        cell |= {"x": cell["c"], "x2": cell["c"] + 1, "y": cell["r"], "y2": cell["r"] + 1}
        cell |= {"mx": cell["c"] + 0.5, "my": cell["r"] + 0.5}
    axis: Row = {"values": [n + 0.5 for n in range(1, 11)], "labelExpr": "floor(datum.value)", "grid": False}
    scale = {"domain": [1, 11], "nice": False}
    x = {"field": "x", "type": "quantitative", "scale": scale}
    x |= {"axis": axis | {"orient": "top", "title": words.label("then")}}
    y = {"field": "y", "type": "quantitative", "scale": scale | {"reverse": True}}
    y |= {"axis": axis | {"title": words.label("first")}}
    legend_of = {
        "type": "nominal",
        "scale": {"domain": [words.label(name) for name in AREAS], "range": [_OUTLINE[n][0] for n in AREAS]},
        "legend": {
            "title": None,
            "orient": "bottom",
            "columns": 2,
            "symbolType": "stroke",
            "symbolSize": 400,
        },
    }
    dashes = {
        **legend_of,
        "scale": {"domain": [words.label(name) for name in AREAS], "range": [_OUTLINE[n][1] for n in AREAS]},
    }
    outlines = [
        {"area": words.label(name), "x": px, "y": py, "order": n}
        for name, corners in AREAS.items()
        for n, (px, py) in enumerate((*corners, corners[0]))
    ]
    spec = {
        "width": 10 * CELL,
        "height": 10 * CELL * 0.75,
        "layer": [
            {
                "data": {"values": cells},
                "mark": {"type": "rect", "stroke": charts.LINE},
                "encoding": {
                    "x": x,
                    "x2": {"field": "x2"},
                    "y": y,
                    "y2": {"field": "y2"},
                    "fill": {"field": "fill", "type": "nominal", "scale": None},
                },
            },
            {
                "data": {"values": cells},
                "mark": {"type": "text", "fontSize": 13},
                "encoding": {
                    "x": {**x, "field": "mx"},
                    "y": {**y, "field": "my"},
                    "text": {"field": "text"},
                    "fill": {"field": "ink", "type": "nominal", "scale": None},
                },
            },
            {
                "data": {"values": outlines},
                "mark": {"type": "line", "strokeWidth": 3, "strokeJoin": "round"},
                "encoding": {
                    "x": x,
                    "y": y,
                    "order": {"field": "order"},
                    "color": {"field": "area", **legend_of},
                    "strokeDash": {"field": "area", **dashes},
                },
            },
        ],
    }
    said = _(
        "Ten by ten cells, each with how often the column's category followed the row's; darker is more often. "
        "The same numbers stand in the table."
    )
    return Picture("flanders_matrix", words.label("flanders_matrix"), said, spec)


def _shares(codes: list[int]) -> Picture:
    counts = Counter(map(group_of, codes))
    total = sum(counts.values())
    bars: list[dict[str, Any]] = [
        {
            "name": words.label(f"group_{group}"),
            "n": counts[group],
            "text": f"{counts[group]} ({100 * counts[group] / total:.1f}%)",
        }
        for group in GROUPS
    ]
    y = {"field": "name", "type": "nominal", "sort": None, "title": None, "axis": {"labelLimit": 260}}
    x = {
        "field": "n",
        "type": "quantitative",
        "title": words.label("codes"),
        "scale": {"domain": [0, 1.25 * max(bar["n"] for bar in bars)]},
        "axis": {"format": "d", "tickMinStep": 1},
    }
    spec = {
        "width": WIDTH - 200,
        "height": {"step": 30},
        "data": {"values": bars},
        "layer": [
            {"mark": {"type": "bar"}, "encoding": {"x": x, "y": y}},
            {
                "mark": {"type": "text", "align": "left", "dx": 6},
                "encoding": {"x": x, "y": y, "text": {"field": "text"}},
            },
        ],
    }
    said = "; ".join(f"{bar['name']} {bar['text']}" for bar in bars)
    return Picture("flanders_shares", words.label("flanders_shares"), said, spec)
