"""How well a reviewer fits a case, in points out of 100: what is wanted, how much it weighs, and its words."""

import unicodedata
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

# What an authority would want, the most important first; no source gives numbers.
WEIGHTS = {"subject": 40, "level": 30, "county": 20, "load": 10}
# Each open review costs so many of the points for load.
LOAD_STEP = 2
BEST = sum(WEIGHTS.values())

WORDS = {
    ("subject", "yes"): _l("same subject"),
    ("subject", "no"): _l("another subject"),
    ("subject", "unknown"): _l("subject not known"),
    ("level", "yes"): _l("same level of school"),
    ("level", "no"): _l("another level of school"),
    ("level", "unknown"): _l("level of school not known"),
    ("county", "yes"): _l("another county"),
    ("county", "no"): _l("same county"),
    ("county", "unknown"): _l("county not known"),
}


@dataclass(frozen=True)
class Traits:
    """What is known of an applicant or a reviewer; empty and None are unknown."""

    subject: str = ""
    level: int | None = None
    county: int | None = None


@dataclass(frozen=True)
class Fit:
    """The points, and what they come from: {"subject": "yes" | "no" | "unknown", ..., "load": open reviews}."""

    score: int
    parts: dict[str, Any] = field(default_factory=dict)


def fit(case: Traits, reviewer: Traits, load: int) -> Fit:
    """What is wanted gives all its points, its contrary none, the unknown half of them."""
    parts = {
        "subject": _answer(plain(case.subject), plain(reviewer.subject)),
        "level": _answer(case.level, reviewer.level),
        "county": _answer(case.county, reviewer.county, same=False),
    }
    points = {"yes": 2, "unknown": 1, "no": 0}
    score = sum(WEIGHTS[name] * points[answer] // 2 for name, answer in parts.items())
    return Fit(score + max(0, WEIGHTS["load"] - LOAD_STEP * load), {**parts, "load": load})


@lru_cache(maxsize=4096)
def plain(subject: str) -> str:
    """A subject as it can be compared: without spaces, width variants and the words 科 and 領域 at its end."""
    text = "".join(unicodedata.normalize("NFKC", subject).split())
    return text.removesuffix("領域").removesuffix("科")


def _answer(one: Any, other: Any, *, same: bool = True) -> str:
    if not one or not other:
        return "unknown"
    return "yes" if (one == other) is same else "no"


def words(parts: dict[str, Any]) -> list[str]:
    """The parts in words, in the order of their weight."""
    said = [str(WORDS[name, parts[name]]) for name in WEIGHTS if (name, parts.get(name)) in WORDS]
    return [*said, _("open reviews: %(number)s", number=parts["load"])] if "load" in parts else said
