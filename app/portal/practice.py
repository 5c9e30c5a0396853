"""練習模式: a written lesson that one codes beat by beat, and the agreed key beside it."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml
from flask import current_app, render_template, request
from flask_babel import gettext as _

from app.core.i18n import pick
from app.instruments.flanders import GROUPS
from app.instruments.practice import Score, score
from app.observations import words
from app.portal.blueprint import bp

COLUMNS = ("t", "speaker", "key", "rule", "zh", "en")


@cache
def lesson() -> dict[str, Any]:
    """The scripted lesson: titles and lines {t, speaker, key, rule, zh, en}. It ships with the product."""
    path = Path(current_app.root_path).parent / "seed" / "reference" / "practice.yaml"
    script: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return script | {"lines": [dict(zip(COLUMNS, row, strict=True)) for row in script["lines"]]}


@bp.get("/toolbox/practice/")
def practice() -> str:
    """The lines to code; with answers in the address, how far they agree with the key. Nothing is kept."""
    script, given = lesson(), _given()
    made = score(script["lines"], given) if any(given) else None
    return render_template(
        "toolbox/practice.html",
        title=pick(script["title_zh"], script["title_en"]),
        about=pick(script["about_zh"], script["about_en"]),
        lines=[
            (line, _speaker(line["speaker"]), pick(line["zh"], line["en"]), code)
            for line, code in zip(script["lines"], given, strict=True)
        ],
        groups=GROUPS,
        category=words.category,
        rules=words.GROUND_RULES,
        score=made,
        values=_values(made) if made else [],
    )


def _given() -> list[int | None]:
    """The learner's codes, one for each line; None where nothing, or nothing of use, was chosen."""
    typed = request.args.getlist("c")[: len(lesson()["lines"])]
    codes = [int(text) if text in {str(n) for n in range(1, 11)} else None for text in typed]
    return codes + [None] * (len(lesson()["lines"]) - len(codes))


def _speaker(code: str) -> str:
    return {"teacher": _("Teacher"), "pupil": _("Pupil")}.get(code, "")


def _values(made: Score) -> list[tuple[str, str, str]]:
    """(name, value, meaning) of what the learner wants to know first."""
    found = made.agreement
    return [
        (
            _("Agreement with the key"),
            "—" if found.percent is None else f"{found.percent:.1f}%",
            _("%(same)s of %(n)s coded beats.", same=sum(a == b for a, b in _pairs(made)), n=found.n),
        ),
        (
            _("Cohen's kappa"),
            "—" if found.kappa is None else f"{found.kappa:.2f}",
            words.reason(found.missing["kappa"])
            if "kappa" in found.missing
            else _(
                "Agreement beyond chance: 0 is chance, 1 is perfect; from about 0.60 on one may record alone."
            ),
        ),
        (_("Beats without a code"), str(made.missed_beats), _("They count neither for nor against you.")),
    ]


def _pairs(made: Score) -> list[tuple[Any, Any]]:
    return [pair for pair, n in made.agreement.confusion.items() for _n in range(n)]
