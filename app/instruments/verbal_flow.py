"""語言流動: who talks with whom, how often, of what kind, and who is never reached.

An exchange with one pupil belongs to that pupil's seat. Exchanges with the whole class or with a group are lines
of their own and never spread over seats, nor are those between pupils, which do not reach a pupil from the teacher.
Source: Acheson and Gall's verbal flow; the measures are counts and shares of counts.
"""

from collections import Counter
from collections.abc import Iterator, Sequence

from app.instruments.analysis import Analysis, Figure, Note, Table, plain, ratio, share
from app.instruments.record import in_action_zone
from app.instruments.seating import Json, Seating

DIRECTIONS = ("to_pupil", "from_pupil", "between", "group", "class")
TEACHER, CLASS, GROUP = "teacher", "class", "group:"


def direction(event: Json) -> str:
    """Which way an exchange goes: to_pupil, from_pupil, between, group or class.

    A pupil who speaks to the class or to a group counts as from_pupil.
    """
    ends = [_end(event["from"]), _end(event["to"])]
    if ends == ["seat", "seat"]:
        return "between"
    if ends[0] == "seat":
        return "from_pupil"
    if ends[1] == "seat":
        return "to_pupil"
    return "group" if "group" in ends else "class"


def pupil(event: Json) -> str:
    """The one seat an exchange belongs to; empty for class, group and pupils among themselves."""
    way = direction(event)
    return str(event["from"] if way == "from_pupil" else event["to"] if way == "to_pupil" else "")


def gini(counts: Sequence[float]) -> float | None:
    """Gini coefficient: Σ|x - y| over all pairs / (2 n Σx); 0 is even, None when nothing was counted."""
    if not sum(counts):
        return None
    weighted = sum(rank * x for rank, x in enumerate(sorted(counts), 1))
    n = len(counts)
    return 2 * weighted / (n * sum(counts)) - (n + 1) / n


def analyse(record: Json) -> Analysis:
    """All of it for a record of the shape `record.check` accepts."""
    seating, events = Seating(record), _kept(record)
    contacts = Counter(pupil(event) for event in events if pupil(event) in seating.present)
    figures = tuple(_figures(seating, events, contacts))
    never = [name for name in seating.present if not contacts[name]]
    tables = (
        _seats(seating, events),
        _kinds(record, events),
        _directions(events),
        _parts(seating, events),
        seating.listed("never_reached", never),
    )
    ends = [end for event in record["events"] for end in _seat_ends(event)]
    return Analysis(
        "verbal-flow",
        figures,
        {table.code: table for table in tables} | seating.comparisons(contacts),
        ((Note("nothing_recorded"),) if not events else ()) + tuple(seating.strays(ends)),
        {
            "contacts": {name: contacts[name] for name in seating.present},
            "never_reached": never,
            "arrows": [
                {"from": a, "to": b, "kind": kind, "n": n}
                for (a, b, kind), n in sorted(
                    Counter((e["from"], e["to"], e["kind"]) for e in events).items()
                )
            ],
        },
    )


def _end(name: str) -> str:
    if name in (TEACHER, CLASS):
        return name
    return "group" if name.startswith(GROUP) else "seat"


def _seat_ends(event: Json) -> list[str]:
    return [event[key] for key in ("from", "to") if _end(event[key]) == "seat"]


def _kept(record: Json) -> list[Json]:
    """The exchanges whose pupils are all present; the others are told in notes."""
    present = set(Seating(record).present)
    return [event for event in record["events"] if present.issuperset(_seat_ends(event))]


