"""What the office sees of a proposal: each pair and each non-pair with its reason in words."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import lazyload

from app.access.models import PortalUser
from app.cases.models import Case
from app.core.db import db
from app.reviews import proposals
from app.reviews.candidates import Candidate, candidates
from app.reviews.fitness import BEST, words
from app.reviews.models import Proposal, ProposedPair
from app.reviews.service import BLOCKS

BAR_WIDTH = 400
# So many reviewers of a shortage are named.
NAMED = 12

# Why somebody was not chosen, nearest to a choice first.
WHY_NOT = {
    "replaced": _l("Was proposed, but the office chose somebody else."),
    "equal": _l("Would do equally well overall: %(score)s points."),
    "full": _l(
        "Fits with %(score)s points, but has %(load)s of at most %(limit)s cases, where they count for more; "
        "here the total would lose at least %(loss)s points."
    ),
    "lower": _l(
        "Fits less: %(score)s points, those chosen have at least %(chosen)s; the total would lose at least "
        "%(loss)s points."
    ),
    "closed": _l("Locked pairs take all of the %(limit)s cases that a reviewer may have."),
    "settled": _l("Every place of this case is locked."),
}


@dataclass
class Row:
    """A case, its proposed pairs, and why not the others: a reason and whom it holds for."""

    case: Case
    pairs: list[ProposedPair]
    others: list[tuple[str, list[str]]]
    missing: int


def rows(proposal: Proposal, cases: Sequence[Case]) -> list[Row]:
    """The rows of one page, in a number of queries that does not depend on how many there are."""
    pairs, others = proposals.pairs_of(proposal, cases), proposals.others_of(proposal, cases)
    names = _names({who for groups in others.values() for group in groups for who in group[2]})
    found = []
    for case in cases:
        mine = pairs.get(case.id, [])
        missing = case.campaign.reviewers_per_case - len(mine)
        found.append(Row(case, mine, _why_not(others.get(case.id, []), names), missing))
    return found


def _why_not(groups: Sequence[Sequence[Any]], names: Mapping[int, str]) -> list[tuple[str, list[str]]]:
    order = [*WHY_NOT, "conflict"]
    told = sorted(groups, key=lambda group: (order.index(group[0]), -group[1].get("score", 0)))
    said: dict[str, list[str]] = {}
    for code, values, who in told:
        said.setdefault(why_not(code, values), []).extend(names[number] for number in who if number in names)
    return [(reason, sorted(people)) for reason, people in said.items() if people]


def choices(pair: ProposedPair) -> list[Candidate]:
    """Whom the office may choose instead, the best first."""
    taken = {row.reviewer_id for row in proposals.pairs_of(pair.proposal, [pair.case])[pair.case_id]}
    free = (c for c in candidates(pair.case, pair.proposal.round) if not c.block and c.user.id not in taken)
    return sorted(free, key=lambda c: (-c.fit.score, c.load, c.user.name))


def why_not(code: str, values: Mapping[str, Any]) -> str:
    """A code of the solver's reasons with its figures, in words."""
    if code == "conflict":
        return str(BLOCKS[values["block"]])
    return str(WHY_NOT[code]) % values


def why(pair: ProposedPair) -> str:
    """Fit and what it comes from."""
    said = [_("%(score)s of %(best)s points", score=pair.score, best=BEST)]
    if pair.reasons.get("rank"):
        said.append(_("rank %(rank)s among those who may review it", rank=pair.reasons["rank"]))
    return _(", ").join([*said, *words(pair.reasons.get("parts", {}))])


def bars(proposal: Proposal) -> list[dict[str, Any]]:
    """One bar for each reviewer who gets cases, the fullest first."""
    counted = proposals.loads(proposal)
    most = max(counted.values(), default=1)
    found = [
        {"name": name, "number": counted[who], "width": round(BAR_WIDTH * counted[who] / most, 1)}
        for who, name in _names(counted).items()
    ]
    return sorted(found, key=lambda bar: (-bar["number"], bar["name"]))


def _names(ids: Collection[int]) -> dict[int, str]:
    plain = (lazyload(PortalUser.county), lazyload(PortalUser.school))
    people = db.session.scalars(select(PortalUser).where(PortalUser.id.in_(ids)).options(*plain))
    return {person.id: person.name for person in people}


@dataclass
class Shortage:
    """Why no proposal was possible: the cases, what they lack, and what would do, each alone."""

    cases: list[int]
    said: str
    remedies: list[str]


def shortage(proposal: Proposal) -> Shortage | None:
    """The solver's finding in words, None where there is a proposal."""
    found = proposal.infeasible
    if not found:
        return None
    ids = {*found["reviewers"], *(who for who, _now, _then in found["limits"])}
    names = _names(ids)
    known = [names[who] for who in found["reviewers"] if who in names]
    listed = _(", ").join(known[:NAMED])
    if len(known) > NAMED:
        listed += " " + _("and %(number)s more", number=len(known) - NAMED)
    figures = {"needed": found["needed"], "places": found["places"], "names": listed}
    if found["locked"]:
        said = _(
            "Locked pairs take %(needed)s places of these reviewers, who may take %(places)s: %(names)s.",
            **figures,
        )
    elif not found["reviewers"]:
        said = _("Reviewers without a conflict still missing: %(needed)s.", **figures)
    else:
        said = _(
            "They can go to these reviewers only and need %(needed)s places; there are %(places)s: %(names)s.",
            **figures,
        )
    remedies = []
    if found["max_load"] is not None:
        remedies.append(_("Allow %(number)s cases for each reviewer.", number=found["max_load"]))
    if found["limits"]:
        whom = [
            _("%(name)s %(then)s instead of %(now)s", name=names.get(who, ""), then=then, now=now)
            for who, now, then in found["limits"][:NAMED]
        ]
        if len(found["limits"]) > NAMED:
            whom.append(_("and %(number)s more", number=len(found["limits"]) - NAMED))
        remedies.append(_("Allow single reviewers more cases: %(whom)s.", whom=_(", ").join(whom)))
    if found["further"] is not None:
        remedies.append(
            _("Appoint further reviewers without a conflict: %(number)s.", number=found["further"])
        )
    return Shortage(sorted(found["cases"]), said, remedies)
