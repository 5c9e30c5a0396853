"""The pages of a campaign: its draft as a form, what is new, trying it out, two persons, more time."""

import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from app.access.matrix import Role
from app.admin.views.campaigns.form import RulesForm
from app.campaigns import service
from app.campaigns.models import Campaign, CampaignState
from app.core import clock
from app.core.db import db
from tests import factories

S = CampaignState


@pytest.fixture
def draft(db_session: Any) -> Campaign:
    """A copy of last year's published campaign, not yet proposed."""
    last = factories.campaign()
    row = service.copy_campaign(factories.account(Role.CENTRE), last)
    db_session.commit()
    return row


@pytest.fixture
def county(enter: Any, db_session: Any) -> Any:
    user = factories.account(Role.COUNTY, place=factories.county())
    db_session.commit()
    return enter(user)


@pytest.fixture
def centre(enter: Any, db_session: Any) -> Any:
    user = factories.account(Role.CENTRE)
    db_session.commit()
    return enter(user)


def filled(app: Flask, row: Campaign, **changes: Any) -> MultiDict[str, str]:
    """What a browser would send for the draft as it stands, with `changes`; a list stands for ticked boxes."""
    with app.test_request_context():
        data = MultiDict(RulesForm(row).inputs())
    for name, value in changes.items():
        data.setlist(name, value if isinstance(value, list) else [value])
    return data


def send(client: Any, row: Campaign, data: MultiDict[str, str]) -> Any:
    address = f"/office/campaigns/edit/{row.id}"
    return client.post(address, data=MultiDict([*data.items(multi=True), ("csrf_token", client.token())]))


def again(row: Campaign) -> Campaign:
    db.session.expire_all()
    return db.session.get_one(Campaign, row.id)


# -- the form -----------------------------------------------------------------------------------------------


def test_saving_what_is_shown_changes_nothing(app: Flask, county: Any, draft: Campaign) -> None:
    names = ("label_year", "opens_at", "closes_at", "cohorts", *service.RULES)
    before = {name: getattr(draft, name) for name in names}
    assert send(county, draft, filled(app, draft)).status_code == 302
    after = again(draft)
    assert {name: getattr(after, name) for name in names} == before | {
        "opens_at": before["opens_at"].replace(microsecond=0),
        "closes_at": before["closes_at"].replace(microsecond=0),
        "texts": {"apply_zh": "", "apply_en": ""},
    }


def test_every_rule_of_a_draft_can_be_changed(app: Flask, county: Any, draft: Campaign) -> None:
    data = filled(
        app,
        draft,
        opens_day="117/8/1", opens_time="08:00", closes_day="2028-12-31", closes_time="12:30:15",
        cohorts="117、116", regular_months="60", prerequisite_track="", prerequisite_hours="0",
        returned="pinned", revising_slots=["observation"],
        course_hours="12", reviewers_per_case="3", review_days="30", disagreement="talk", disagreement_levels="1",
        similar_revise="50", similar_fail="80", verdicts_appeal=["pass", "minor", "fail"], band_basis="worst",
        correction_limit="3", deciding_office="centre", number_template="{county}第{serial:04d}號",
        apply_zh="請詳閱簡章",
    )  # fmt: skip
    data.setlist("reviewed", [])
    answer = send(county, draft, data)
    assert answer.status_code == 302, answer.text
    row = again(draft)
    assert clock.local(row.opens_at).isoformat() == "2028-08-01T08:00:00+08:00"
    assert clock.local(row.closes_at).isoformat() == "2028-12-31T12:30:15+08:00"
    assert (row.cohorts, row.regular_months, row.prerequisite_track) == ([117, 116], 60, "")
    assert row.reopens == {"returned": "pinned", "revising": ["observation"]}
    assert (row.course_hours, row.reviewed, row.reviewers_per_case, row.review_days) == (12, False, 3, 30)
    assert (row.disagreement, row.disagreement_levels) == ("talk", 1)
    assert (row.similar_revise, row.similar_fail, row.correction_limit, row.band_basis) == (
        50,
        80,
        3,
        "worst",
    )
    assert (row.verdicts["appeal"], row.deciding_office) == (["pass", "minor", "fail"], "centre")
    assert (row.number_template, row.texts["apply_zh"]) == ("{county}第{serial:04d}號", "請詳閱簡章")


