"""The progress picture of a case: the road of its campaign with the detours that it has taken."""

from typing import Any

from app.cases.models import Case
from app.cases.states import APPEAL, LOST, SECOND_ROUND, STATES, State, main_road


def steps(case: Case) -> list[dict[str, Any]]:
    """The progress picture: the main road, with the detours this case has taken."""
    state, visited = case.state, {event.target for event in case.events}
    road = list(main_road(case.campaign))
    if state is State.RETURNED:
        road.insert(road.index(State.FORMAL_CHECK) + 1, State.RETURNED)
    if visited & set(SECOND_ROUND):
        at = road.index(State.FIRST_DECISION) + 1
        road[at:at] = SECOND_ROUND
        road.remove(State.FIRST_ASSIGN)
        road.remove(State.FIRST_REVIEW)
    appealed = [s for s in APPEAL if s in visited]
    for lost, decision in (
        (State.FIRST_FAILED, State.FIRST_DECISION),
        (State.SECOND_FAILED, State.SECOND_DECISION),
    ):
        if lost in visited:
            at = road.index(decision) + 1
            road[at:at] = [lost, *appealed]
            appealed = []
    if state in LOST:
        last = state if state in road else next(s for s in reversed(APPEAL) if s in visited)
        road = [*road[: road.index(last)], *dict.fromkeys((last, state))]
    elif state in (State.WITHDRAWN, State.LAPSED):
        road = [s for s in road if s in visited] + [state]
    here = road.index(state)
    bad = LOST | {State.WITHDRAWN, State.LAPSED}
    return [
        {
            "label": STATES[s].label,
            "state": "bad" if s in bad else _place(at, here, final=state is State.ANNOUNCED),
            "note": "",
        }
        for at, s in enumerate(road)
    ]


def _place(at: int, here: int, *, final: bool) -> str:
    if at < here or (at == here and final):
        return "done"
    return "current" if at == here else "coming"
