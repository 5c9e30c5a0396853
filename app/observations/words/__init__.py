"""The words for every code that the instruments emit: official terms in Chinese, all else in English, translated."""

from typing import Any

from flask_babel import gettext as _

from app.observations.words import cells, flanders, seats, talk, terms

TERMS = terms.TERMS | flanders.TERMS | seats.TERMS | talk.TERMS
FIGURES = flanders.FIGURES | seats.FIGURES | talk.FIGURES
# A value of a cell may be a word or the name of a figure (areas of the matrix).
_VALUES = {code: name for code, (name, _meaning) in FIGURES.items()} | TERMS
GROUPS = {"flanders": flanders.GROUPS} | seats.GROUPS | talk.GROUPS
FORMULAS = flanders.FORMULAS | seats.FORMULAS | talk.FORMULAS
TABLES = flanders.TABLES | seats.TABLES | talk.TABLES
GROUND_RULES = flanders.GROUND_RULES
declared, is_name, rule = cells.declared, cells.is_name, cells.rule


def label(code: str) -> str:
    """The word for a table, a column, a picture, a group or a value of a cell; an unknown code is its own word."""
    return str(TERMS.get(code, code))


def table(code: str) -> str:
    """The title of a table."""
    return str(TABLES.get(code) or TERMS.get(code, code))


def figure(code: str, instrument: str = "") -> tuple[str, str]:
    """Name of a figure and one sentence of what it says; some are called differently in one instrument."""
    name, meaning = FIGURES.get(f"{instrument}:{code}") or FIGURES.get(code, (code, ""))
    return str(name), str(meaning)


def sign(code: str) -> str:
    """The abbreviation by which the literature knows a figure; most have none."""
    return flanders.SIGNS.get(code, code if code.isupper() or code[-2:] == "89" else "")


def formula(code: str, instrument: str, signs: str) -> str:
    """The formula of a figure in words where it has words, else as the instrument writes it."""
    return str(FORMULAS.get(f"{instrument}:{code}") or FORMULAS.get(code, signs))


def groups(instrument: str) -> list[tuple[str, tuple[str, ...]]]:
    """The figures of an instrument in the order in which they are read, under titles."""
    return [(str(title), codes) for title, codes in GROUPS.get(instrument, ())]


def category(number: int) -> str:
    """A category of 佛蘭德斯, 1 to 10."""
    return str(flanders.CATEGORIES[number])


def instrument(code: str) -> str:
    """The official name of an instrument."""
    return str(terms.INSTRUMENTS.get(code, code))


def reason(code: str) -> str:
    """Why a figure is —."""
    return str(terms.REASONS.get(code, code))


def note(code: str, values: dict[str, Any]) -> str:
    """Something to know beside the figures."""
    found = terms.NOTES.get(code)
    return str(found) % values if found else code


def unit(code: str) -> str:
    """What stands behind a number; percent signs are part of the number."""
    return str(terms.UNITS.get(code, ""))


def part(number: int) -> str:
    """A part of the lesson."""
    return _("Part %(n)s", n=number)


def cell(column: str, value: Any, names: dict[str, str]) -> str:
    """One value of a table in words; `names` are those that the record declares."""
    return cells.cell(column, value, names, _VALUES)


def column(code: str, names: dict[str, str]) -> str:
    """The head of a column."""
    return cells.column_name(code, names, TERMS)
