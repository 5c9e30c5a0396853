"""Wording that nobody has compared with an official text says so in the console."""

from typing import Any

import pytest

from app.reference.models import FormType, InstrumentCode, InstrumentCodeSet


@pytest.mark.parametrize("model", [FormType, InstrumentCodeSet, InstrumentCode])
def test_the_lists_carry_the_mark(steward: Any, model: Any) -> None:
    page = steward.get(f"/steward/{model.__tablename__.replace('_', '-')}/").text
    assert "Unconfirmed" in page


def test_forms_whose_body_was_not_found_are_marked(app: Any) -> None:
    from app.reference.queries import active

    with app.app_context():
        marked = {row.code for row in active(FormType) if not row.confirmed}
    assert {"pre-observation-b", "observation-101", "flanders", "post-observation-a"} <= marked
    assert not {"observation-105", "pre-observation-a", "post-observation-b"} & marked
