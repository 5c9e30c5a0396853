"""At task: each pupil's share on the plan, the trend over the sweeps, the codes of each sweep."""

from collections import Counter
from collections.abc import Iterator

from flask_babel import gettext as _

from app.core import charts
from app.core.i18n import pick
from app.instruments.analysis import Analysis
from app.observations import words
from app.observations.pictures.parts import COLOURS, SHADES, WIDTH, Picture, Row, legend, scale_of
from app.observations.pictures.plans import Room


def pictures(record: Row, analysis: Analysis) -> Iterator[Picture]:
    """Plan, trend, stacked codes."""
    data = analysis.data
    if record.get("plan"):
        yield _plan(record, data["pupils"])
    trend = [(sweep, percent) for sweep, percent in data["trend"] if percent is not None]
    if trend:
        yield _trend(trend)
        yield _stacked(record["rule"]["codes"], data["cells"])


def _plan(record: Row, percents: dict[str, float | None]) -> Picture:
    room = Room(record)
    below, fills = {}, {}
    for seat, percent in percents.items():
        step = 0 if percent is None else min(5, int(percent / 20 + 1e-9))
        below[seat] = "–" if percent is None else f"{percent:.0f}%"
        fills[seat] = (SHADES[step], "#ffffff" if step > 3 else charts.INK)
    never = [seat for seat, percent in percents.items() if percent is None]
    spec = {**room.size, "layer": room.layers(below, fills, never)}
    said = _("Each seat with the share of sweeps in which the pupil was at task; darker is more often.")
    caption = _("Dashed frame with –: never seen. With few sweeps the share of one pupil is only a hint.")
    return Picture("at_task_plan", words.label("at_task_plan"), said, spec, caption)


def _trend(trend: list[tuple[int, float]]) -> Picture:
    rows = [{"sweep": sweep, "share": percent, "text": f"{percent:.1f}%"} for sweep, percent in trend]
    x = {
        "field": "sweep",
        "type": "ordinal",
        "title": words.label("sweep"),
        "axis": {"labelAngle": 0},
        "scale": {"type": "point", "padding": 0.5},
    }
    y = {
        "field": "share",
        "type": "quantitative",
        "title": words.label("at_task_percent"),
        "scale": {"domain": [0, 112], "nice": False},
        "axis": {"values": [0, 25, 50, 75, 100]},
    }
    spec = {
        "width": WIDTH - 90,
        "height": 200,
        "data": {"values": rows},
        "layer": [
            {"mark": {"type": "line", "strokeWidth": 2.5}, "encoding": {"x": x, "y": y}},
            {"mark": {"type": "point"}, "encoding": {"x": x, "y": y}},
            {"mark": {"type": "text", "dy": -13}, "encoding": {"x": x, "y": y, "text": {"field": "text"}}},
        ],
    }
    said = "; ".join(f"{row['sweep']}: {row['text']}" for row in rows)
    return Picture("at_task_trend", words.label("at_task_trend"), said, spec)


def _stacked(codes: list[Row], cells: dict[int, dict[str, str]]) -> Picture:
    order = [row["code"] for row in codes if row.get("counts", True)]
    names = {row["code"]: f"{row['code']} {pick(row.get('zh'), row.get('en'))}" for row in codes}
    counts = Counter((sweep, code) for sweep, row in cells.items() for code in row.values())
    rows = []
    for sweep in cells:
        low = 0
        for code in order:
            n = counts[sweep, code]
            if n:
                rows.append(
                    {
                        "sweep": sweep,
                        "code": names[code],
                        "low": low,
                        "high": low + n,
                        "mid": low + n / 2,
                        "n": n,
                    }
                    | {"text": code if n > 1 else ""}
                )
            low += n
    y = {
        "field": "low",
        "type": "quantitative",
        "title": words.label("number_of_pupils"),
        "axis": {"tickMinStep": 1, "format": "d"},
    }
    x = {"field": "sweep", "type": "ordinal", "title": words.label("sweep"), "axis": {"labelAngle": 0}}
    used = [names[code] for code in order if any(row["code"] == names[code] for row in rows)]
    spec = {
        "width": WIDTH - 90,
        "height": 240,
        "data": {"values": rows},
        "layer": [
            {
                "mark": {"type": "bar", "stroke": "#ffffff", "strokeWidth": 1.5},
                "encoding": {
                    "x": x,
                    "y": y,
                    "y2": {"field": "high"},
                    "color": {
                        "field": "code",
                        "type": "nominal",
                        "scale": scale_of(used, COLOURS),
                        "legend": legend(columns=3),
                    },
                },
            },
            {
                "mark": {"type": "text", "color": "#ffffff", "fontSize": 11},
                "encoding": {"x": x, "y": {**y, "field": "mid"}, "text": {"field": "text"}},
            },
        ],
    }
    said = _("How many pupils had each code in each sweep; the letters in the bars are the codes.")
    return Picture("at_task_codes", words.label("at_task_codes"), said, spec)
