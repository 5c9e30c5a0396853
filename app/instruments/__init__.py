"""Pure analysis of observations: no database, no Flask, no translation."""

from importlib import import_module
from typing import Any

from app.instruments.analysis import Analysis
from app.instruments.record import check

_MODULES = {
    "flanders": "flanders",
    "verbal-flow": "verbal_flow",
    "at-task": "at_task",
    "teacher-movement": "movement",
    "verbatim": "verbatim",
    "anecdotal": "anecdotal",
}


def analyse(record: dict[str, Any]) -> Analysis:
    """The analysis of any record; `RecordError` when it has the wrong shape."""
    check(record)
    analysis: Analysis = import_module(f"app.instruments.{_MODULES[record['instrument']]}").analyse(record)
    return analysis
