"""What the people of the demo wrote makes complete forms."""

from typing import Any

import pytest

from app.forms import registry
from seed import demo_mentor, demo_scenes

WRITTEN = {**demo_scenes.ADVANCED, **demo_mentor.typed("teacher.mentor", years=11), **demo_mentor.RENEWAL}


@pytest.mark.parametrize("slot", WRITTEN)
def test_complete(db_session: Any, slot: str) -> None:
    code, answers = WRITTEN[slot]
    form = registry.build(code, answers=answers)
    form.prefill({"observer": "高慧君", "school": "市立東門國小", "share": 50})
    assert [(problem.label, problem.message) for problem in form.problems()] == []