@pytest.mark.parametrize(
    ("name", "typed", "at"),
    [
        ("closes_day", "2020-01-01", "closes_day"),
        ("closes_time", "24:00", "closes_time"),
        ("cohorts", "115-113", "cohorts"),
        ("regular_months", "三十六", "regular_months"),
        ("similar_fail", "60", "similar_fail"),
        ("bands_first-1-low", "7", "bands_first-1-low"),
        ("bands_first-0-high", "0", "bands_first-0-high"),
        ("bands_second-0-verdict", "revise", "bands_second-0-verdict"),
        ("hours-0-first", "", "hours-0-first"),
        ("hours-1-last", "2010-01-01", "hours-1-last"),
        ("slots-0-form", "diary", "slots-0-form"),
        ("number_template", "{place}{serial}", "number_template"),
        ("number_template", "", "number_template"),
    ],
)
def test_a_mistake_is_told_at_its_place_and_nothing_typed_is_lost(
    app: Flask, county: Any, draft: Campaign, name: str, typed: str, at: str
) -> None:
    answer = send(county, draft, filled(app, draft, **{name: typed, "apply_zh": "寫到一半的說明"}))
    assert answer.status_code == 422
    assert f'id="{at}-error"' in answer.text
    assert f'href="#{at}"' in answer.text
    assert "寫到一半的說明" in answer.text
    if typed:
        assert f'value="{typed}"' in answer.text
    assert again(draft).texts.get("apply_zh", "") == ""


def test_rows_are_added_and_removed_without_a_script(app: Flask, county: Any, draft: Campaign) -> None:
    data = filled(app, draft, **{"rows-bands_first": "add", "apply_zh": "先寫著"})
    page = send(county, draft, data)
    assert page.status_code == 200
    assert 'name="bands_first-4-low"' in page.text
    assert "先寫著" in page.text
    assert len(again(draft).bands["first"]) == 4, "nothing is saved by a button for rows"
    page = send(county, draft, filled(app, draft, **{"rows-bands_first": "remove-0"}))
    assert 'name="bands_first-3-low"' not in page.text
    # The sums of the band that went are told at once.
    assert "1-7" in page.text


def test_forms_are_offered_in_the_order_of_the_rows(app: Flask, county: Any, draft: Campaign) -> None:
    data = MultiDict(
        (name, value) for name, value in filled(app, draft).items(multi=True) if not name.startswith("slots-")
    )
    rows = (("observation", "flanders"), ("checklist", "checklist-advanced"), ("observation", "anecdotal"))
    for number, (slot, form) in enumerate(rows):
        data[f"slots-{number}-slot"], data[f"slots-{number}-form"] = slot, form
    data.setlist("returned_slots", ["observation"])
    data.setlist("revising_slots", ["checklist"])
    assert send(county, draft, data).status_code == 302
    assert again(draft).slots == [
        {"slot": "observation", "forms": ["flanders", "anecdotal"]},
        {"slot": "checklist", "forms": ["checklist-advanced"]},
    ]
    # A slot that is gone cannot open again.
    answer = send(county, draft, filled(app, again(draft), revising_slots=["community-proof"]))
    assert answer.status_code == 422
    assert 'id="revising_slots-error"' in answer.text


