"""The offices' steps through their pages: what is possible happens, what is refused says why and keeps the words."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.access.matrix import Role
from app.campaigns.models import Campaign, CampaignState
from app.cases.models import Case
from app.cases.states import State, Verdict
from app.core import clock
from app.core.db import db
from app.core.outbox import MailState, OutboxMail
from app.people.models import Certificate, CertificateState
from app.reference.models import ReturnReason
from app.reviews.models import Decision
from tests import factories


def now(case: Case) -> Case:
    db.session.expire_all()
    return db.session.get(Case, case.id)  # type: ignore[return-value]


def test_returning_needs_a_coded_reason_and_keeps_the_words(offices: Any, enter: Any) -> None:
    case = offices.cases[State.FORMAL_CHECK]
    client = enter(offices.world.centre)
    code = db.session.scalars(select(ReturnReason.code).order_by(ReturnReason.id)).first()
    refused = client.submit(f"/office/cases/formal_return/{case.id}", {"reason": "請重新上傳"})
    assert refused.status_code == 422
    assert "請重新上傳</textarea>" in refused.text
    assert now(case).state is State.FORMAL_CHECK
    done = client.submit(
        f"/office/cases/formal_return/{case.id}",
        {
            "reason": "請重新上傳",
            "reason-checklist": code,
            "text-checklist": "缺核章",
            "reason-nowhere": code,
        },
    )
    assert done.status_code == 302
    event = now(case).events[-1]
    assert now(case).state is State.RETURNED
    assert event.reasons == [{"slot": "checklist", "reason": code, "text": "缺核章"}]
    assert "缺核章" in client.get(f"/office/cases/show/{case.id}").text


def test_assigning_shows_who_is_blocked_and_takes_exactly_two(offices: Any, enter: Any) -> None:
    case = offices.cases[State.FIRST_ASSIGN]
    colleague = factories.account(Role.REVIEWER, at_school=case.school, name="同校委員")
    client = enter(offices.world.centre)
    page = client.get(f"/office/cases/show/{case.id}").text
    row = page[page.index("同校委員") - 600 : page.index("同校委員") + 600]
    assert "disabled" in row
    ids = [str(r.id) for r in offices.world.reviewers]
    for chosen, status in (
        ([], 422),
        (ids[:1], 422),
        ([ids[0], str(colleague.id)], 422),
        (["x", ids[0]], 422),
        (ids, 302),
    ):
        answer = client.submit(f"/office/cases/assign/{case.id}", {"reviewers": chosen})
        assert answer.status_code == status, chosen
    assert now(case).state is State.FIRST_REVIEW


def test_deciding_keeps_the_typed_reason_and_needs_one_against_the_reviewers(
    offices: Any, enter: Any
) -> None:
    case = offices.cases[State.FIRST_DECISION]
    client = enter(offices.world.county)
    page = client.get(f"/office/cases/show/{case.id}").text
    assert "no band defined" in page or "未定義" in page or "未訂" in page
    assert (
        client.submit(f"/office/cases/decide/{case.id}", {"verdict": "nonsense", "reason": "字"}).status_code
        == 422
    )
    refused = client.submit(f"/office/cases/decide/{case.id}", {"verdict": "fail", "reason": " "})
    assert refused.status_code == 422
    assert 'value="fail" checked' in refused.text
    assert db.session.scalar(select(Decision.id).where(Decision.case_id == case.id)) is None
    done = client.submit(f"/office/cases/decide/{case.id}", {"verdict": "fail", "reason": "紀錄未完整"})
    assert done.status_code == 302
    assert now(case).state is State.FIRST_FAILED
    again = client.submit(f"/office/cases/decide/{case.id}", {"verdict": "fail", "reason": "再一次"})
    assert again.status_code == 409, "a second click changes nothing"


def test_the_office_that_is_not_in_charge_reads_why(offices: Any, enter: Any) -> None:
    """In the default campaign the centre checks; the county of the case sees the reason and no button."""
    case = offices.cases[State.FORMAL_CHECK]
    client = enter(offices.world.county)
    page = client.get(f"/office/cases/show/{case.id}").text
    assert "/office/cases/formal_pass/" not in page
    assert client.submit(f"/office/cases/formal_pass/{case.id}").status_code == 409
    assert now(case).state is State.FORMAL_CHECK


def test_numbers_for_chosen_rows_one_by_one_with_a_look_before(offices: Any, enter: Any) -> None:
    passed, open_ = offices.cases[State.PASSED], offices.cases[State.FIRST_REVIEW]
    client = enter(offices.world.centre)
    rows = [str(passed.id), str(open_.id), str(passed.id)]
    look = client.submit("/office/cases/action_post", {"action": "issue", "rowid": rows})
    assert look.status_code == 200
    assert look.text.count('name="rowid"') == 1, "only what is possible is offered"
    assert now(passed).state is State.PASSED, "a look changes nothing"
    done = client.submit("/office/cases/run/issue", {"rowid": rows})
    assert done.status_code == 200
    assert now(passed).state is State.ISSUED
    assert now(open_).state is State.FIRST_REVIEW
    assert client.submit("/office/cases/run/issue", {"rowid": rows}).status_code == 409
    number = db.session.scalar(select(Certificate).where(Certificate.case_id == passed.id))
    assert number.state is CertificateState.ISSUED
    announced = client.submit(
        "/office/cases/run/announce", {"rowid": [str(passed.id), str(offices.cases[State.ISSUED].id)]}
    )
    assert announced.status_code == 302
    assert now(passed).state is State.ANNOUNCED


def test_one_foreign_row_among_own_ones_stops_the_whole(offices: Any, enter: Any, db_session: Any) -> None:
    case = offices.cases[State.PASSED]
    client = enter(offices.world.centre)
    answer = client.submit("/office/cases/run/issue", {"rowid": [str(case.id), "999999"]})
    assert answer.status_code == 404
    assert now(case).state is State.PASSED


def test_a_whole_campaign_is_listed_before_it_is_issued(offices: Any, enter: Any) -> None:
    client = enter(offices.world.centre)
    page = client.get(f"/office/certificates/batch/issue/{offices.world.campaign.id}")
    assert page.text.count('name="rowid"') == 1
    assert client.get("/office/certificates/batch/nonsense/1").status_code == 404
    assert (
        enter(offices.other).get(f"/office/certificates/batch/issue/{offices.world.campaign.id}").status_code
        == 302
    )


def test_a_published_campaign_is_frozen_and_its_copy_is_a_draft(offices: Any, enter: Any) -> None:
    campaign = offices.world.campaign
    client = enter(offices.world.centre)
    assert client.submit(f"/office/campaigns/action/copy/{campaign.id}").status_code == 302
    draft = db.session.scalars(select(Campaign).order_by(Campaign.id.desc())).first()
    assert (draft.state, draft.label_year) == (CampaignState.DRAFT, campaign.label_year + 1)
    fields = {
        "label_year": "117", "batch": "1", "opens_on": "2027-08-01", "closes_on": "2027-12-31", "cohorts": "117、116",
        "regular_months": "36", "teaching_months": "36", "prerequisite_hours": "6", "reviewers_per_case": "3",
        "revise_days": "30", "appeal_days": "10", "checking_office": "county", "assigning_office": "centre",
        "deciding_office": "county", "issuing_office": "centre", "number_series": "2",
    }  # fmt: skip
    assert (
        client.submit(f"/office/campaigns/edit/{draft.id}", {**fields, "closes_on": "2027-01-01"}).status_code
        == 422
    )
    assert client.submit(f"/office/campaigns/edit/{draft.id}", {**fields, "cohorts": "no"}).status_code == 422
    assert client.submit(f"/office/campaigns/edit/{draft.id}", fields).status_code == 302
    db.session.expire_all()
    assert (draft.cohorts, draft.reviewers_per_case, draft.checking_office) == ([117, 116], 3, "county")
    assert client.submit(f"/office/campaigns/edit/{campaign.id}", fields).status_code == 409
    assert client.submit(f"/office/campaigns/action/publish/{draft.id}").status_code == 302
    db.session.expire_all()
    assert draft.state is CampaignState.PUBLISHED


def test_failed_mail_is_tried_again_and_sent_mail_is_not(db_session: Any, enter: Any) -> None:
    centre = factories.account(Role.CENTRE)
    mails = [
        OutboxMail(
            key=state.value, recipient="a@test.example", subject="主旨", body="…", state=state, attempts=5
        )
        for state in (MailState.FAILED, MailState.SENT)
    ]
    db_session.add_all(mails)
    db_session.commit()
    enter(centre).submit("/office/mail/action_post", {"action": "retry", "rowid": [str(m.id) for m in mails]})
    db_session.expire_all()
    assert [m.state for m in mails] == [MailState.WAITING, MailState.SENT]


def test_accounts_are_switched_unlocked_and_given_roles_but_not_the_own_one(
    db_session: Any, enter: Any, login: Any, app: Any
) -> None:
    admin, person = factories.account(Role.ADMIN), factories.account(Role.TEACHER)
    db_session.commit()
    client, other = enter(admin), enter(person)
    assert client.submit(f"/office/users/action/disable/{admin.id}").status_code == 302
    assert client.submit(f"/office/users/roles/{admin.id}", {"roles": ["teacher"]}).status_code == 409
    assert (
        client.submit(f"/office/users/roles/{person.id}", {"roles": ["reviewer", "nonsense"]}).status_code
        == 302
    )
    db_session.expire_all()
    assert admin.active
    assert [r.name for r in person.roles] == ["reviewer"]
    assert other.get("/office/").status_code == 302, "a changed role ends the open log-ins"
    client.submit("/office/users/action_post", {"action": "disable", "rowid": [str(person.id)]})
    db_session.expire_all()
    assert not person.active


@pytest.mark.parametrize("language", ["zh_Hant_TW", "en"])
def test_every_page_of_the_offices_in_both_languages(offices: Any, enter: Any, language: str) -> None:
    client = enter(offices.world.centre)
    client.get(f"/lang/{language}")
    for case in offices.cases.values():
        page = client.get(f"/office/cases/show/{case.id}")
        assert page.status_code == 200, case.state
        assert page.text.count("<h1") == 1
    home = client.get("/office/").text
    assert home.count("queue-card") >= 5
    late = factories.place(
        offices.cases[State.FORMAL_CHECK], State.FORMAL_CHECK, state_since=clock.now() - timedelta(days=30)
    )
    db.session.commit()
    assert f">#{late.id}<" in client.get("/office/").text


def test_a_verdict_that_the_campaign_leaves_out_is_shown_and_not_offered(db_session: Any, enter: Any) -> None:
    there = factories.world(verdicts={"first": ["pass", "fail"], "second": ["pass", "fail"]})
    case = factories.reviewed(there, verdict=Verdict.PASS)
    db_session.commit()
    client = enter(there.county)
    assert 'value="revise" disabled' in client.get(f"/office/cases/show/{case.id}").text
    assert (
        client.submit(f"/office/cases/decide/{case.id}", {"verdict": "revise", "reason": "改"}).status_code
        == 409
    )
