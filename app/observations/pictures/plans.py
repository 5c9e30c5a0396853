"""Pictures on the seating plan, the board on top: who spoke with whom, where the teacher walked."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import atan2, cos, degrees, hypot, sin, sqrt
from typing import Any

from flask_babel import gettext as _

from app.core import charts
from app.core.i18n import pick
from app.instruments.analysis import Analysis
from app.instruments.record import seats_of
from app.instruments.verbal_flow import GROUP
from app.observations import words
from app.observations.pictures.parts import COLOURS, SHAPES, WIDTH, Picture, Row, legend, scale_of

# The four parts of a lesson: colour and dash, so that either is enough.
PARTS = ((charts.PINE, [1, 0]), (charts.WARM, [8, 3]), (charts.BLUE, [2, 3]), (charts.PLUM, [10, 3, 2, 3]))


class Room:
    """The plan as layers: a frame of desk units, the seats, what stands in the room."""

    def __init__(self, record: Row, points: Sequence[tuple[float, float]] = ()) -> None:
        plan = record.get("plan") or {}
        self.seats = seats_of(record)
        self.furniture = plan.get("furniture", [])
        self.at: dict[str, tuple[float, float]] = {seat["id"]: (seat["x"], seat["y"]) for seat in self.seats}
        front = min((y for _x, y in self.at.values()), default=0)
        xs = [x for x, _y in self.at.values()] or [0]
        middle = (min(xs) + max(xs)) / 2
        # In front of everything, the board included.
        top = min([front - 1.6, *(thing["y"] - 0.9 for thing in self.furniture)])
        self.at |= {"teacher": (middle - 1, top), "class": (middle + 1, top)}
        for group in {seat.get("group", "") for seat in self.seats} - {""}:
            own = [self.at[seat["id"]] for seat in self.seats if seat.get("group") == group]
            # Between the desks of its pupils, a little off, so that it does not cover the middle one.
            self.at[GROUP + group] = (
                sum(x for x, _y in own) / len(own) + 0.5,
                sum(y for _x, y in own) / len(own) + 0.5,
            )
        every = [*self.at.values(), *((f["x"], f["y"]) for f in self.furniture), *points]
        self.x = [min(x for x, _y in every) - 0.9, max(x for x, _y in every) + 0.9]
        self.y = [min(y for _x, y in every) - 0.7, max(y for _x, y in every) + 0.7]
        wide = self.x[1] - self.x[0]
        self.unit = min(90.0, (WIDTH - 40) / wide)
        # Half the side of a seat, in desk units.
        self.half = 0.36 * min(1.0, 70 / self.unit)
        self.size = {"width": round(self.unit * wide), "height": round(self.unit * (self.y[1] - self.y[0]))}

    def name(self, end: str) -> str:
        """Teacher, class or a group in words."""
        return end.removeprefix(GROUP) if end.startswith(GROUP) else words.label(end)

    def axes(self, x: str = "x", y: str = "y") -> Row:
        """Position encodings in desk units; y grows towards the back of the room."""
        return {
            "x": {
                "field": x,
                "type": "quantitative",
                "axis": None,
                "scale": {"domain": self.x, "nice": False},
            },
            "y": {
                "field": y,
                "type": "quantitative",
                "axis": None,
                "scale": {"domain": self.y, "reverse": True, "nice": False},
            },
        }

    def layers(
        self,
        below: dict[str, str],
        fills: dict[str, tuple[str, str]] | None = None,
        dashed: Sequence[str] = (),
    ) -> list[Row]:
        """Furniture and seats: the pupil's code, below it a text by seat id; `fills` are (fill, ink)."""
        fills = fills or {}
        rows = [
            {
                "x": seat["x"],
                "y": seat["y"],
                "name": seat.get("code") or seat["id"],
                "below": words.label("absent") if seat.get("absent") else below.get(seat["id"], ""),
                "fill": fills.get(seat["id"], ("#ffffff", ""))[0],
                "ink": fills.get(seat["id"], ("", charts.INK))[1],
                "dash": [3, 3] if seat["id"] in dashed or seat.get("absent") else [1, 0],
            }
            for seat in self.seats
        ]
        names = [
            {"x": thing["x"], "y": thing["y"], "name": words.label(f"furniture_{thing['kind']}")}
            for thing in self.furniture
        ]
        side = 2 * self.half * self.unit
        ink = {"field": "ink", "type": "nominal", "scale": None}
        return [
            {
                "data": {"values": names},
                "mark": {"type": "text", "fontSize": 12, "color": charts.SOFT},
                "encoding": {**self.axes(), "text": {"field": "name"}},
            },
            {
                "data": {"values": rows},
                "mark": {"type": "square", "size": side**2, "strokeWidth": 1.5, "opacity": 1},
                "encoding": {
                    **self.axes(),
                    "fill": {"field": "fill", "type": "nominal", "scale": None},
                    "stroke": {"value": charts.SOFT},
                    "strokeDash": {"field": "dash", "scale": None},
                },
            },
            {
                "data": {"values": rows},
                "mark": {"type": "text", "fontSize": 12, "dy": -7},
                "encoding": {**self.axes(), "text": {"field": "name"}, "color": ink},
            },
            {
                "data": {"values": rows},
                "mark": {"type": "text", "fontSize": 11, "dy": 9},
                "encoding": {**self.axes(), "text": {"field": "below"}, "color": ink},
            },
        ]


