"""The offices' steps around a review through their pages: layers, further readers, places, appeals, many at once."""

import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import select

from app.access.matrix import Role
from app.cases import service as cases
from app.cases.models import Case
from app.cases.states import Round, State, Verdict
from app.core import clock
from app.core.db import db
from app.notices.models import Message
from app.reference.models import AppealGround
from app.reviews import service as reviews
from app.reviews.models import Decision
from app.reviews.queries import appeal_of, assignments, decisions, sheet_items
from tests import factories
from tests.reviews.conftest import judge, judged


@pytest.fixture
def there(db_session: Any) -> factories.World:
    return factories.world()


def reviewer(**more: Any) -> Any:
    return factories.account(Role.REVIEWER, at_school=factories.school(factories.county("臺北")), **more)


def now(case: Case) -> Case:
    db.session.expire_all()
    return db.session.get(Case, case.id)  # type: ignore[return-value]


def page_of(client: Any, case: Case) -> str:
    answer = client.get(f"/office/cases/show/{case.id}")
    assert answer.status_code == 200
    return answer.text


def layer(page: str, number: int) -> str:
    """The text of one layer of the latest round."""
    return page.split(f'layer-mark">{number}<')[1].split('layer-mark">')[0]


def test_sheets_what_they_come_to_and_the_decision_stand_apart(there: Any, enter: Any) -> None:
    more = {"correction": 1, "correction_reason": "第二頁重複", "similar": "revise"}
    case = judged(there, (2, Verdict.PASS, more), (3, Verdict.MINOR))
    client = enter(there.county)
    client.get("/lang/en")
    page = page_of(client, case)
    assert "第二頁重複" in layer(page, 1) and "+1" in layer(page, 1)
    assert layer(page, 1).count(">differs<") == 1, "the verdicts differ, no item by two levels"
    assert "low is good" in layer(page, 1) and "low is good" in layer(page, 2)
    # 7 and 9: 8 is minor by its band, the tick makes it a re-review.
    assert "8 (mean" in layer(page, 2)
    assert "Pass after revision" in layer(page, 2) and "Re-review after revision" in layer(page, 2)
    assert "disagree" in layer(page, 2)
    assert f"/office/cases/decide/{case.id}" not in page


def test_an_item_retired_since_stays_on_the_sheets_that_rated_it(there: Any, enter: Any) -> None:
    case = factories.decided(there, Verdict.MINOR)
    item = sheet_items(case.track)[0]
    item.retired_at = clock.now()
    sheet = assignments(case)[0].sheet
    assert item.label in layer(page_of(enter(there.county), case), 1)
    assert item.label in enter(there.teacher).get(f"/cases/{case.id}/sheets/{sheet.id}").text


def test_an_undefined_sum_is_said_in_words_with_the_way_to_the_campaign(db_session: Any, enter: Any) -> None:
    gap = [band for band in factories.BANDS["first"] if band["verdict"] != "pass"]
    there = factories.world(bands={**factories.BANDS, "first": gap})
    case = factories.reviewed(there)
    client = enter(there.county)
    page = page_of(client, case)
    assert f"/office/campaigns/show/{there.campaign.id}#bands" in layer(page, 2)
    for verdict in Verdict:
        answer = client.submit(f"/office/cases/decide/{case.id}", {"verdict": verdict, "reason": "會議決議"})
        assert answer.status_code == 409
    assert now(case).state is State.FIRST_DECISION


def test_a_further_reader_is_picked_with_reasons_why_not(there: Any, enter: Any) -> None:
    case = judged(there, (2, Verdict.PASS), (5, Verdict.FAIL))
    colleague = factories.account(Role.REVIEWER, at_school=case.school, name="同校委員")
    third = reviewer()
    client = enter(there.county)
    page = page_of(client, case)
    assert f'value="{colleague.id}" id="pick-{colleague.id}" disabled' in page
    url = f"/office/cases/third/{case.id}"
    for chosen in ("", "x", str(colleague.id)):
        refused = client.submit(url, {"reviewer": chosen, "reason": "熟悉本領域"})
        assert refused.status_code == 422 and "熟悉本領域</textarea>" in refused.text
    assert client.submit(url, {"reviewer": third.id, "reason": "熟悉本領域"}).status_code == 302
    assert now(case).state is State.FIRST_REVIEW
    assert client.submit(url, {"reviewer": third.id}).status_code == 409, "a second click changes nothing"


def test_where_the_sheets_agree_no_further_reader_is_offered(there: Any, enter: Any) -> None:
    case = factories.reviewed(there)
    assert "/office/cases/third/" not in page_of(enter(there.county), case)


def test_the_talk_is_asked_for_once(db_session: Any, enter: Any) -> None:
    there = factories.world(disagreement="talk")
    case = judged(there, (2, Verdict.PASS), (5, Verdict.FAIL))
    client = enter(there.county)
    url = f"/office/cases/talk/{case.id}"
    assert url in page_of(client, case)
    assert client.submit(url, {"talk": " "}).status_code == 422
    assert client.submit(url, {"talk": "兩位同意修正後複審"}).status_code == 302
    page = page_of(client, case)
    assert "兩位同意修正後複審" in layer(page, 2) and url not in page
    assert f"/office/cases/decide/{case.id}" in page


