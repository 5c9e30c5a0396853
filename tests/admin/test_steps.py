"""The offices' steps through their pages: what is possible happens, what is refused says why and keeps the words."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.access.matrix import Role
from app.cases.models import Case
from app.cases.states import State, Verdict
from app.core import clock
from app.core.db import db
from app.core.outbox import MailState, OutboxMail
from app.people.models import Certificate, CertificateState
from app.reviews.models import Decision
from tests import factories


def now(case: Case) -> Case:
    db.session.expire_all()
    return db.session.get(Case, case.id)  # type: ignore[return-value]


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


def test_deciding_keeps_what_was_typed_and_needs_a_reason_against_the_sheets(
    offices: Any, enter: Any
) -> None:
    case = offices.cases[State.FIRST_DECISION]
    client = enter(offices.world.county)
    page = client.get(f"/office/cases/show/{case.id}").text
    assert page.count("總分（愈低愈佳）") == 2, "beside each sheet's sum and the one that is looked up"
    url = f"/office/cases/decide/{case.id}"
    assert client.submit(url, {"verdict": "nonsense", "reason": "字"}).status_code == 422
    refused = client.submit(url, {"verdict": "minor", "reason": " "})
    assert refused.status_code == 422, "the sheets come to a pass"
    assert 'value="minor" checked' in refused.text
    assert db.session.scalar(select(Decision.id).where(Decision.case_id == case.id)) is None
    assert client.submit(url, {"verdict": "minor", "reason": "紀錄未完整"}).status_code == 302
    db.session.expire_all()
    assert now(case).state is State.PASSED
    decision = db.session.scalars(select(Decision).where(Decision.case_id == case.id)).one()
    assert (decision.verdict, decision.band, decision.differs) == (Verdict.MINOR, Verdict.PASS, True)
    again = client.submit(url, {"verdict": "fail", "reason": "再一次"})
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
    two = {round_: ["pass", "fail"] for round_ in ("first", "second", "appeal")}
    bands = {round_: factories.BANDS["appeal"] for round_ in two}
    there = factories.world(verdicts=two, bands=bands)
    case = factories.reviewed(there, verdict=Verdict.PASS)
    db_session.commit()
    client = enter(there.county)
    assert 'value="revise" disabled' in client.get(f"/office/cases/show/{case.id}").text
    assert (
        client.submit(f"/office/cases/decide/{case.id}", {"verdict": "revise", "reason": "改"}).status_code
        == 409
    )