def flow(record: Row, analysis: Analysis) -> Iterator[Picture]:
    """Arrows from seat to seat, one for each kind; the wider, the more often."""
    room = Room(record)
    kinds = {
        row["code"]: pick(row.get("zh"), row.get("en")) or row["code"] for row in record["rule"]["kinds"]
    }
    counts = {(a["from"], a["to"], a["kind"]): a["n"] for a in analysis.data["arrows"]}
    contacts, never = analysis.data["contacts"], analysis.data["never_reached"]
    below = {seat: f"×{n}" if n else "–" for seat, n in contacts.items()}
    arrows = _arrows(room, counts, kinds)
    used = [name for code, name in kinds.items() if any(kind == code for _a, _b, kind in counts)]
    used += sorted({arrow["kind"] for arrow in arrows} - set(used))
    colour = {
        "field": "kind",
        "type": "nominal",
        "scale": scale_of(used, COLOURS),
        "legend": legend() | {"symbolSize": 90},
    }
    shape = {**colour, "scale": scale_of(used, SHAPES)}
    width = {
        "field": "n",
        "type": "quantitative",
        "legend": None,
        "scale": {"domain": [1, max([2, *counts.values()])], "range": [1.2, 6]},
    }
    ends_rows = [
        {"x": room.at[end][0], "y": room.at[end][1], "name": room.name(end)}
        for end in _ends(counts)
        if end in room.at
    ]
    spec = {
        **room.size,
        "layer": [
            *room.layers(below, dashed=never),
            {
                "data": {"values": arrows},
                "mark": {"type": "rule", "opacity": 0.85},
                "encoding": {
                    **room.axes(),
                    "x2": {"field": "x2"},
                    "y2": {"field": "y2"},
                    "color": colour,
                    "strokeWidth": width,
                },
            },
            {
                "data": {"values": arrows},
                "mark": {"type": "point", "shape": "arrow", "filled": True, "size": 160, "opacity": 1},
                "encoding": {
                    **room.axes("x2", "y2"),
                    "color": {**colour, "legend": None},
                    "angle": {"field": "angle", "type": "quantitative", "scale": None},
                },
            },
            {
                "data": {"values": arrows},
                "mark": {"type": "point", "filled": True, "size": 90, "opacity": 1, "stroke": "#ffffff"},
                "encoding": {**room.axes("mx", "my"), "color": colour, "shape": shape},
            },
            {
                "data": {"values": ends_rows},
                "mark": {
                    "type": "point", "shape": "circle", "filled": True, "size": 500, "color": charts.INK, "opacity": 1,
                },
                "encoding": room.axes(),
            },
            {
                "data": {"values": ends_rows},
                "mark": {"type": "text", "fontSize": 12, "dy": -20, "color": charts.INK},
                "encoding": {**room.axes(), "text": {"field": "name"}},
            },
        ],
    }  # fmt: skip
    names = {seat["id"]: seat.get("code") or seat["id"] for seat in room.seats}
    said = _(
        "Before each seat an arrow for each kind of talk, down to the pupil or up to the teacher, and arrows from "
        "pupil to pupil; wider arrows stand for more exchanges."
    )
    if never:
        said += " " + _("Never reached: %(seats)s.", seats=", ".join(names[seat] for seat in never))
    caption = _(
        "× with a number: exchanges at this seat. Dashed frame with –: never reached. The sign on an arrow is its kind."
    )
    yield Picture("flow_plan", words.label("flow_plan"), said, spec, caption)


