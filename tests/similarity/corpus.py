"""Narratives made up of words, copies of them at a chosen overlap, and documents that hold them."""

import random
from collections.abc import Callable
from typing import Any

from app.access.models import PortalUser
from app.campaigns.models import Campaign
from app.cases import service as cases
from app.cases.models import Case, Document, Submission
from app.cases.states import State
from app.core import clock
from app.core.db import db
from app.similarity.models import Narrative
from app.similarity.service import index_submission
from tests import factories

SLOT, FORM = "post-observation", "post-observation-a"
CHARACTERS = [chr(0x4E00 + 7 * n) for n in range(1500)]


def containment(query: set[str], other: set[str]) -> float:
    """How many percent of the query's grams stand in the other text."""
    return 100 * len(query & other) / len(query)


class Writer:
    """Writes the same texts for the same seed."""

    def __init__(self, seed: int) -> None:
        self.draw = random.Random(seed)
        self.words = ["".join(self.draw.choices(CHARACTERS, k=2)) for _ in range(3000)]

    def sentence(self) -> str:
        return "".join(self.draw.choice(self.words) for _ in range(self.draw.randint(4, 9)))

    def sentences(self, count: int) -> list[str]:
        return [self.sentence() for _ in range(count)]

    def text(self, sentences: int = 30) -> str:
        return "，".join(self.sentences(sentences)) + "。"

    # -- copies: `share` is about how much of the result stands in the original ---------------------------------

    def block(self, original: str, share: float) -> str:
        """The beginning is kept, the rest is written anew."""
        rows = original.rstrip("。").split("，")
        kept = round(len(rows) * share)
        return "，".join([*rows[:kept], *self.sentences(len(rows) - kept)])

    def reorder(self, original: str, share: float) -> str:
        """Some sentences are kept, the rest is new, and all of them are shuffled."""
        rows = self.block(original, share).split("，")
        self.draw.shuffle(rows)
        return "，".join(rows)

    def scatter(self, original: str, share: float) -> str:
        """Single characters are changed all over the text."""
        changed = 1 - share ** (1 / 5)
        return "".join(
            self.draw.choice(CHARACTERS) if c not in "，。" and self.draw.random() < changed else c
            for c in original
        )

    def comb(self, original: str, share: float) -> str:
        """Edits as evenly spread as possible: the hardest case for fingerprints."""
        step = max(6, round(5 / (1 - share)))
        return "".join("新" if n % step == step - 1 else c for n, c in enumerate(original.replace("，", "")))

    @property
    def ways(self) -> list[Callable[[str, float], str]]:
        return [self.block, self.reorder, self.scatter, self.comb]


def document(
    campaign: Campaign, text: str, *, by: PortalUser | None = None, **answers: Any
) -> Narrative | None:
    """A sent document of a teacher (a new one unless told), past all reviewing; None when nothing was kept of it."""
    by = by or factories.teacher()
    case = Case(
        applicant_id=by.id,
        campaign_id=campaign.id,
        track=campaign.track,
        county_id=campaign.county_id,
        school_id=by.school_id,
        state=State.WITHDRAWN,
    )
    db.session.add(case)
    db.session.flush()
    content = {"slot": SLOT, "form": FORM, "version": 1, "answers": {"facts": text, **answers}, "file": None}
    submission = Submission(
        case_id=case.id,
        number=1,
        transition="submit",
        submitted_by_id=by.id,
        submitted_at=clock.now(),
        content=[content],
        digest="0" * 64,
    )
    db.session.add(submission)
    db.session.flush()
    return next(iter(index_submission(submission)), None)


def sent(campaign: Campaign, texts: dict[str, dict[str, str]], *, by: PortalUser | None = None) -> Case:
    """A case sent through the services; `texts` slot -> answers of the first form offered there."""
    by = by or factories.teacher()
    case = cases.apply(by, campaign=campaign)
    write(case, texts)
    factories.fill(case)
    return cases.submit(by, case)


def write(case: Case, texts: dict[str, dict[str, str]]) -> None:
    """Put answers into the slots of a case."""
    kept = {row.slot: row for row in case.documents}
    for slot, answers in texts.items():
        if slot in kept:
            kept[slot].answers = {**kept[slot].answers, **answers}
            continue
        db.session.add(
            Document(
                case_id=case.id,
                slot=slot,
                form_code=case.campaign.forms_for(slot)[0],
                form_version=1,
                answers=answers,
                complete=True,
            )
        )
    db.session.flush()
    db.session.expire(case, ["documents"])
