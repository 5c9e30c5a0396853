"""The reference rows: whole, repeatable, never over a steward's own wording."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import func, select

from app.campaigns.tracks import SLOTS, TRACKS, Track
from app.cases.workflow import TRANSITIONS
from app.core.db import db, transaction
from app.forms import registry
from app.notices import catalog
from app.reference import queries, service
from app.reference.models import (
    County,
    FormType,
    Lookup,
    MessageTemplate,
    Rubric,
    RubricState,
    School,
    SchoolYear,
    SheetItem,
)
from seed import reference

SEED = Path(reference.__file__).parent
ADVANCED = "進階專業回饋人才認證"

# PROCESS.md 4.2, as the platform sends them.
OFFICIAL = {
    "case.returned": (
        "申請進階專業回饋人才認證退件",
        "感謝您申請進階專業回饋人才認證，因您的認證資料有誤，請依形式審查意見補齊後再重新申請認證。",
    ),
    "case.passed": (
        "申請進階專業回饋人才認證通過",
        "感謝您申請進階專業回饋人才認證，您的審查結果為「通過」，證號將於所有認證審查完成後統一公告，謝謝。",
    ),
    "case.revise": (
        "進階專業回饋人才認證請修正送複審",
        "感謝您申請進階專業回饋人才認證，您的初審結果為修正後複審，請您依據審查委員意見修正後再申請複審。"
        "如有疑義，可洽詢所屬縣市之教專中心安排複審諮詢，謝謝。",
    ),
    "case.failed_first": (
        "初審進階專業回饋人才認證未通過",
        "感謝您申請進階專業回饋人才認證，因資料仍有不足，經審查委員評為認證未通過，敬請參閱審查意見。"
        "若您對審查意見有疑義，可填寫申復表申請申復，亦可於研習時數之檢核時效內，下一學年度再重新申請認證，謝謝。",
    ),
    "certificate.issued": (
        "進階專業回饋人才認證 證號已核發",
        "恭喜您通過進階專業回饋人才認證，認證證號已發證，您可至「個人資料」頁面檢視，謝謝。",
    ),
    "certificate.announced": (
        "進階專業回饋人才認證 證號已公告",
        "恭喜您通過進階專業回饋人才認證，認證證號已公告，您可至「個人資料」頁面檢視，謝謝。",
    ),
}


def counts() -> dict[str, int]:
    models = [*Lookup.__subclasses__(), MessageTemplate, Rubric]
    return {model.__name__: db.session.scalar(select(func.count()).select_from(model)) for model in models}


def test_a_second_load_changes_nothing(db_session: Any) -> None:
    before = counts()
    assert reference.load() == "reference rows added: none"
    assert counts() == before


def test_what_a_steward_changed_survives_and_what_is_missing_comes_back(db_session: Any) -> None:
    county = queries.by_code(County, "taoyuan")
    with transaction():
        service.update(None, county, contact="03-0000000")
        db.session.delete(queries.by_code(FormType, "appeal"))
    assert reference.load() == "reference rows added: FormType 1"
    assert queries.by_code(County, "taoyuan").contact == "03-0000000"


def test_a_retired_row_stays_retired(db_session: Any) -> None:
    with transaction():
        service.retire(None, queries.by_code(FormType, "verbatim"))
    reference.load()
    assert queries.by_code(FormType, "verbatim").retired_at is not None


def test_the_rows_that_the_portal_counts_on(db_session: Any) -> None:
    found = counts()
    assert found["County"] == 22
    assert found["SchoolYear"] == 13
    taoyuan = queries.by_code(County, "taoyuan")
    assert (taoyuan.label_zh, taoyuan.short_name) == ("桃園市", "桃園")
    assert len({c.short_name for c in queries.active(County)}) == 22
    schools = {s.label_zh for s in queries.active(School) if s.county_id == taoyuan.id}
    assert {"市立中埔國小", "市立東門國小"} <= schools
    assert {s.county_id for s in queries.active(School)} == {c.id for c in queries.active(County)}
    year = queries.by_code(SchoolYear, "109")
    assert (str(year.starts_on), str(year.ends_on)) == ("2020-08-01", "2021-07-31")


@pytest.mark.parametrize("version", ["101", "105"])
def test_a_rubric_is_the_file_item_by_item(db_session: Any, version: str) -> None:
    rubric = db.session.scalar(select(Rubric).where(Rubric.version == version))
    assert rubric.state is RubricState.PUBLISHED
    listed = yaml.safe_load((SEED / f"rubric-{version}.yaml").read_text(encoding="utf-8"))["items"]
    stored = [(i.code, i.level, i.parent_code, i.title_zh, i.title_en, i.status) for i in rubric.items]
    assert stored == [
        (i["code"], i["level"], i["parent"], i["title_zh"], i["title_en"], i["status"]) for i in listed
    ]


def test_what_can_be_seen_in_class(db_session: Any) -> None:
    rubric = db.session.scalar(select(Rubric).where(Rubric.version == "105"))
    seen = {i.code for i in rubric.items if i.observable and i.level == "indicator"}
    assert seen == {"A-2", "A-3", "A-4", "B-1", "B-2"}
    assert [i.code for i in rubric.items if i.optional] == ["A-4-4"]


@pytest.mark.parametrize("event", OFFICIAL)
def test_official_messages_are_word_for_word(db_session: Any, event: str) -> None:
    row = db.session.scalar(select(MessageTemplate).where(MessageTemplate.event == event))
    values = {"track": ADVANCED}
    assert (catalog.fill(row.title_zh, values), catalog.fill(row.body_zh, values)) == OFFICIAL[event]


def test_every_notice_has_its_words_and_no_placeholder_stays_empty(db_session: Any) -> None:
    assert catalog.missing_templates() == []
    assert {t.notice for t in TRANSITIONS if t.notice} <= {
        row.event for row in db.session.scalars(select(MessageTemplate))
    }
    for row in db.session.scalars(select(MessageTemplate)):
        texts = (row.title_zh, row.title_en, row.body_zh, row.body_en)
        assert catalog.unknown_placeholders(row.event, *texts) == [], row.event


@pytest.mark.parametrize("track", Track)
def test_campaign_defaults_list_the_official_forms(db_session: Any, track: Track) -> None:
    rules = reference.defaults(track, 115)
    codes = [entry["slot"] for entry in rules["slots"]]
    # A renewal case is short; all lists are in the order of filling, the check list last.
    assert set(codes) <= set(SLOTS) - {"appeal"} and ("checklist" not in codes or codes[-1] == "checklist")
    known = {code for code, _version in registry.load()}
    listed = {row.code for row in queries.active(FormType)}
    assert all(set(entry["forms"]) <= listed & known for entry in rules["slots"])
    assert set(rules["reopens"]["revising"]) < set(rules["reopens"]["returned"]) == set(codes)
    rated = [row.slot for row in queries.active(SheetItem) if row.track == track]
    assert len(rated) == TRACKS[track].items
    # What is rated can be read in the case, and mended for the second round.
    assert set(rated) <= set(rules["reopens"]["revising"])


def test_the_advanced_track_admits_its_own_year_and_the_two_before() -> None:
    assert reference.defaults(Track.ADVANCED, 115)["cohorts"] == [115, 114, 113]