def test_the_second_of_two_who_save_is_shown_both(
    app: Flask, county: Any, centre: Any, draft: Campaign
) -> None:
    with app.test_request_context():
        seen = RulesForm(draft).digest()
    first = filled(app, draft, appeal_days="12", version=seen)
    second = filled(app, draft, appeal_days="15", review_days="28", version=seen)
    assert send(county, draft, first).status_code == 302
    answer = send(centre, draft, second)
    assert answer.status_code == 409
    assert 'name="choose-appeal_days"' in answer.text
    assert again(draft).appeal_days == 12
    with app.test_request_context():
        now = RulesForm(again(draft)).digest()
    second.setlist("version", [now])
    second.add("choose-appeal_days", "theirs")
    assert send(centre, draft, second).status_code == 302
    assert (again(draft).appeal_days, again(draft).review_days) == (12, 28)


def test_only_a_draft_has_a_form(app: Flask, county: Any, centre: Any, draft: Campaign) -> None:
    data = filled(app, draft, appeal_days="12")
    assert county.submit(f"/office/campaigns/propose/{draft.id}").status_code == 302
    assert county.get(f"/office/campaigns/edit/{draft.id}").status_code == 302
    assert send(centre, draft, data).status_code == 409
    assert again(draft).appeal_days != 12


# -- the way to publication ---------------------------------------------------------------------------------


def proposal(client: Any, draft: Campaign) -> dict[str, str]:
    """Which proposal the page shows, as its button sends it."""
    page = client.get(f"/office/campaigns/show/{draft.id}").text
    found = re.search(r'name="seen" value="([^"]+)"', page)
    assert found
    return {"seen": found[1]}


def test_from_last_year_to_published_in_the_browser(county: Any, centre: Any, draft: Campaign) -> None:
    show = f"/office/campaigns/show/{draft.id}"
    assert county.submit(f"/office/campaigns/propose/{draft.id}").status_code == 302
    # The proposer is not offered the approval, and does not get it by asking either.
    assert "campaigns/approve/" not in county.get(show).text
    assert county.submit(f"/office/campaigns/approve/{draft.id}").status_code == 403
    waiting = "/office/campaigns/list/?waiting=me"
    assert draft.title in centre.get(waiting).text
    assert draft.title not in county.get(waiting).text
    refusal = centre.submit(f"/office/campaigns/send_back/{draft.id}", {"reason": ""})
    assert refusal.status_code == 422
    assert 'id="reason-error"' in refusal.text
    assert (
        centre.submit(f"/office/campaigns/send_back/{draft.id}", {"reason": "缺113年度"}).status_code == 302
    )
    assert "缺113年度" in county.get(show).text
    county.submit(f"/office/campaigns/propose/{draft.id}")
    looked_at = proposal(centre, draft)
    # Taken back, changed and proposed again, it is not what the second person looked at.
    county.submit(f"/office/campaigns/send_back/{draft.id}", {"reason": "更正"})
    county.submit(f"/office/campaigns/propose/{draft.id}")
    assert centre.submit(f"/office/campaigns/approve/{draft.id}", looked_at).status_code == 409
    assert again(draft).state is S.PROPOSED
    approved = centre.submit(f"/office/campaigns/approve/{draft.id}", proposal(centre, draft))
    assert approved.status_code == 302
    assert again(draft).state is S.PUBLISHED
    assert draft.title not in centre.get(waiting).text


def test_sums_without_a_result_warn_and_do_not_block(db_session: Any, county: Any, centre: Any) -> None:
    draft = factories.campaign(published=False, bands={})
    db_session.commit()
    assert "1-20" in county.get(f"/office/campaigns/show/{draft.id}").text
    assert county.submit(f"/office/campaigns/propose/{draft.id}").status_code == 302
    approved = centre.submit(f"/office/campaigns/approve/{draft.id}", proposal(centre, draft))
    assert approved.status_code == 302
    assert again(draft).state is S.PUBLISHED