def test_an_empty_place_asks_for_somebody(there: Any, enter: Any) -> None:
    case = factories.in_review(there)
    row, kept = assignments(case)
    reviews.recuse(row.reviewer, row, reason="曾為同事")
    client = enter(there.centre)
    page = page_of(client, case)
    assert "曾為同事" in page and "notice-warn" in page.split('id="replace"')[1]
    assert 'id="replace"' not in page_of(enter(there.county), case), "the centre assigns in this campaign"
    url, new = f"/office/cases/replace/{case.id}", reviewer()
    assert client.submit(url, {"place": "", "reviewer": new.id}).status_code == 422
    there.teacher = factories.teacher()
    other = assignments(factories.in_review(there))[0]
    assert client.submit(url, {"place": other.id, "reviewer": new.id}).status_code == 404
    assert client.submit(url, {"place": row.id, "reviewer": new.id}).status_code == 302
    db.session.expire_all()
    assert {r.reviewer_id for r in assignments(now(case))} == {new.id, kept.reviewer_id}


def test_an_appeal_is_answered_with_coded_grounds_and_a_letter(there: Any, enter: Any) -> None:
    case = factories.decided(there, Verdict.FAIL)
    factories.fill(case, ["appeal"])
    cases.file_appeal(there.teacher, case)
    ground = db.session.scalars(select(AppealGround).where(AppealGround.accepts)).first()
    client, teacher = enter(there.county), enter(there.teacher)
    letter = f"/cases/{case.id}/appeal/letter"
    assert ground.label in page_of(client, case)
    assert client.get(letter).status_code == teacher.get(letter).status_code == 404
    url = f"/office/cases/answer_appeal/{case.id}"
    assert client.submit(url, {"reason": "說明"}).status_code == 422
    refused = client.submit(url, {"accepted": "yes", "reason": "說明"})
    assert (
        refused.status_code == 422
        and "說明</textarea>" in refused.text
        and 'value="yes" checked' in refused.text
    )
    assert client.submit(url, {"accepted": "yes", "grounds": [ground.code]}).status_code == 302
    assert now(case).state is State.APPEAL_ACCEPTED
    assert appeal_of(case).grounds == [ground.code]
    for visitor in (client, teacher):
        assert visitor.get(letter).data.startswith(b"%PDF-")
        assert visitor.get(f"{letter}?of=outcome").status_code == 404
    assert ground.label in teacher.get(f"/cases/{case.id}/").text
    assert enter(there.reviewers[0]).get(letter).status_code == 200, "who read the case may read it"
    assert enter(factories.teacher()).get(letter).status_code == 404


def test_the_outcome_has_its_own_letter(there: Any, enter: Any) -> None:
    case = factories.decided(there, Verdict.FAIL)
    factories.fill(case, ["appeal"])
    cases.file_appeal(there.teacher, case)
    code = db.session.scalars(select(AppealGround.code).where(AppealGround.accepts)).first()
    reviews.answer_appeal(there.county, case, accepted=True, grounds=[code])
    reviews.assign(there.centre, case, reviewer_ids=[reviewer().id, reviewer().id])
    for row in assignments(case, Round.APPEAL):
        judge(row, 5, Verdict.FAIL)
    reviews.decide(there.county, case, verdict=Verdict.FAIL, reason="事實仍未完整")
    for person in (there.county, there.teacher):
        client = enter(person)
        assert client.get(f"/cases/{case.id}/appeal/letter?of=outcome").data.startswith(b"%PDF-")
    page = enter(there.teacher).get(f"/cases/{case.id}/").text
    assert "of=outcome" in page and "申復不通過" in page


# -- many at once -----------------------------------------------------------------------------------------------


def reviewed_by_another(there: Any, verdict: Verdict) -> Case:
    there.teacher = factories.teacher()
    return factories.reviewed(there, verdict=verdict)


def test_many_are_decided_as_proposed_after_a_look(there: Any, enter: Any) -> None:
    good, bad = (reviewed_by_another(there, v) for v in (Verdict.PASS, Verdict.FAIL))
    there.teacher = factories.teacher()
    disputed = judged(there, (2, Verdict.PASS), (5, Verdict.FAIL))
    chosen = [str(c.id) for c in (good, bad, disputed)]
    client = enter(there.county)
    look = client.submit("/office/cases/action_post", {"action": "decide", "rowid": chosen})
    assert look.status_code == 200
    assert look.text.count('name="rowid"') == 2, "what is disputed is not offered"
    assert f'name="reason-{bad.id}"' in look.text and f'name="reason-{good.id}"' not in look.text
    assert db.session.scalars(select(Decision)).all() == [], "a look changes nothing"
    fields = hidden(look) | {"rowid": chosen[:2], "shown": chosen[:2], f"reason-{bad.id}": " "}
    half = client.submit("/office/cases/decide_many", fields)
    assert half.status_code == 200
    assert (now(good).state, now(bad).state) == (State.PASSED, State.FIRST_DECISION)
    assert f'id="problem-{bad.id}"' in half.text and f'id="row-{good.id}"' not in half.text
    done = client.submit(
        "/office/cases/decide_many", fields | {"rowid": chosen[1:2], f"reason-{bad.id}": "未完整"}
    )
    assert done.status_code == 302
    assert now(bad).state is State.FIRST_FAILED
    assert decisions(bad)[Round.FIRST].reason == "未完整"


