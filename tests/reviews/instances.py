"""Small instances of `assign solve`, and their best assignment by trying everything."""

import itertools
from collections import Counter
from random import Random
from typing import Any

SCORES = {
    "whole": lambda draw: draw.randint(-5, 20),
    "few": lambda draw: draw.randint(0, 2),
    "fractions": lambda draw: round(draw.uniform(-1, 3), 2),
    "floats": lambda draw: draw.random(),
}


def document(draw: Random, *, cases: int = 5, reviewers: int = 5) -> dict[str, Any]:
    """A random instance of up to so many cases and reviewers; about half of them have no assignment."""
    per_case = draw.randint(1, 3)
    ids = (
        [f"c{n}" for n in range(draw.randint(0, cases))],
        [f"r{n}" for n in range(draw.randint(0, reviewers))],
    )
    pairs = list(itertools.product(*ids))
    share, score = draw.choice([0, 0.1, 0.3]), SCORES[draw.choice(list(SCORES))]
    conflicts = [pair for pair in pairs if draw.random() < share]
    locked: list[tuple[str, str]] = []
    if draw.random() < 0.3:
        for pair in set(pairs) - set(conflicts):
            if draw.random() < 0.1 and Counter(case for case, _ in locked)[pair[0]] < per_case:
                locked.append(pair)
    return {
        "per_case": per_case,
        "max_load": draw.choice([None, None, 1, 2, 3]),
        "cases": [{"id": case} for case in ids[0]],
        "reviewers": [{"id": name, "capacity": draw.choice([None, 0, 1, 2, 3, 5])} for name in ids[1]],
        "conflicts": [list(pair) for pair in conflicts],
        "scores": [[*pair, score(draw)] for pair in pairs if draw.random() < 0.7],
        "locked": [list(pair) for pair in sorted(locked)],
    }


def limits(given: dict[str, Any]) -> dict[str, float]:
    """The most cases of each reviewer."""
    bounds = {reviewer["id"]: reviewer.get("capacity") for reviewer in given["reviewers"]}
    most = given["max_load"]
    return {
        name: min(float("inf") if bound is None else bound for bound in (capacity, most))
        for name, capacity in bounds.items()
    }


def brute(given: dict[str, Any]) -> tuple[int, float] | None:
    """(maximum load, total) of the best assignment, None when there is none.

    The load comes first where the instance leaves it open; else it is given as 0.
    """
    conflicts, locked = ({tuple(pair) for pair in given[key]} for key in ("conflicts", "locked"))
    scores = {(case, reviewer): score for case, reviewer, score in given["scores"]}
    most, loads = limits(given), Counter[str]()
    names, open_load = list(most), given["max_load"] is None
    choices = []
    for case in (entry["id"] for entry in given["cases"]):
        fixed = {reviewer for other, reviewer in locked if other == case}
        free = [name for name in names if (case, name) not in conflicts]
        choices.append(
            [
                (chosen, sum(scores.get((case, name), 0) for name in chosen))
                for chosen in itertools.combinations(free, given["per_case"])
                if fixed <= {*chosen}
            ]
        )
    best: tuple[int, float] | None = None

    def place(position: int, total: float) -> None:
        nonlocal best
        if position == len(choices):
            load = max(loads.values(), default=0) if open_load else 0
            if best is None or (-load, total) > (-best[0], best[1]):
                best = load, total
            return
        for chosen, worth in choices[position]:
            if all(loads[name] < most[name] for name in chosen):
                loads.update(chosen)
                place(position + 1, total + worth)
                loads.subtract(chosen)

    place(0, 0)
    return best


def broken(given: dict[str, Any], pairs: list[list[str]]) -> list[str]:
    """The rules that an assignment breaks, counted anew."""
    made = [tuple(pair) for pair in pairs]
    per_case, loads = (Counter(pair[side] for pair in made) for side in (0, 1))
    most = limits(given)
    rules = {
        "twice": len({*made}) == len(made),
        "per case": all(per_case[entry["id"]] == given["per_case"] for entry in given["cases"]),
        "conflict": not {*made} & {tuple(pair) for pair in given["conflicts"]},
        "locked": {tuple(pair) for pair in given["locked"]} <= {*made},
        "load": all(load <= most[name] for name, load in loads.items()),
    }
    return [rule for rule, kept in rules.items() if not kept]
