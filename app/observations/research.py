"""A record for the programs of researchers: a BORIS project and an ELAN annotation file.

Both want a time line of subjects and codes; `moments` makes it once. Pupils appear by the code of their seat.
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from pympi.Elan import Eaf, to_string

from app.core.i18n import pick
from app.observations import words

Record = dict[str, Any]
Event = dict[str, Any]

# What neither XML nor a spreadsheet may hold.
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


@dataclass(frozen=True)
class Moment:
    """One thing that happened, as both programs want it: `end` is None for a point in time."""

    start: int
    end: int | None
    subject: str
    code: str
    modifiers: tuple[str, ...] = ()
    comment: str = ""


def moments(record: Record) -> list[Moment]:
    """The events on a time line. Where no time was recorded, the comment says so: a Flanders code stands at its
    place times the beat, anything else at the time of the one before."""
    names = words.declared(record)
    events = record["events"]
    beat = round(1000 * record["rule"].get("beat_s", 3)) if record["instrument"] == "flanders" else 0
    starts, untimed, latest = [], [], 0
    for number, event in enumerate(events):
        t = event.get("t")
        latest = (number * beat if beat else latest) if t is None else t
        starts.append(latest)
        untimed.append(t is None)
    ends = [*starts[1:], max(record.get("length_ms") or 0, latest + (beat or 1000))]
    if beat:
        # A gap is shown as one: no code lasts longer than its beat.
        ends = [min(end, start + beat) for start, end in zip(starts, ends, strict=False)]
    found = []
    for event, start, end, guessed in zip(events, starts, ends, untimed, strict=False):
        for moment in _MOMENTS[record["instrument"]](event, start, end, names):
            said = " ".join(filter(None, (moment.comment, "[no time recorded]" if guessed else "")))
            found.append(
                Moment(moment.start, moment.end, moment.subject, moment.code, moment.modifiers, said)
            )
    return found


def _name(names: dict[str, str], key: str) -> str:
    return names.get(key, key)


def _flanders_moments(event: Event, start: int, end: int, _names: dict[str, str]) -> Iterator[Moment]:
    code = event["code"]
    subject = "teacher" if code <= 7 else "pupil" if code <= 9 else ""
    yield Moment(start, end, subject, str(code))


def _flow_moments(event: Event, start: int, _end: int, names: dict[str, str]) -> Iterator[Moment]:
    yield Moment(start, None, _name(names, event["from"]), event["kind"], (_name(names, event["to"]),))


def _task_moments(event: Event, start: int, _end: int, names: dict[str, str]) -> Iterator[Moment]:
    yield Moment(start, None, _name(names, event["seat"]), event["code"], (str(event["sweep"]),))


def _movement_moments(event: Event, start: int, end: int, names: dict[str, str]) -> Iterator[Moment]:
    seat = event.get("seat")
    modifiers = (_name(names, seat) if seat else "None", event.get("reason") or "None")
    code = "contact" if event.get("contact") else "stop"
    yield Moment(start, end, "teacher", code, modifiers, f"x={event['x']:g} y={event['y']:g}")


def _verbatim_moments(event: Event, start: int, _end: int, _names: dict[str, str]) -> Iterator[Moment]:
    code = event.get("kind") or "words"
    yield Moment(start, None, event["speaker"], code, (event.get("level") or "None",), event.get("text", ""))


def _anecdotal_moments(event: Event, start: int, _end: int, _names: dict[str, str]) -> Iterator[Moment]:
    for who in ("teacher", "pupil", "note"):
        if event.get(who):
            subject = who if who != "note" else ""
            yield Moment(start, event.get("t_end"), subject, who, (), event[who])


_MOMENTS: dict[str, Callable[[Event, int, int, dict[str, str]], Iterator[Moment]]] = {
    "flanders": _flanders_moments,
    "verbal-flow": _flow_moments,
    "at-task": _task_moments,
    "teacher-movement": _movement_moments,
    "verbatim": _verbatim_moments,
    "anecdotal": _anecdotal_moments,
}
# The modifier sets of an instrument, in the order of `Moment.modifiers`.
_MODIFIERS = {
    "verbal-flow": ("to",),
    "at-task": ("sweep",),
    "teacher-movement": ("seat", "reason"),
    "verbatim": ("level",),
}


def to_boris(record: Record) -> bytes:
    """A project of BORIS (format 7.0, read by versions 7 to 9) with this record as one live observation."""
    found = [_plain(moment) for moment in moments(record)]
    sets = _MODIFIERS.get(record["instrument"], ())
    codes = {code: None for code in (*_declared_codes(record), *(m.code for m in found))}
    meanings = {
        row["code"]: row for row in (*record["rule"].get("kinds", ()), *record["rule"].get("codes", ()))
    }
    title = record["title"] or record["uid"]
    begun = (record.get("started_at") or "2000-01-01T00:00:00")[:19]
    modifiers = {
        str(n): {
            "name": name,
            "description": "",
            "type": 0,
            "ask at stop": False,
            "values": sorted({m.modifiers[n] for m in found if m.modifiers[n] != "None"}),
        }
        for n, name in enumerate(sets)
    }
    project = {
        "time_format": "hh:mm:ss",
        "project_date": begun,
        "project_name": title,
        "project_description": f"{words.instrument(record['instrument'])} {record['uid']}",
        "project_format_version": "7.0",
        "subjects_conf": {
            str(n): {"key": "", "name": name, "description": ""}
            for n, name in enumerate(sorted({m.subject for m in found} - {""}))
        },
        "behaviors_conf": {
            str(n): {
                "type": "Point event",
                "key": key,
                "code": code,
                "description": _meaning(record, code, meanings),
                "color": "",
                "category": "",
                "modifiers": modifiers,
                "excluded": "",
                "coding map": "",
            }
            for n, (code, key) in enumerate(zip(codes, _keys(len(codes)), strict=True))
        },
        "observations": {
            title: {
                "file": {},
                "type": "LIVE",
                "date": begun,
                "description": record["class_name"],
                "time offset": 0.0,
                "events": [
                    [m.start / 1000, m.subject, m.code, "|".join(m.modifiers), m.comment] for m in found
                ],
                "observation time interval": [0, 0],
                "independent_variables": {},
                "visualize_spectrogram": False,
                "visualize_waveform": False,
                "close_behaviors_between_videos": False,
                "start_from_current_time": False,
                "start_from_current_epoch_time": False,
                "scan_sampling_time": 0,
            }
        },
        "behavioral_categories": [],
        "behavioral_categories_config": {},
        "independent_variables": {},
        "coding_map": {},
        "behaviors_coding_map": [],
        "converters": {},
    }
    return json.dumps(project, ensure_ascii=False, indent=1).encode()


def _plain(moment: Moment) -> Moment:
    """Without the signs that BORIS uses for itself in codes and modifiers."""
    code, *modifiers = (re.sub(r"[(|),`~]", "_", text) for text in (moment.code, *moment.modifiers))
    return replace(moment, code=code, modifiers=tuple(modifiers))


def _declared_codes(record: Record) -> list[str]:
    if record["instrument"] == "flanders":
        return [str(n) for n in range(1, 11)]
    return [row["code"] for row in (*record["rule"].get("kinds", ()), *record["rule"].get("codes", ()))]


def _meaning(record: Record, code: str, declared: dict[str, Any]) -> str:
    if record["instrument"] == "flanders":
        return words.category(int(code))
    row = declared.get(code)
    return pick(row.get("zh"), row.get("en")) if row else words.label(code)


def _keys(number: int) -> list[str]:
    """A keyboard key for each behaviour; BORIS asks which one is meant when several share a key."""
    letters = "1234567890abcdefghijklmnopqrstuvwxyz"
    return [letters[n % len(letters)] for n in range(number)]


def to_eaf(record: Record) -> bytes:
    """An annotation file of ELAN: a tier for each of teacher, pupils and the rest, the code or words as value."""
    document = Eaf(author=record["title"])
    document.remove_tier("default")
    tiers: dict[str, list[Moment]] = {}
    for moment in moments(record):
        side = moment.subject if moment.subject in ("teacher", "") else "pupil"
        tiers.setdefault(side or record["instrument"], []).append(moment)
    for name, row in tiers.items():
        document.add_tier(name)
        last = 0
        followers = [one.start for one in row[1:]] + [None]
        for moment, following in zip(row, followers, strict=True):
            # Annotations of a tier may not overlap, and none may be empty.
            start = max(moment.start, last)
            end = moment.end if moment.end is not None else start + 1000
            last = max(start + 1, end if following is None else min(end, following))
            document.add_annotation(name, start, last, CONTROL.sub("", _value(moment)))
    return to_string(document, encoding="UTF-8")


def _value(moment: Moment) -> str:
    who = "" if moment.subject in ("teacher", "pupil", "") else f"{moment.subject}: "
    more = " ".join(one for one in moment.modifiers if one != "None")
    words_or_code = moment.comment if moment.code in ("teacher", "pupil", "note", "words") else moment.code
    return f"{who}{words_or_code} {more}".strip()
