"""What several pictures share: the picture itself, the clock of the lesson, scales that need no colour."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import sqrt
from typing import Any

from app.core import charts

Row = dict[str, Any]
WIDTH = 640
# Beyond the five of the product, still 4.5:1 on white.
COLOURS = (*charts.SERIES[:4], "#2f6f1f", "#b3261e", "#6446b0", charts.SERIES[4])
SHAPES = (
    "circle", "triangle-up", "square", "diamond", "cross", "triangle-down", "triangle-left", "triangle-right",
)  # fmt: skip
# From nothing to most; from the fourth on the text is white (toolbox.css has the same as shade-0 to shade-5).
SHADES = ("#ffffff", "#e4f1ef", "#c2e0dc", "#95c8c3", "#2f7a78", "#0b4a4f")


@dataclass(frozen=True)
class Picture:
    """One picture: `description` is read out in its place, `caption` explains its signs to everybody."""

    code: str
    title: str
    description: str
    spec: Row
    caption: str = ""

    @cached_property
    def svg(self) -> str:
        """The drawn picture."""
        return charts.svg({**self.spec, "description": f"{self.title}. {self.description}"})

    @property
    def missing(self) -> list[str]:
        """Characters in it that no font has; they are drawn as their codes."""
        return charts.missing({**self.spec, "description": f"{self.title}. {self.description}"})


def shade(value: float, most: float) -> int:
    """0 for nothing, else 1 to 5; by the root, or one crowded cell would leave all others white."""
    return 0 if not value or not most else min(5, 1 + int(5 * sqrt(value / most) - 1e-9))


def clock(ms: float) -> str:
    """Minutes and seconds since the start, 12:03."""
    return f"{int(ms // 60_000)}:{int(ms // 1000) % 60:02}"


def length_of(record: Row, events: Sequence[Row]) -> int:
    """How long the time line has to be, in ms."""
    ends = [event.get("t_end") or event.get("t") or 0 for event in events]
    return max([record.get("length_ms") or 0, *ends, 60_000])


def time_axis(title: str, length: int) -> Row:
    """The x axis of a lesson in whole minutes."""
    step = next(
        step for step in (1, 2, 5, 10, 15, 30, 60, 120) if length / 60_000 / step <= 12 or step == 120
    )
    return {
        "title": title,
        "values": list(range(0, length + 1, step * 60_000)),
        "labelExpr": "floor(datum.value / 60000)",
        "grid": True,
    }


def scale_of(names: Sequence[str], signs: Sequence[str]) -> Row:
    """A scale that gives each name its sign, over again when the signs run out."""
    return {"domain": list(names), "range": [signs[n % len(signs)] for n in range(len(names))]}


def legend(title: str = "", columns: int = 4) -> Row:
    """A legend below the picture; the same for colour and shape, or Vega-Lite prints two."""
    return {"title": title or None, "orient": "bottom", "columns": columns}