def _figures(seating: Seating, events: list[Json], contacts: Counter[str]) -> Iterator[Figure]:
    per_kind = Counter(event["kind"] for event in events)
    per_way = Counter(direction(event) for event in events)
    present, whole = len(seating.present), sum(contacts.values())
    reached = sum(1 for name in seating.present if contacts[name])
    none = seating.missing or "zero_denominator"
    yield plain("exchanges", len(events), "count", "n")
    yield plain("pupil_exchanges", whole, "count", "n with one pupil")
    yield plain("class_exchanges", per_way["class"], "count", "n with the whole class")
    yield plain("group_exchanges", per_way["group"], "count", "n with a group")
    yield plain("peer_exchanges", per_way["between"], "count", "n between pupils")
    yield ratio("coverage", reached, present, "100 × pupils reached / pupils present", missing=none)
    yield plain(
        "never_reached",
        present - reached if present else None,
        "count",
        "pupils present - pupils reached",
        working=f"{present} - {reached}",
        missing=none,
    )
    top = [n for _name, n in contacts.most_common(3)]
    yield ratio("top3_share", top, whole, "100 × exchanges of the three pupils with most / n with one pupil")
    inside = sum(n for name, n in contacts.items() if in_action_zone(seating.zone[name]))
    yield ratio("action_zone_share", inside, whole, "100 × n in the action zone / n with one pupil")
    uneven = gini([contacts[name] for name in seating.present])
    yield plain(
        "evenness",
        None if uneven is None else 1 - uneven,
        "quotient",
        "1 - Gini = 1 - Σ|x - y| / (2 × pupils × Σx)",
        missing="zero_denominator",
    )
    answers = (per_kind["answer"], per_kind["volunteer"])
    yield ratio("called_share", answers[0], answers, "100 × called on / (called on + volunteered)")
    yield ratio(
        "praise_to_correction",
        per_kind["praise"],
        per_kind["correction"],
        "praise / correction",
        unit="quotient",
    )
    spoken = [event for event in events if event["from"] == TEACHER]
    ends = Counter(_end(event["to"]) for event in spoken)
    for code, end in (("to_class_share", CLASS), ("to_group_share", "group"), ("to_one_share", "seat")):
        yield ratio(code, ends[end], len(spoken), "100 × n of the teacher to them / n of the teacher")


def _seats(seating: Seating, events: list[Json]) -> Table:
    kinds = list(dict.fromkeys(event["kind"] for event in events))
    rows = []
    for name in seating.present:
        own = [event for event in events if name in _seat_ends(event)]
        ways = Counter(direction(event) for event in own)
        per_kind = Counter(event["kind"] for event in own)
        rows.append(
            (
                seating.label(name),
                *(ways[way] for way in ("to_pupil", "from_pupil", "between")),
                *(per_kind[kind] for kind in kinds),
                len(own),
            )
        )
    columns = ("seat", "to_pupil", "from_pupil", "between", *(f"kind:{kind}" for kind in kinds), "total")
    return Table("seats", columns, tuple(rows))


def _kinds(record: Json, events: list[Json]) -> Table:
    """Every declared kind, then those that were recorded without being declared."""
    declared = [row["code"] for row in record["rule"]["kinds"]]
    kinds = dict.fromkeys([*declared, *(event["kind"] for event in events)])
    counts = Counter((event["kind"], direction(event)) for event in events)
    rows = []
    for kind in kinds:
        per_way = [counts[kind, way] for way in DIRECTIONS]
        rows.append((kind, *per_way, sum(per_way), share(sum(per_way), len(events))))
    return Table("kinds", ("kind", *DIRECTIONS, "total", "percent"), tuple(rows))


def _directions(events: list[Json]) -> Table:
    counts = Counter(direction(event) for event in events)
    rows = tuple((way, counts[way], share(counts[way], len(events))) for way in DIRECTIONS)
    return Table("directions", ("direction", "count", "percent"), rows)


def _parts(seating: Seating, events: list[Json]) -> Table:
    rows = []
    for part in sorted({event.get("part", 1) for event in events}):
        own = [event for event in events if event.get("part", 1) == part]
        ways = Counter(direction(event) for event in own)
        reached = {pupil(event) for event in own} - {""}
        rows.append(
            (part, *(ways[way] for way in DIRECTIONS), len(own), share(len(reached), len(seating.present)))
        )
    return Table("parts", ("part", *DIRECTIONS, "total", "coverage"), tuple(rows))
