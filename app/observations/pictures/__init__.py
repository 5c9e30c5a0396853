"""The pictures of a record, drawn from its analysis; the same SVG stands on the page and in the PDF."""

from collections.abc import Callable, Iterator
from typing import Any

from app.instruments.analysis import Analysis
from app.observations.pictures import codes, flanders, lines, plans
from app.observations.pictures.parts import Picture

DRAWN: dict[str, Callable[[dict[str, Any], Analysis], Iterator[Picture]]] = {
    "flanders": flanders.pictures,
    "verbal-flow": plans.flow,
    "at-task": codes.pictures,
    "teacher-movement": plans.movement,
    "verbatim": lines.verbatim,
    "anecdotal": lines.anecdotal,
}


def pictures(record: dict[str, Any], analysis: Analysis) -> list[Picture]:
    """The pictures of the record in the present language; none for a record without events."""
    return list(DRAWN[record["instrument"]](record, analysis)) if record["events"] else []
