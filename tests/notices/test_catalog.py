"""The catalogue agrees with the transition table and with the seeded rows."""

import pytest
from sqlalchemy import select

from app.core.errors import DeclarationError
from app.notices import catalog
from app.reference.models import MessageTemplate


def test_the_catalogue_names_each_event_of_the_table(app):
    catalog.check_declarations()


def test_an_event_that_tells_nobody_stops_the_start(monkeypatch):
    kept = tuple(n for n in catalog.NOTICES if n.event != "case.returned")
    monkeypatch.setattr(catalog, "NOTICES", kept)
    with pytest.raises(DeclarationError, match=r"case\.returned"):
        catalog.check_declarations()


def test_an_entry_without_a_transition_stops_the_start(monkeypatch):
    more = catalog.Notice("case.vanished", catalog.Audience.APPLICANT, "case.vanished", frozenset())
    monkeypatch.setattr(catalog, "NOTICES", (*catalog.NOTICES, more))
    with pytest.raises(DeclarationError, match=r"case\.vanished"):
        catalog.check_declarations()


def test_the_same_people_are_not_told_twice(monkeypatch):
    monkeypatch.setattr(catalog, "NOTICES", (*catalog.NOTICES, catalog.NOTICES[0]))
    with pytest.raises(DeclarationError, match="twice"):
        catalog.check_declarations()


def test_every_template_has_its_row_and_every_row_fills(db_session):
    assert catalog.missing_templates() == []
    for row in db_session.scalars(select(MessageTemplate)):
        words = (row.title_zh, row.title_en, row.body_zh, row.body_en)
        assert all(words), row.event
        assert catalog.unknown_placeholders(row.event, *words) == [], row.event


def test_a_wrong_placeholder_is_named():
    assert catalog.unknown_placeholders("case.passed", "{teacher} {number}", "{when}") == ["number", "when"]


def test_filling_evaluates_nothing():
    assert catalog.fill("{a} {a.b} {b} {{a}}", {"a": "{b}", "b": "2"}) == "{b} {a.b} 2 {{b}}"
