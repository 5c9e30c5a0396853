"""What `assign solve` answers."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from app.reviews.solver.model import Instance, read
from app.reviews.solver.shortage import Infeasible
from app.reviews.solver.solve import Solution, solve


@contextmanager
def uncollected() -> Iterator[None]:
    """No garbage collection meanwhile: it would look at millions of rows again and again, and doubles the time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def answer(document: Any) -> dict[str, Any]:
    """The promised document: pairs, total, max_load (what is reached) and optimal, or infeasible."""
    instance = read(document)
    found = solve(instance)
    if isinstance(found, Infeasible):
        return {"infeasible": {"cases": found.cases, "reason": found.reason}}
    return {
        "pairs": named_pairs(instance, found),
        "total": instance.value(found.total),
        "max_load": found.max_load,
        "optimal": found.optimal,
    }


def named_pairs(instance: Instance, solution: Solution) -> list[list[Any]]:
    """Pairs by id, in the order of the cases and reviewers."""
    cases, reviewers = instance.cases, instance.reviewers
    return [[cases[case], reviewers[reviewer]] for case, reviewer in solution.pairs.tolist()]


def table(answered: dict[str, Any]) -> str:
    """The answer for people: one line per case, then the figures."""
    if "infeasible" in answered:
        cases = ", ".join(map(str, answered["infeasible"]["cases"]))
        return f"No assignment: {answered['infeasible']['reason']}\nCases: {cases}"
    given: dict[Any, list[str]] = {}
    for case, reviewer in answered["pairs"]:
        given.setdefault(case, []).append(str(reviewer))
    lines = [f"{case}: {', '.join(reviewers)}" for case, reviewers in given.items()]
    proof = "proved optimal" if answered["optimal"] else "not proved optimal"
    most = f"at most {answered['max_load']} cases of one reviewer"
    return "\n".join([*lines, f"total {answered['total']}, {most}, {proof}"])
