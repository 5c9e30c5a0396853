"""The flows behind the assignment, by OR-tools: from cases over pairs to reviewers."""

import numpy as np
from numpy.typing import NDArray
from ortools.graph.python import max_flow, min_cost_flow

from app.reviews.solver.model import Ints

Mask = NDArray[np.bool_]


def fill(
    cases: Ints, reviewers: Ints, demand: Ints, room: Ints, *, further: int = 0, load: int = 0
) -> tuple[int, Mask, Mask, Mask]:
    """As many pairs as the demand of cases and the room of reviewers allow.

    Returns how much demand is missing, which arcs are taken, and of a smallest cut the cases and the reviewers
    on the side of the source. `further` reviewers without conflicts, who take `load` cases each, are one node.
    """
    m, n = len(demand), len(room)
    network = max_flow.SimpleMaxFlow()
    network.add_arcs_with_capacity(np.full(m, m + n), np.arange(m), demand)
    network.add_arcs_with_capacity(m + np.arange(n), np.full(n, m + n + 1), room)
    arcs = network.add_arcs_with_capacity(cases, m + reviewers, np.ones(len(cases), np.int64))
    if further:
        network.add_arcs_with_capacity(np.arange(m), np.full(m, m + n + 2), np.full(m, further))
        network.add_arc_with_capacity(m + n + 2, m + n + 1, further * load)
    status = network.solve(m + n, m + n + 1)
    assert status == network.OPTIMAL, status
    side = np.zeros(m + n + 3, bool)
    side[network.get_source_side_min_cut()] = True
    missing = int(demand.sum()) - network.optimal_flow()
    return missing, network.flows(arcs) > 0, side[:m], side[m : m + n]


def dearest(cases: Ints, reviewers: Ints, scores: Ints, demand: Ints, room: Ints) -> Mask:
    """Which arcs to take for the highest total; the arcs must be able to meet the demand."""
    m, n = len(demand), len(room)
    network = min_cost_flow.SimpleMinCostFlow()
    zero = np.zeros(n, np.int64)
    network.add_arcs_with_capacity_and_unit_cost(m + np.arange(n), np.full(n, m + n), room, zero)
    ones = np.ones(len(cases), np.int64)
    arcs = network.add_arcs_with_capacity_and_unit_cost(cases, m + reviewers, ones, -scores)
    network.set_nodes_supplies(np.arange(m), demand)
    network.set_node_supply(m + n, -int(demand.sum()))
    status = network.solve()
    assert status == network.OPTIMAL, status
    return network.flows(arcs) > 0
