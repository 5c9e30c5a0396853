"""Reviewers for 2,000 cases beside networkx on the same instance, and for 20,000 cases from a file.

Both sides start at the parsed document and end at the total. Ours finds the smallest maximum load, assigns and checks
its proof; the rival is told that load and runs its network simplex on all pairs, once, for it takes a minute.
The 20,000 cases are solved by the command in a process of its own, whose peak memory counts too.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter
from typing import Any

import networkx as nx
import numpy as np

from app.reviews.solver.command import answer, uncollected

AIM = 50.0
SECONDS, MEGABYTES = 30, 5_000
ROOT = Path(__file__).resolve().parent.parent


def run() -> list[dict[str, Any]]:
    """Two rows {name, ours_ms, rival, rival_ms, ratio, aim, met}; the second has peak_mb as well."""
    return [beside_networkx(), from_a_file()]


def beside_networkx() -> dict[str, Any]:
    given = instance(2_000, 300, scored=1.0)
    with uncollected():
        answer(instance(100, 30, scored=1.0))
        mine, ours_ms = timed(lambda: answer(given))
        other, rival_ms = timed(lambda: rival(given, mine["max_load"]))
    assert mine["optimal"] and mine["total"] == other
    return {
        "name": "2,000 cases x 300 reviewers x 2",
        "ours_ms": round(ours_ms),
        "rival": "networkx.network_simplex, same total",
        "rival_ms": round(rival_ms),
        "ratio": round(rival_ms / ours_ms, 1),
        "aim": f">= {AIM:g}",
        "met": rival_ms / ours_ms >= AIM,
    }


def from_a_file() -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "instance.json"
        path.write_text(json.dumps(instance(20_000, 1_500, scored=0.09)))
        command = [sys.executable, "-m", "flask", "--app", "run", "assign", "solve", str(path), "--json"]
        environment = {**os.environ, "PORTAL_INSTANCE": folder, "DATABASE_URL": f"sqlite:///{folder}/none.db"}
        start = perf_counter()
        with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE) as child:
            answered = json.load(child.stdout)  # type: ignore[arg-type]
            _, status, usage = os.wait4(child.pid, 0)
            child.returncode = os.waitstatus_to_exitcode(status)
        seconds, peak = perf_counter() - start, round(usage.ru_maxrss / 1024)
    assert answered["optimal"] and len(answered["pairs"]) == 40_000
    return {
        "name": "20,000 x 1,500 x 2 from a file",
        "ours_ms": round(seconds * 1000),
        "rival": f"the aim: {SECONDS} s and {MEGABYTES} MB; took {peak} MB",
        "rival_ms": SECONDS * 1000,
        "ratio": round(SECONDS / seconds, 1),
        "aim": ">= 1",
        "met": seconds <= SECONDS and peak <= MEGABYTES,
        "peak_mb": peak,
    }


def timed(call: Any) -> tuple[Any, float]:
    """A result and its milliseconds."""
    start = perf_counter()
    return call(), (perf_counter() - start) * 1000


def instance(cases: int, reviewers: int, *, scored: float) -> dict[str, Any]:
    """Subjects and counties of uneven size: 60 points for one's own subject, up to 49 for the rest of the fit.

    Nobody reviews the own county, and one pair in a hundred is in conflict for another reason.
    """
    draw = np.random.default_rng(1)
    shares = draw.dirichlet(np.full(15, 3.0))
    subjects = draw.choice(15, cases, p=shares), draw.choice(15, reviewers, p=shares)
    counties = draw.integers(0, 22, cases), draw.integers(0, 22, reviewers)
    scores = (subjects[0][:, None] == subjects[1]) * 60 + draw.integers(0, 50, (cases, reviewers))
    conflict = (counties[0][:, None] == counties[1]) | (draw.random(scores.shape) < 0.01)
    listed = np.argwhere(~conflict & (draw.random(scores.shape) < scored))
    worth = scores[listed[:, 0], listed[:, 1]].tolist()
    return {
        "per_case": 2,
        "max_load": None,
        "cases": [{"id": f"case {case}"} for case in range(cases)],
        "reviewers": [{"id": f"reviewer {reviewer}", "capacity": 40} for reviewer in range(reviewers)],
        "conflicts": [[f"case {case}", f"reviewer {reviewer}"] for case, reviewer in np.argwhere(conflict)],
        "scores": [
            [f"case {case}", f"reviewer {reviewer}", score]
            for (case, reviewer), score in zip(listed.tolist(), worth, strict=True)
        ],
    }


def rival(given: dict[str, Any], most: int) -> int:
    """The highest total by networkx, every reviewer taking at most so many cases."""
    conflicts = {(case, reviewer) for case, reviewer in given["conflicts"]}
    scores = {(case, reviewer): score for case, reviewer, score in given["scores"]}
    graph, per_case = nx.DiGraph(), given["per_case"]
    graph.add_node("all", demand=per_case * len(given["cases"]))
    for reviewer in given["reviewers"]:
        graph.add_edge(reviewer["id"], "all", capacity=most, weight=0)
    for case in given["cases"]:
        graph.add_node(case["id"], demand=-per_case)
        for reviewer in given["reviewers"]:
            pair = case["id"], reviewer["id"]
            if pair not in conflicts:
                graph.add_edge(*pair, capacity=1, weight=-scores.get(pair, 0))
    cost, _flow = nx.network_simplex(graph)
    return -cost
