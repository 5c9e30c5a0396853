"""What the people of the demo wrote makes complete forms, and nobody but one copied from another."""

from typing import Any

import pytest
from sqlalchemy import select

from app.campaigns.models import Campaign
from app.forms import registry
from app.similarity.models import Narrative
from app.similarity.queries import of_narrative
from seed import demo, demo_mentor, demo_texts

WRITTEN = {
    f"{username} {slot}": form
    for username in demo_texts.LESSONS
    for slot, form in demo_texts.typed(username).items()
} | {**demo_mentor.typed("teacher.mentor", years=11), **demo_mentor.RENEWAL}


@pytest.mark.parametrize("slot", WRITTEN)
def test_complete(db_session: Any, slot: str) -> None:
    code, answers = WRITTEN[slot]
    form = registry.build(code, answers=answers)
    form.prefill({"observer": "高慧君", "school": "市立東門國小", "share": 50})
    assert [(problem.label, problem.message) for problem in form.problems()] == []


def test_one_copy_is_planted(db_session: Any) -> None:
    """What each case of the demo shares with those sent before: one record of a lesson, and far less elsewhere."""
    demo.load()
    sent = db_session.scalars(select(Narrative)).all()
    assert {row.case.applicant.username for row in sent} >= set(demo_texts.LESSONS) - {"teacher.draft"}
    found = {
        (row.slot, row.case.applicant.username, match.narrative.case.applicant.username): match.containment
        for row in sent
        for match in of_narrative(row).matches
    }
    copy = found.pop(("observation", *demo_texts.PLANTED))
    assert set(db_session.scalars(select(Campaign.similar_revise))) == {60}
    assert 65 < copy < 75
    assert all(containment < 40 for containment in found.values()), found
