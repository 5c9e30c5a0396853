"""Pupils on a seating plan: who is present, and the groups their figures are compared by."""

from collections.abc import Callable, Mapping
from typing import Any

from app.instruments.analysis import Note, Table, share
from app.instruments.record import COLUMNS, GENDERS, ROWS, in_action_zone, seats_of, zones

Json = dict[str, Any]


class Seating:
    """The seats of a record. Absent pupils stand in no numerator and in no denominator."""

    def __init__(self, record: Json) -> None:
        self.seats: dict[str, Json] = {seat["id"]: seat for seat in seats_of(record)}
        self.present = [name for name, seat in self.seats.items() if not seat.get("absent")]
        self.zone = zones(record.get("plan"))
        self.missing = "" if self.seats else "no_plan"

    def label(self, name: str) -> str:
        """The pupil's code, or the seat's id where it has none."""
        return str(self.seats[name].get("code") or name)

    def groups(self) -> dict[str, dict[str, list[str]]]:
        """Present seats by gender, band, zone, action zone and pupils' group; empty groups are left out."""
        ways: dict[str, tuple[tuple[str, ...], Callable[[str], str]]] = {
            "gender": (GENDERS, lambda name: self.seats[name].get("gender", "")),
            "row_band": (ROWS, lambda name: self.zone[name][0]),
            "column_band": (COLUMNS, lambda name: self.zone[name][1]),
            "zone": (
                tuple(f"{r}-{c}" for r in ROWS for c in COLUMNS),
                lambda name: "-".join(self.zone[name]),
            ),
            "action_zone": (
                ("inside", "outside"),
                lambda name: "inside" if in_action_zone(self.zone[name]) else "outside",
            ),
            "group": (self._group_names(), lambda name: self.seats[name].get("group", "")),
        }
        made = {
            way: {key: [name for name in self.present if key_of(name) == key] for key in keys}
            for way, (keys, key_of) in ways.items()
        }
        return {way: {key: names for key, names in parts.items() if names} for way, parts in made.items()}

    def _group_names(self) -> tuple[str, ...]:
        names = sorted({self.seats[name].get("group", "") for name in self.present})
        return tuple(names) if any(names) else ()

    def comparisons(self, counts: Mapping[str, float]) -> dict[str, Table]:
        """One table for each way of grouping: a group's share of the counts beside its share of the pupils.

        `evenness` = share of counts / share of pupils; 1 is even, None where nothing was counted.
        """
        whole, pupils = sum(counts.get(name, 0) for name in self.present), len(self.present)
        made = {}
        for way, parts in self.groups().items():
            rows = []
            for key, names in parts.items():
                part = sum(counts.get(name, 0) for name in names)
                of_counts, of_pupils = share(part, whole), 100 * len(names) / pupils
                evenness = None if of_counts is None else of_counts / of_pupils
                rows.append((key, len(names), part, of_counts, of_pupils, evenness))
            if rows:
                columns = (way, "pupils", "count", "percent", "percent_of_pupils", "evenness")
                made[way] = Table(way, columns, tuple(rows))
        return made

    def listed(self, code: str, names: list[str]) -> Table:
        """Pupils by name, as a list to act on."""
        return Table(
            code,
            ("seat", "gender", "row_band", "column_band"),
            tuple((self.label(name), self.seats[name].get("gender", ""), *self.zone[name]) for name in names),
        )

    def strays(self, names: list[str]) -> list[Note]:
        """What was recorded at seats that are absent or not on the plan: told, and left out."""
        absent = [name for name in names if self.seats.get(name, {}).get("absent")]
        unknown = [name for name in names if name not in self.seats]
        notes = []
        if absent:
            seats = sorted({self.label(name) for name in absent})
            notes.append(Note("absent_seat", {"n": len(absent), "seats": ", ".join(seats)}))
        if unknown:
            notes.append(Note("unknown_seat", {"n": len(unknown)}))
        return notes
