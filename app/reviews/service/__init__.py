"""Conflicts of interest, assigning reviewers, sheets, deciding, pinned comments, answering appeals."""

from app.reviews.service.appeals import answer_appeal
from app.reviews.service.assigning import (
    ASSIGNING,
    BLOCKS,
    REVIEWING,
    add_reviewer,
    assign,
    recuse,
    replace_reviewer,
    vacant,
)
from app.reviews.service.conflicts import declare_conflict, end_conflict
from app.reviews.service.deciding import DECIDING, confirm, decide, record_talk, undisputed
from app.reviews.service.pins import answer_pins, return_case
from app.reviews.service.sheets import save_sheet, send_sheet

__all__ = [
    "ASSIGNING",
    "BLOCKS",
    "DECIDING",
    "REVIEWING",
    "add_reviewer",
    "answer_appeal",
    "answer_pins",
    "assign",
    "confirm",
    "decide",
    "declare_conflict",
    "end_conflict",
    "record_talk",
    "recuse",
    "replace_reviewer",
    "return_case",
    "save_sheet",
    "send_sheet",
    "undisputed",
    "vacant",
]
