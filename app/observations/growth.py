"""Several lessons of one person with one instrument: the own past is the only reference."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from app.core import clock
from app.instruments import analyse
from app.instruments.record import RecordError
from app.observations import words
from app.observations.pictures.parts import COLOURS, SHAPES, WIDTH, Picture, legend, scale_of
from app.observations.present import ShownTable, number

# The figures that are followed, at most five: more lines cannot be told apart. Percents share one axis.
FOLLOWED = {
    "flanders": ("TT", "PT", "SC", "ID_share", "PIR"),
    "verbal-flow": ("coverage", "top3_share", "action_zone_share", "called_share"),
    "at-task": ("on_task",),
    "teacher-movement": ("coverage", "reached", "front_share"),
    "verbatim": ("open_share", "answered"),
    "anecdotal": (),
}
# Older lessons are left out of the picture.
MOST = 20


@dataclass(frozen=True)
class Growth:
    """Figures of several lessons: the newest `MOST` in the picture and in the table."""

    picture: Picture | None
    table: ShownTable


def growth(instrument: str, records: list[dict[str, Any]]) -> Growth:
    """The figures of the records, oldest first; a record of the wrong shape is left out."""
    codes = FOLLOWED[instrument]
    names = {code: words.figure(code, instrument)[0] for code in codes}
    rows: list[list[str]] = []
    points: list[dict[str, Any]] = []
    for record in records[-MOST:]:
        try:
            analysis = analyse(record)
        except RecordError:
            continue
        figures = [analysis.figure(code) for code in codes]
        lesson = _lesson(record, len(rows) + 1)
        rows.append(
            [lesson, record.get("title") or "", record.get("class_name") or "", str(len(record["events"]))]
            + [number(figure.value, figure.unit) for figure in figures]
        )
        points += [
            {"lesson": lesson, "value": figure.value, "figure": names[figure.code]}
            for figure in figures
            if figure.value is not None
        ]
    columns = [_("Lesson"), _("Title"), _("Class"), _("Entries"), *names.values()]
    numeric = [False, False, False, *(True for _column in columns[3:])]
    table = ShownTable("growth", _("Figures lesson by lesson"), columns, rows, numeric)
    return Growth(_picture(points, [row[0] for row in rows], list(names.values())) if points else None, table)


def _lesson(record: dict[str, Any], n: int) -> str:
    begun = record.get("started_at")
    day = clock.local(datetime.fromisoformat(begun)).strftime("%m-%d") if begun else ""
    return f"{n}. {day}".strip()


def _picture(points: list[dict[str, Any]], lessons: list[str], names: list[str]) -> Picture:
    sign = {"field": "figure", "type": "nominal", "legend": legend(columns=3)}
    x = {
        "field": "lesson",
        "type": "ordinal",
        "title": _("Lesson"),
        "scale": {"domain": lessons, "type": "point", "padding": 0.5},
        "axis": {"labelAngle": -40 if len(lessons) > 8 else 0},
    }
    y = {"field": "value", "type": "quantitative", "title": "%", "scale": {"domain": [0, 100]}}
    spec = {
        "width": WIDTH - 80,
        "height": 260,
        "data": {"values": points},
        "layer": [
            {
                "mark": {"type": "line", "strokeWidth": 2},
                "encoding": {"x": x, "y": y, "color": {**sign, "scale": scale_of(names, COLOURS)}},
            },
            {
                "mark": {"type": "point", "filled": True, "size": 80, "opacity": 1},
                "encoding": {
                    "x": x,
                    "y": y,
                    "color": {**sign, "scale": scale_of(names, COLOURS)},
                    "shape": {**sign, "scale": scale_of(names, SHAPES)},
                },
            },
        ],
    }
    said = _("A line for each figure over %(n)s lessons; the numbers stand in the table.", n=len(lessons))
    return Picture("growth", _("Figures over the lessons"), said, spec)