def _arrows(room: Room, counts: dict[tuple[str, str, str], int], kinds: dict[str, str]) -> list[Row]:
    """One arrow for each pair and kind, with its sign near the tail.

    Talk with the teacher is drawn as on the paper form, by short arrows before the seat: down to the pupil, up
    to the teacher. Thirty long ones to the same point could not be told apart.
    """
    before: Counter[str] = Counter(_pupil(a, b) for a, b, _kind in counts)
    between: Counter[frozenset[str]] = Counter(frozenset((a, b)) for a, b, _kind in counts)
    drawn: Counter[Any] = Counter()
    rows = []
    for (source, target, kind), n in sorted(counts.items()):
        if source not in room.at or target not in room.at or source == target:
            continue
        pupil = _pupil(source, target)
        if pupil:
            x, y = room.at[pupil]
            x = x2 = x + (drawn[pupil] - (before[pupil] - 1) / 2) * 11 / room.unit
            far, near = y - room.half - 26 / room.unit, y - room.half - 6 / room.unit
            y, y2 = (far, near) if target == pupil else (near, far)
            drawn[pupil] += 1
        else:
            pair = frozenset((source, target))
            (x, y), (x2, y2) = room.at[source], room.at[target]
            length = hypot(x2 - x, y2 - y) or 1
            dx, dy = (x2 - x) / length, (y2 - y) / length
            # Several kinds between the same two lie side by side, both directions counted.
            side = (drawn[pair] - (between[pair] - 1) / 2) * (12 / room.unit) * (1 if source < target else -1)
            drawn[pair] += 1
            gap = room.half * 1.15
            x, x2 = x - dy * side + dx * gap, x2 - dy * side - dx * gap
            y, y2 = y + dx * side + dy * gap, y2 + dx * side - dy * gap
        sign = 0.0 if pupil else 0.3
        rows.append(
            {"x": x, "y": y, "x2": x2, "y2": y2, "mx": x + sign * (x2 - x), "my": y + sign * (y2 - y), "n": n}
            | {"kind": kinds.get(kind, kind), "angle": degrees(atan2(x2 - x, y - y2))}
        )
    return rows


def _ends(counts: dict[tuple[str, str, str], int]) -> list[str]:
    """Who is no pupil, and has arrows that do not stand before a seat: teacher, class, groups."""
    ends = {end for a, b, _kind in counts if not _pupil(a, b) for end in (a, b)}
    return sorted(end for end in ends if end in ("teacher", "class") or end.startswith(GROUP))


def _pupil(source: str, target: str) -> str:
    """The seat of an exchange with the teacher; empty for talk between pupils and to the whole class."""
    other = {source, target} - {"teacher"}
    end = other.pop() if len(other) == 1 else ""
    return "" if end == "class" or end.startswith(GROUP) else end


def movement(record: Row, analysis: Analysis) -> Iterator[Picture]:
    """The path in the colours of the lesson's parts, stops numbered, the longer the larger."""
    stops = analysis.data["points"]
    room = Room(record, [(stop["x"], stop["y"]) for stop in stops])
    rows: list[Row] = []
    for n, stop in enumerate(stops, 1):
        row = {"n": n, "part": words.part(stop["part"]), "dwell": stop["seconds"] or 0}
        rows.append(row | _beside(stop, rows))
    # A leg belongs to the part in which it ends.
    legs = [
        {"x": a["x"], "y": a["y"], "x2": b["x"], "y2": b["y"], "part": b["part"]} for a, b in pairwise(rows)
    ]
    names = list(dict.fromkeys(row["part"] for row in rows))
    colour = {
        "field": "part",
        "type": "nominal",
        "scale": {"domain": names, "range": [PARTS[n % 4][0] for n in range(len(names))]},
        "legend": legend() | {"symbolType": "stroke", "symbolSize": 400, "symbolStrokeWidth": 3},
    }
    dash = {**colour, "scale": {"domain": names, "range": [PARTS[n % 4][1] for n in range(len(names))]}}
    longest = max([1, *(row["dwell"] for row in rows)])
    spec = {
        **room.size,
        "layer": [
            *room.layers({}, dashed=analysis.data["never_visited"]),
            {
                "data": {"values": legs},
                "mark": {"type": "rule", "strokeWidth": 2.5},
                "encoding": {
                    **room.axes(),
                    "x2": {"field": "x2"},
                    "y2": {"field": "y2"},
                    "color": colour,
                    "strokeDash": dash,
                },
            },
            {
                "data": {"values": rows},
                "mark": {"type": "point", "shape": "circle", "filled": True, "opacity": 0.92},
                "encoding": {
                    **room.axes(),
                    "color": {**colour, "legend": None},
                    "size": {
                        "field": "dwell",
                        "type": "quantitative",
                        "legend": None,
                        "scale": {"domain": [0, longest], "range": [220, 1100]},
                    },
                },
            },
            {
                "data": {"values": rows},
                "mark": {"type": "text", "fontSize": 11, "color": "#ffffff"},
                "encoding": {**room.axes(), "text": {"field": "n"}},
            },
        ],
    }
    said = _(
        "The teacher's path over the plan with %(n)s stops in order; larger circles stand for longer stops.",
        n=len(rows),
    )
    caption = _(
        "Circles: stops in order, larger for longer. Lines: one colour and dash for each part of the lesson. "
        "Dashed frame: no stop at this seat."
    )
    yield Picture("movement_plan", words.label("movement_plan"), said, spec, caption)


def _beside(stop: Row, rows: list[Row]) -> Row:
    """Where to draw a stop: stops at one spot are set around it, or only the last number could be read."""
    spot = (round(stop["x"] * 2), round(stop["y"] * 2))
    n = sum(row["spot"] == spot for row in rows)
    turn, away = 2.4 * n, 0.27 * sqrt(n)
    return {"spot": spot, "x": stop["x"] + away * cos(turn), "y": stop["y"] + away * sin(turn)}
