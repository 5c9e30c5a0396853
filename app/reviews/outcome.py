"""What the sheets of a round come to: sum, band, similarity tick, disagreement. Nothing here decides."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from app.campaigns.models import Campaign
from app.cases.models import Case
from app.cases.states import Round, Verdict
from app.core.db import db
from app.reviews.models import Sheet, SheetState, Talk
from app.reviews.queries import assignments

# What the reviewer's tick says about likeness to another teacher's text (FORMS.md 7.4); the heavier goes first.
SIMILAR = {"fail": Verdict.FAIL, "revise": Verdict.REVISE}
SEVERITY = (Verdict.PASS, Verdict.MINOR, Verdict.REVISE, Verdict.FAIL)


@dataclass(frozen=True)
class Outcome:
    """`value` is the sum that is looked up in the campaign's bands (several sheets: by its band basis);
    `band` None means that no band is defined for it; `proposal` is the band unless a similarity tick says worse.

    `items` are the codes of items on which two sheets lie too far apart.
    """

    sheets: Sequence[Sheet]
    sums: tuple[int, ...]
    value: int | None
    band: Verdict | None
    similar: Verdict | None
    items: tuple[str, ...]
    verdicts_differ: bool

    @property
    def proposal(self) -> Verdict | None:
        """The worse of the two; without a band nothing is proposed, whatever is ticked."""
        return max(filter(None, (self.band, self.similar)), key=SEVERITY.index) if self.band else None

    @property
    def disagree(self) -> bool:
        return self.verdicts_differ or bool(self.items)


def total(sheet: Sheet) -> int:
    """Sum of the levels with the weighted correction: low is good."""
    return sum(sheet.levels.values()) + sheet.correction


def outcome(case: Case, round_: Round) -> Outcome:
    """What the sent sheets of the round come to."""
    sheets = [a.sheet for a in assignments(case, round_) if a.sheet and a.sheet.state is SheetState.SENT]
    return outcome_of(case.campaign, sheets, round_)


def outcome_of(campaign: Campaign, sheets: Sequence[Sheet], round_: Round) -> Outcome:
    """The same for given sheets under the rules of any campaign, which a simulation asks."""
    sums = tuple(total(sheet) for sheet in sheets)
    value = _value(campaign, sums)
    band = campaign.band_for(str(round_), value) if value is not None else None
    ticks = {sheet.similar for sheet in sheets}
    return Outcome(
        sheets=sheets,
        sums=sums,
        value=value,
        band=Verdict(band) if band else None,
        similar=next((verdict for tick, verdict in SIMILAR.items() if tick in ticks), None),
        items=_far_apart(sheets, campaign.disagreement_levels),
        verdicts_differ=len({sheet.verdict for sheet in sheets}) > 1,
    )


def _value(campaign: Campaign, sums: tuple[int, ...]) -> int | None:
    """One number for all sheets: the worst, or the mean rounded up to the worse."""
    if not sums:
        return None
    return max(sums) if campaign.band_basis == "worst" else ceil(sum(sums) / len(sums))


def _far_apart(sheets: Sequence[Sheet], levels: int) -> tuple[str, ...]:
    codes = sorted({code for sheet in sheets for code in sheet.levels})
    return tuple(
        code for code in codes if _spread([s.levels[code] for s in sheets if code in s.levels]) >= levels
    )


def _spread(levels: list[int]) -> int:
    return max(levels) - min(levels) if len(levels) > 1 else 0


def settled(case: Case, round_: Round, found: Outcome) -> bool:
    """Whether a disagreement has been dealt with as the campaign wants: a third sheet, or a talk on record."""
    rule = case.campaign.disagreement
    if not found.disagree or rule == "none":
        return True
    if rule == "third":
        return len(found.sheets) > case.campaign.reviewers_per_case
    query = db.select(Talk.id).where(Talk.case_id == case.id, Talk.round == round_)
    return db.session.scalar(query) is not None
