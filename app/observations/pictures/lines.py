"""Time lines of what was written in words: verbatim and anecdotal records."""

from collections.abc import Iterator

from flask_babel import gettext as _

from app.core import charts
from app.instruments.analysis import Analysis
from app.observations import words
from app.observations.pictures.parts import WIDTH, Picture, Row, length_of, time_axis


def verbatim(record: Row, analysis: Analysis) -> Iterator[Picture]:
    """A lane for each kind, a sign for each utterance; the sign's form says who spoke."""
    timed = [event for event in record["events"] if event.get("t") is not None]
    rows = [
        {
            "t": event["t"],
            "lane": event.get("kind") or words.label("no_kind"),
            "who": words.label(event["speaker"]),
        }
        for event in timed
    ]
    if rows:
        said = _(
            "Each utterance at its time, in the lane of its kind; triangles are the teacher's, circles the pupils'."
        )
        yield Picture(
            "verbatim_time_line", words.label("verbatim_time_line"), said, _spec(record, rows, timed)
        )


def anecdotal(record: Row, analysis: Analysis) -> Iterator[Picture]:
    """A lane each for teacher, pupils and the observer's notes."""
    timed = [event for event in record["events"] if event.get("t") is not None]
    rows = [
        {
            "t": event["t"],
            "end": event.get("t_end") or event["t"],
            "lane": words.label(lane),
            "who": words.label("note" if lane == "note" else "teacher" if lane == "teacher" else "pupil"),
        }
        for event in timed
        for lane in ("teacher", "pupil", "note")
        if event.get(lane)
    ]
    if rows:
        said = _(
            "Each entry at its time, in the lane of teacher, pupils or the observer's note; a line shows how long."
        )
        yield Picture(
            "anecdotal_time_line", words.label("anecdotal_time_line"), said, _spec(record, rows, timed)
        )


def _spec(record: Row, rows: list[Row], timed: list[Row]) -> Row:
    length = length_of(record, timed)
    lanes = list(dict.fromkeys(row["lane"] for row in rows))
    who = [words.label("teacher"), words.label("pupil"), words.label("note")]
    used = [name for name in who if any(row["who"] == name for row in rows)]
    signs = {
        "teacher": ("triangle-up", charts.WARM),
        "pupil": ("circle", charts.PINE),
        "note": ("square", charts.PLUM),
    }
    by_name = {words.label(key): sign for key, sign in signs.items()}
    x = {
        "field": "t",
        "type": "quantitative",
        "scale": {"domain": [0, length], "nice": False},
        "axis": time_axis(_("Minutes since the start"), length),
    }
    y = {
        "field": "lane",
        "type": "nominal",
        "sort": lanes,
        "title": None,
        "axis": {"grid": True, "labelLimit": 140},
    }
    colour = {
        "field": "who",
        "type": "nominal",
        "scale": {"domain": used, "range": [by_name[name][1] for name in used]},
        "legend": {"title": None, "orient": "bottom"},
    }
    shape = {**colour, "scale": {"domain": used, "range": [by_name[name][0] for name in used]}}
    return {
        "width": WIDTH - 150,
        "height": {"step": 34},
        "data": {"values": rows},
        "layer": [
            {
                "transform": [{"filter": "isValid(datum.end)"}],
                "mark": {"type": "rule", "strokeWidth": 4, "opacity": 0.5},
                "encoding": {"x": x, "x2": {"field": "end"}, "y": y, "color": {**colour, "legend": None}},
            },
            {
                "mark": {"type": "point", "filled": True, "size": 100, "opacity": 0.9},
                "encoding": {"x": x, "y": y, "color": colour, "shape": shape},
            },
        ],
    }