def hidden(look: Any) -> dict[str, str]:
    """What the page of a look carries along: the proposals and the versions that were seen."""
    return dict(re.findall(r'name="((?:verdict|seen)-\d+)" value="(\w+)"', look.text))


def test_what_changed_since_the_look_is_not_decided(there: Any, enter: Any) -> None:
    case = reviewed_by_another(there, Verdict.PASS)
    client = enter(there.county)
    rows = {"rowid": [case.id], "shown": [case.id]}
    look = client.submit("/office/cases/action_post", {"action": "decide", "rowid": [case.id]})
    fields = rows | hidden(look)
    other = fields | {f"verdict-{case.id}": "minor"}
    foreign = enter(factories.account(Role.COUNTY, place=factories.county("連江")))
    for visitor, typed, status in (
        (client, other, 422),
        (foreign, fields, 404),
        (enter(there.centre), fields, 422),
        (enter(there.reviewers[0]), fields, 403),
    ):
        assert visitor.submit("/office/cases/decide_many", typed).status_code == status
    # A colleague sends it back; revised and read again, it waits with the same proposal as before.
    reviews.decide(there.county, case, verdict=Verdict.REVISE, reason="請補充")
    cases.submit(case.applicant, case)
    factories.reviewed(there, case)
    assert now(case).state is State.SECOND_DECISION
    late = client.submit("/office/cases/decide_many", fields)
    assert late.status_code == 422 and f'id="problem-{case.id}"' in late.text
    assert now(case).state is State.SECOND_DECISION
    assert client.submit("/office/cases/decide_many", rows | hidden(late)).status_code == 302
    assert now(case).state is State.PASSED


def test_two_officers_press_the_same_batch_at_once(there: Any, enter: Any) -> None:
    batch = [reviewed_by_another(there, Verdict.PASS) for _ in range(4)]
    chosen = [str(case.id) for case in batch]
    officers = [
        enter(user) for user in (there.county, factories.account(Role.COUNTY, place=factories.county()))
    ]
    looks = [o.submit("/office/cases/action_post", {"action": "decide", "rowid": chosen}) for o in officers]
    tokens = [officer.token() for officer in officers]
    db.session.commit()

    def press(number: int) -> int:
        fields = hidden(looks[number]) | {"rowid": chosen, "shown": chosen, "csrf_token": tokens[number]}
        return int(officers[number].post("/office/cases/decide_many", data=fields).status_code)

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(press, range(2)))
    assert set(answers) <= {200, 302, 422} and answers != [302, 302], "what the other had decided is said"
    for case in batch:
        assert now(case).state is State.PASSED
        assert len(decisions(case)) == 1
        assert [e.transition for e in case.events].count("first_pass") == 1
        told = select(Message).where(Message.user_id == case.applicant_id, Message.event == "case.passed")
        assert len(db.session.scalars(told).all()) == 1


# -- the own case -----------------------------------------------------------------------------------------------


def test_who_works_in_an_office_does_not_see_who_reads_the_own_case(there: Any, enter: Any) -> None:
    from app.access.service import set_roles

    case = factories.reviewed(there)
    set_roles(factories.account(Role.ADMIN), user=there.teacher, roles=(Role.TEACHER, Role.COUNTY))
    there.teacher.county_id = case.county_id
    client, name = enter(there.teacher), there.reviewers[0].name
    assert name not in page_of(client, case)
    assert name not in client.get("/office/reviews/list/").text
    assert name not in client.get("/office/reviewers/").text
    assert name in enter(there.county).get("/office/reviews/list/").text


def test_a_revision_pins_its_comments_and_other_results_refuse_them(there: Any, enter: Any) -> None:
    case = factories.reviewed(there, verdict=Verdict.REVISE)
    client, url = enter(there.county), f"/office/cases/decide/{case.id}"
    pin = {"pins-0-place": "observation", "pins-0-must": "1", "pins-0-text": "請補學生學習表現"}
    assert 'name="pins-0-place"' in page_of(client, case)
    more = client.submit(url, {**pin, "rows-pins": "add"})
    assert more.status_code == 200 and 'name="pins-1-place"' in more.text
    refused = client.submit(url, {**pin, "verdict": "fail", "reason": "未完整"})
    assert refused.status_code == 422 and "請補學生學習表現</textarea>" in refused.text
    assert client.submit(url, {**pin, "verdict": "revise", "reason": "請修正"}).status_code == 302
    assert now(case).state is State.REVISING
    assert "請補學生學習表現" in enter(there.teacher).get(f"/cases/{case.id}/").text