def test_the_steward_prepares_campaigns_and_sees_nothing_else_of_the_office(
    app: Flask, enter: Any, draft: Campaign, db_session: Any
) -> None:
    steward = factories.account(Role.STEWARD)
    case = factories.drafted(factories.world(batch=2))
    db_session.commit()
    client = enter(steward)
    assert draft.title in client.get("/office/campaigns/list/").text
    assert send(client, draft, filled(app, draft, appeal_days="14")).status_code == 302
    assert client.submit(f"/office/campaigns/propose/{draft.id}").status_code == 302
    assert client.submit(f"/office/campaigns/approve/{draft.id}").status_code == 403
    home = client.get("/office/").text
    assert "/office/campaigns/list/" in home
    for path in (
        "cases/list/",
        f"cases/show/{case.id}",
        "certificates/list/",
        "profiles/list/",
        "audit/list/",
    ):
        assert client.get(f"/office/{path}").status_code in (403, 404), path
        assert f'href="/office/{path}"' not in home


def test_a_county_reaches_its_own_campaigns_only(db_session: Any, county: Any, draft: Campaign) -> None:
    other = factories.campaign(factories.county("連江"), published=False)
    db_session.commit()
    for path in ("show", "edit", "compare", "simulate"):
        assert county.get(f"/office/campaigns/{path}/{draft.id}").status_code == 200, path
        assert county.get(f"/office/campaigns/{path}/{other.id}").status_code == 404, path
    for path in ("propose", "approve", "send_back", "extend", "amend", "close"):
        assert county.submit(f"/office/campaigns/{path}/{other.id}").status_code == 404, path
    assert county.submit(f"/office/campaigns/action/copy/{other.id}").status_code == 404


# -- comparing and trying -----------------------------------------------------------------------------------


def test_only_what_is_new_is_listed(county: Any, draft: Campaign) -> None:
    service.change_campaign(
        None or factories.account(Role.CENTRE), draft, appeal_days=14, reviewers_per_case=3
    )
    page = county.get(f"/office/campaigns/compare/{draft.id}").text
    assert ">10</span>" in page
    assert ">14</span>" in page
    assert "觀察紀錄表" not in page, "the slots are the same"


def test_the_first_campaign_has_nothing_to_be_compared_with(db_session: Any, county: Any) -> None:
    only = factories.campaign(published=False)
    db_session.commit()
    assert "empty-state" in county.get(f"/office/campaigns/compare/{only.id}").text
    assert county.get(f"/office/campaigns/simulate/{only.id}").status_code == 200


def test_trying_names_who_changes_sides_and_why(db_session: Any, county: Any, draft: Campaign) -> None:
    short = factories.teacher(name="年資不足老師")
    old = factories.teacher(name="研習過舊老師")
    service.change_campaign(factories.account(Role.CENTRE), draft, cohorts=[116, 115], regular_months=61)
    db_session.commit()
    page = county.get(f"/office/campaigns/simulate/{draft.id}").text
    for name in (short.name, old.name):
        assert name in page
    assert "研習年度" in page
    assert "正式教師年資" in page


def test_the_steward_sees_how_many_and_not_who(db_session: Any, enter: Any, draft: Campaign) -> None:
    person = factories.teacher(name="不給看的老師")
    steward = factories.account(Role.STEWARD)
    service.change_campaign(steward, draft, regular_months=480)
    db_session.commit()
    page = enter(steward).get(f"/office/campaigns/simulate/{draft.id}").text
    assert person.name not in page
    assert "(1)" in page


def test_the_same_rules_for_another_county(db_session: Any, centre: Any, county: Any) -> None:
    campaign, other = factories.campaign(appeal_days=12), factories.county("連江")
    db_session.commit()
    address, show = (f"/office/campaigns/{name}/{campaign.id}" for name in ("copy_to", "show"))
    assert address in centre.get(show).text
    assert address not in county.get(show).text
    assert county.submit(address, {"county": str(other.id)}).status_code == 403
    assert centre.submit(address, {"county": ""}).status_code == 422
    assert centre.submit(address, {"county": str(other.id)}).status_code == 302
    draft = db_session.query(Campaign).filter_by(county_id=other.id).one()
    assert (draft.state, draft.label_year, draft.appeal_days) == (S.DRAFT, campaign.label_year, 12)
    assert (draft.opens_at, draft.cohorts) == (campaign.opens_at, campaign.cohorts)


