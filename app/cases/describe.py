"""docs/workflow.md: the states, the transitions and a diagram, written from the tables themselves."""

from collections.abc import Callable, Sequence
from typing import Any

from flask_babel import force_locale

from app.cases.states import STATES, Holder
from app.cases.workflow import EFFECTS, GUARDS, TRANSITIONS, Transition
from app.core.i18n import EN, ZH

HOLDERS = {
    Holder.TEACHER: "the teacher",
    Holder.CHECKING: "the campaign's checking office",
    Holder.ASSIGNING: "the campaign's assigning office",
    Holder.REVIEWERS: "the reviewers",
    Holder.DECIDING: "the campaign's deciding office",
    Holder.ISSUING: "the campaign's issuing office",
    Holder.NOBODY: "nobody",
}

_HEAD = """# The workflow of a case

Written by `flask docs` from `app/cases/states.py` and `app/cases/workflow.py`; change those, not this page.
"""


def describe() -> str:
    """The whole page as Markdown."""
    return "\n".join((_HEAD, _states(), _transitions(), _rules(), _diagram()))


def _table(title: str, head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = ["| " + " | ".join(row) + " |" for row in (head, tuple("---" for _ in head), *rows)]
    return f"## {title}\n\n" + "\n".join(lines) + "\n"


def _official(label: object) -> str:
    with force_locale(ZH):
        return str(label)


def _english(label: object) -> str:
    with force_locale(EN):
        return str(label)


def _states() -> str:
    rows = [
        (f"`{s.value}`", _official(info.label), HOLDERS[info.holder], _english(info.next))
        for s, info in STATES.items()
    ]
    return _table("States", ("State", "Official name", "Held by", "What comes next"), rows)


def _names(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in names) or "–"


def _transitions() -> str:
    rows = [
        (
            f"`{t.name}`",
            _official(t.label),
            ", ".join(_official(STATES[s].label) for s in t.sources),
            _official(STATES[t.target].label),
            f"`{t.permission.value}`" if t.permission.value != "case:lapse" else "the clock",
            _names(t.guards),
            _names(t.effects),
            _more(t),
            f"`{t.notice}`" if t.notice else "–",
        )
        for t in TRANSITIONS
    ]
    head = ("Transition", "Official name", "From", "To", "Permission", "Guards", "Effects", "Also", "Notice")
    return _table("Transitions", head, rows)


def _more(t: Transition) -> str:
    also = ["needs a reason"] if t.needs_reason else []
    if t.reopens:
        also.append(f"reopens the campaign's `{t.reopens}` slots")
    return "; ".join(also) or "–"


def _rules() -> str:
    """Guards and effects with the first line of what their code says, or where to read it."""
    rows = [(f"`{name}`", kind, _place(f), _said(f)) for kind, name, f in _registered()]
    return _table("Guards and effects", ("Name", "Kind", "Declared in", "What it says"), rows)


def _registered() -> list[tuple[str, str, Callable[..., Any]]]:
    guards = {name for t in TRANSITIONS for name in t.guards}
    effects = {name for t in TRANSITIONS for name in t.effects}
    return [("guard", n, GUARDS[n]) for n in sorted(guards)] + [
        ("effect", n, EFFECTS[n]) for n in sorted(effects)
    ]


def _place(function: Callable[..., Any]) -> str:
    return f"`{function.__module__.replace('.', '/')}.py`"


def _said(function: Callable[..., Any]) -> str:
    return next(iter((function.__doc__ or "").strip().splitlines()), "–")


def _diagram() -> str:
    lines = ["## Diagram", "", "```mermaid", "stateDiagram-v2", "    [*] --> drafting: 申請"]
    lines += [f"    {s.value}: {_official(info.label)}" for s, info in STATES.items()]
    for t in TRANSITIONS:
        lines += [f"    {source.value} --> {t.target.value}: {_official(t.label)}" for source in t.sources]
    leaving = {source for t in TRANSITIONS for source in t.sources}
    lines += [f"    {s.value} --> [*]" for s in STATES if s not in leaving]
    return "\n".join((*lines, "```", ""))
