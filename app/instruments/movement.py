"""教師移動: where the teacher stood, how long, whom that reached.

A point is one tap on the plan; its dwell is the time to the next point, of the last one to the end of the lesson.
Lengths are in desks and approximate: a straight line from tap to tap.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import pairwise
from math import dist

from app.instruments.analysis import Analysis, Figure, Note, Table, plain, ratio, share
from app.instruments.record import bands, seats_of
from app.instruments.seating import Json, Seating

# Nearer to the board than the first row of seats by more than this (desks): the teacher's own place.
STAGE_DISTANCE = 0.5
STAGE = "stage"


class Path:
    """The points of a record with their dwell, zone and the pupils within reach."""

    def __init__(self, record: Json) -> None:
        self.seating = Seating(record)
        self.points: list[Json] = record["events"]
        times = [point.get("t") for point in self.points]
        self.timed = bool(times) and None not in times
        end = record.get("length_ms")
        # None: not known, as for the last point of a record that was not finished.
        self.dwell: list[float | None] = [None] * len(times)
        if self.timed:
            ends = [*times[1:], None if end is None else max(end, times[-1])]
            self.dwell = [None if b is None else (b - a) / 1000 for a, b in zip(times, ends, strict=True)]
        band, ys = bands(record.get("plan")), [seat["y"] for seat in seats_of(record)]
        stage = min(ys, default=0) - STAGE_DISTANCE
        self.zones = [
            STAGE if point["y"] < stage else "-".join(band(point["x"], point["y"])) for point in self.points
        ]
        reach = record["rule"].get("reach", 1.0)
        seats = [self.seating.seats[name] for name in self.seating.present]
        self.near = [
            [seat["id"] for seat in seats if dist((seat["x"], seat["y"]), (point["x"], point["y"])) <= reach]
            for point in self.points
        ]

    def seconds(self, points: list[int]) -> float | None:
        """Known dwell of some points; None when nothing is timed."""
        return sum(self.dwell[n] or 0 for n in points) if self.timed else None

    def at(self, seat: str) -> list[int]:
        """The points that were tapped on a seat."""
        return [n for n, point in enumerate(self.points) if point.get("seat") == seat]

    def start(self, n: int) -> float | None:
        """When a point was reached, in seconds."""
        t = self.points[n].get("t")
        return None if t is None else t / 1000

    def length(self, points: list[int]) -> float:
        """Σ of the straight lines between neighbours of a run of points, in desks."""
        places = [(self.points[n]["x"], self.points[n]["y"]) for n in points]
        return sum(dist(a, b) for a, b in pairwise(places))


def analyse(record: Json) -> Analysis:
    """All of it for a record of the shape `record.check` accepts."""
    path = Path(record)
    seating = path.seating
    contacts = Counter(point["seat"] for point in path.points if point.get("contact") and point.get("seat"))
    visited = {point.get("seat") for point in path.points}
    never = [name for name in seating.present if name not in visited]
    near = {name for names in path.near for name in names}
    tables = (
        _seats(path),
        _zones(path),
        _transitions(path),
        _parts(path),
        _reasons(path),
        seating.listed("never_visited", never),
        seating.listed("never_near", [name for name in seating.present if name not in near]),
    )
    stops = [str(point["seat"]) for point in path.points if point.get("seat")]
    return Analysis(
        "teacher-movement",
        tuple(_figures(path, never, near)),
        {table.code: table for table in tables} | seating.comparisons(contacts),
        (*_notes(path), *seating.strays(stops)),
        {
            "points": [
                {
                    "x": point["x"],
                    "y": point["y"],
                    "part": point.get("part", 1),
                    "t": point.get("t"),
                    "seconds": path.dwell[n],
                    "seat": point.get("seat"),
                    "contact": point.get("contact", False),
                }
                for n, point in enumerate(path.points)
            ],
            "seat_seconds": {name: path.seconds(path.at(name)) for name in seating.present},
            "contacts": {name: contacts[name] for name in seating.present},
            "never_visited": never,
        },
    )


def _figures(path: Path, never: list[str], near: set[str]) -> Iterator[Figure]:
    present, everywhere = len(path.seating.present), list(range(len(path.points)))
    none, whole = path.seating.missing or "zero_denominator", path.seconds(everywhere)
    yield plain("points", len(path.points), "count", "n")
    yield plain("stops", sum(point.get("contact", False) for point in path.points), "count", "n with contact")
    yield plain("seconds", whole, "seconds", "Σ dwell", missing="not_timed")
    yield plain("path_length", path.length(everywhere), "desks", "Σ straight lines from point to point")
    for code, places in (("front_share", (STAGE, "front")), ("stage_share", (STAGE,))):
        there = [n for n in everywhere if path.zones[n].startswith(places)]
        yield ratio(
            code,
            path.seconds(there) or 0,
            whole or 0 if path.seating.seats else 0,
            "100 × seconds there / Σ dwell",
            missing=path.seating.missing or ("zero_denominator" if path.timed else "not_timed"),
            basis="time",
        )
    visited = present - len(never)
    yield ratio("coverage", visited, present, "100 × pupils visited / pupils present", missing=none)
    yield plain(
        "never_visited",
        len(never) if present else None,
        "count",
        "pupils present - pupils visited",
        working=f"{present} - {visited}",
        missing=none,
    )
    yield ratio(
        "reached",
        len(near),
        present,
        "100 × pupils within reach at least once / pupils present",
        missing=none,
    )


def _seats(path: Path) -> Table:
    rows = []
    for name in path.seating.present:
        at = path.at(name)
        near = [n for n, names in enumerate(path.near) if name in names]
        rows.append(
            (
                path.seating.label(name),
                len(at),
                sum(path.points[n].get("contact", False) for n in at),
                path.seconds(at),
                path.start(at[0]) if at else None,
                path.start(at[-1]) if at else None,
                path.seconds(near),
            )
        )
    columns = ("seat", "visits", "stops", "seconds", "first_s", "last_s", "seconds_in_reach")
    return Table("seats", columns, tuple(rows))


def _grouped(keys: list[str]) -> dict[str, list[int]]:
    groups = defaultdict(list)
    for n, key in enumerate(keys):
        groups[key].append(n)
    return dict(sorted(groups.items()))


def _zones(path: Path) -> Table:
    rows = []
    whole = path.seconds(list(range(len(path.points))))
    for zone, points in _grouped(path.zones).items():
        stops = sum(path.points[n].get("contact", False) for n in points)
        seconds = path.seconds(points)
        rows.append((zone, len(points), stops, seconds, share(seconds or 0, whole or 0)))
    return Table("zones", ("zone", "points", "stops", "seconds", "percent"), tuple(rows))


def _transitions(path: Path) -> Table:
    """How often each zone followed each; staying in a zone from point to point is on the diagonal."""
    zones, counts = sorted(set(path.zones)), Counter(pairwise(path.zones))
    rows = tuple((a, *(counts[a, b] for b in zones)) for a in zones)
    return Table("transitions", ("zone", *(f"zone:{zone}" for zone in zones)), rows)


def _parts(path: Path) -> Table:
    rows = []
    for part, points in _grouped([str(point.get("part", 1)) for point in path.points]).items():
        stops = sum(path.points[n].get("contact", False) for n in points)
        rows.append((int(part), len(points), stops, path.seconds(points), path.length(points)))
    return Table("parts", ("part", "points", "stops", "seconds", "desks"), tuple(rows))


def _reasons(path: Path) -> Table:
    rows = []
    for reason, points in _grouped([point.get("reason", "") for point in path.points]).items():
        rows.append((reason, len(points), share(len(points), len(path.points)), path.seconds(points)))
    return Table("reasons", ("reason", "points", "percent", "seconds"), tuple(rows))


def _notes(path: Path) -> Iterator[Note]:
    if not path.points:
        yield Note("nothing_recorded")
    elif not path.timed:
        yield Note("not_timed")
    elif path.dwell[-1] is None:
        yield Note("not_finished")