# -- after publication --------------------------------------------------------------------------------------


def test_more_time_for_a_school(db_session: Any, centre: Any, county: Any) -> None:
    campaign = factories.campaign()
    school = factories.school()
    db_session.commit()
    address = f"/office/campaigns/extend/{campaign.id}"
    day = clock.local(campaign.closes_at + timedelta(days=7)).date().isoformat()
    typed = {"reach": "school", "whom": school.code, "until_day": day, "until_time": "", "reason": "颱風停課"}
    for wrong, at in (
        ({"reach": ""}, "reach"),
        ({"whom": "999999"}, "whom"),
        ({"until_day": "明天"}, "until_day"),
        ({"until_time": "25:00"}, "until_time"),
        ({"until_day": "2020-01-01"}, "until_day"),
        ({"reason": ""}, "reason"),
        ({"reach": "person", "whom": "nobody.here"}, "whom"),
    ):
        answer = county.submit(address, typed | wrong)
        assert answer.status_code == 422, wrong
        assert f'id="{at}-error"' in answer.text, wrong
        assert "颱風停課" in answer.text or "reason" in wrong
    assert county.submit(address, typed).status_code == 302
    page = county.get(f"/office/campaigns/show/{campaign.id}").text
    assert school.label in page
    assert f"{day} 23:59:59" in page
    assert "颱風停課" in page


def test_a_missing_band_in_the_browser(db_session: Any, centre: Any, county: Any) -> None:
    campaign = factories.campaign(
        bands=factories.BANDS | {"first": [{"from": 1, "to": 7, "verdict": "pass"}]}
    )
    db_session.commit()
    show, address = (f"/office/campaigns/{name}/{campaign.id}" for name in ("show", "amend"))
    assert "8-20" in county.get(show).text
    typed = {"round": "first", "low": "8", "high": "20", "verdict": "fail", "reason": "會議決議"}
    refusal = county.submit(address, typed | {"high": "多"})
    assert refusal.status_code == 422
    assert 'id="high-error"' in refusal.text
    assert "會議決議" in refusal.text
    assert county.submit(address, typed).status_code == 302
    band = str(again(campaign).amendments[0].id)
    assert county.submit(f"/office/campaigns/approve_band/{campaign.id}", {"band": band}).status_code == 403
    assert campaign.title in centre.get("/office/campaigns/list/?waiting=me").text
    assert centre.submit(f"/office/campaigns/approve_band/{campaign.id}", {"band": "999"}).status_code == 409
    assert centre.submit(f"/office/campaigns/approve_band/{campaign.id}", {"band": band}).status_code == 302
    assert again(campaign).band_for("first", 20) == "fail"


@pytest.mark.parametrize("language", ["zh_Hant_TW", "en"])
@pytest.mark.parametrize("state", list(S))
def test_every_page_in_both_languages(
    db_session: Any, county: Any, draft: Campaign, language: str, state: CampaignState, frozen: Any
) -> None:
    user = factories.account(Role.COUNTY, place=factories.county())
    if state is not S.DRAFT:
        service.propose_campaign(user, draft)
    if state in (S.PUBLISHED, S.CLOSED):
        service.approve_campaign(factories.account(Role.CENTRE), draft)
    db_session.commit()
    county.get(f"/lang/{language}")
    for name in ("show", "compare", "simulate", *(["edit"] if state is S.DRAFT else [])):
        page = county.get(f"/office/campaigns/{name}/{draft.id}")
        assert page.status_code == 200
        assert page.text.count("<h1") == 1
    assert county.get("/office/campaigns/csv").status_code == 200
