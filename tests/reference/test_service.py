"""The door for lookup rows: what it refuses, what it records."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from app.core.audit import AuditEntry
from app.core.db import db
from app.core.errors import Forbidden, Invalid, PortalError
from app.reference import queries, service
from app.reference.models import (
    County,
    MessageTemplate,
    Rubric,
    RubricItem,
    RubricState,
    School,
    SchoolLevel,
    SchoolYear,
    Subject,
)


class Nobody:
    """An account without a role."""

    id, username, active, is_authenticated, role_set = 0, "nobody", True, True, frozenset()


def refused(**expected: str) -> Any:
    """`pytest.raises(Invalid)` with the code and the field that the error must carry."""
    return pytest.raises(Invalid, check=lambda e: {k: getattr(e, k) for k in expected} == expected)


def test_upsert_makes_then_changes_then_leaves_alone(db_session: Any) -> None:
    made = service.upsert(None, Subject, "latin", label_zh="拉丁文", label_en="Latin")
    again = service.upsert(None, Subject, "latin", label_en="Latin language")
    assert again is made
    service.upsert(None, Subject, "latin", label_en="Latin language")
    entries = queries.history(made)
    assert [e.action for e in entries] == ["reference.changed", "reference.created"]
    assert entries[0].detail == {"changes": {"label_en": ["Latin", "Latin language"]}}


def test_without_the_right_nothing_is_written(db_session: Any) -> None:
    with pytest.raises(Forbidden):
        service.upsert(Nobody(), Subject, "latin", label_zh="拉丁文", label_en="Latin")
    with pytest.raises(Forbidden):
        service.retire(Nobody(), queries.by_code(Subject, "arts"))


@pytest.mark.parametrize(
    "code", ["34601", "0346011", "O34601", "034Z01", "034601-AB", "034601A", "", " 034601", "０３４６０１"]
)
def test_school_codes_have_the_ministrys_shape(db_session: Any, code: str) -> None:
    with refused(code="school_code", field="code") if code else refused(code="missing", field="code"):
        service.create(None, School, **school(code))


@pytest.mark.parametrize("code", ["034699", "033F09", "213644-A"])
def test_real_shapes_of_school_codes_pass(db_session: Any, code: str) -> None:
    assert service.create(None, School, **school(code)).code == code


def school(code: str) -> dict[str, Any]:
    return {
        "code": code,
        "label_zh": "市立測試國小",
        "label_en": "Test Elementary School",
        "county_id": queries.by_code(County, "taoyuan").id,
        "level_id": queries.by_code(SchoolLevel, "elementary").id,
    }


def test_a_code_is_taken_once(db_session: Any) -> None:
    with refused(code="taken", field="code"):
        service.create(None, Subject, code="arts", label_zh="藝術", label_en="Arts")


def test_a_name_is_needed_and_has_an_end(db_session: Any) -> None:
    with refused(code="missing", field="label_zh"):
        service.create(None, Subject, code="x", label_zh=" ", label_en="X")
    with refused(code="too_long", field="label_en"):
        service.create(None, Subject, code="x", label_zh="甲", label_en="x" * 201)


def test_a_school_year_ends_after_it_begins(db_session: Any) -> None:
    year = queries.by_code(SchoolYear, "110")
    with refused(code="order", field="ends_on"):
        service.update(None, year, ends_on=date(2021, 7, 31))
    assert year.ends_on == date(2022, 7, 31), "a refused value must not be written with the next flush"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("您好 {techer}", "placeholder"),
        ("{teacher.password}", "placeholder"),
        ("{teacher", "brace"),
        ("{}", "placeholder"),
    ],
)
def test_templates_name_only_known_placeholders(db_session: Any, text: str, code: str) -> None:
    with refused(code=code, field="body_zh"):
        service.upsert(None, MessageTemplate, "case.passed", body_zh=text)


def test_a_track_may_have_words_of_its_own_once(db_session: Any) -> None:
    words = {"title_zh": "甲", "title_en": "A", "body_zh": "乙", "body_en": "B"}
    service.create(None, MessageTemplate, event="case.passed", track="mentor", **words)
    with refused(code="taken", field="event"):
        service.create(None, MessageTemplate, event="case.passed", track="mentor", **words)


def test_retired_rows_leave_the_lists_and_come_back(db_session: Any) -> None:
    row = queries.by_code(Subject, "arts")
    service.retire(None, row)
    assert row not in queries.active(Subject)
    service.restore(None, row)
    assert row in queries.active(Subject)
    assert [e.action for e in queries.history(row)][:2] == ["reference.restored", "reference.retired"]


def published(version: str = "105") -> Rubric:
    return db.session.scalars(select(Rubric).where(Rubric.version == version)).one()


def test_a_published_rubric_is_frozen_and_a_copy_is_not(db_session: Any) -> None:
    rubric = published()
    with pytest.raises(PortalError):
        service.update_rubric_item(None, rubric.items[0], title_zh="別的")
    with pytest.raises(PortalError):
        service.create_rubric_item(None, rubric, code="Z", level="dimension")
    with pytest.raises(PortalError):
        service.publish_rubric(None, rubric)

    draft = service.copy_rubric(None, rubric)
    assert (draft.version, draft.revision, draft.state) == ("105", 2, RubricState.DRAFT)
    assert [i.code for i in draft.items] == [i.code for i in rubric.items]
    service.update_rubric_item(None, draft.items[0], title_zh="別的")
    service.publish_rubric(None, draft)
    assert rubric.items[0].title_zh != "別的"


@pytest.mark.parametrize(
    ("level", "parent", "fits"),
    [
        ("dimension", None, True),
        ("indicator", "A", True),
        ("checkpoint", "A-1", True),
        ("dimension", "A", False),
        ("indicator", "A-1", False),
        ("checkpoint", None, False),
        ("checkpoint", "Q-9", False),
    ],
)
def test_items_hang_under_the_level_above(
    db_session: Any, level: str, parent: str | None, fits: bool
) -> None:
    draft = service.copy_rubric(None, published())
    values = {"code": "X", "level": level, "parent_code": parent}
    if fits:
        assert isinstance(service.create_rubric_item(None, draft, **values), RubricItem)
    else:
        with refused(code="parent", field="parent_code"):
            service.create_rubric_item(None, draft, **values)


def test_the_trail_names_who_did_it(db_session: Any) -> None:
    service.upsert(None, Subject, "latin", label_zh="拉丁文", label_en="Latin")
    entry = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one()
    assert (entry.object_type, entry.action, entry.actor_id) == ("Subject", "reference.created", None)
