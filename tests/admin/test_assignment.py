"""The office's page of a proposal: made, looked at, changed, accepted; what is refused keeps what was typed."""

import re
from typing import Any

import pytest
from sqlalchemy import select

from app.access.matrix import Role
from app.cases import workflow
from app.cases.models import Case
from app.cases.states import State
from app.core.db import db
from app.reviews import service
from app.reviews.models import ProposedPair
from app.reviews.queries import assignments
from tests import factories

LIST = "/office/assignment/"


@pytest.fixture
def there(db_session: Any) -> factories.World:
    return factories.world()


def reviewer(**more: Any) -> Any:
    return factories.account(Role.REVIEWER, at_school=factories.school(factories.county("臺北")), **more)


def another(there: factories.World) -> Case:
    there.teacher = factories.teacher()
    return workflow.fire(there.centre, factories.sent(there), "formal_pass")


def place(there: factories.World) -> str:
    return f"{LIST}{there.campaign.id}/first"


def pair_rows() -> list[ProposedPair]:
    db.session.expire_all()
    return list(db.session.scalars(select(ProposedPair).order_by(ProposedPair.id)))


def key(row: ProposedPair) -> str:
    """The pair's place in addresses."""
    return f"{row.case_id}-{row.reviewer_id}"


def shown(preview: str) -> list[str]:
    """What the preview sends back: each case with the reviewers it shows."""
    return re.findall(r'name="case" value="([^"]+)"', preview)


def test_from_the_list_to_the_reviewers(there: Any, enter: Any) -> None:
    cases = [another(there) for _ in range(2)]
    reviewer(name="第三委員")
    client = enter(there.centre)
    client.get("/lang/en")
    assert place(there) in client.get(LIST).text
    page = client.get(place(there)).text
    assert "Propose for all 2 waiting cases" in page and "Look through and accept" not in page
    assert client.submit(f"{place(there)}/propose").status_code == 303
    page = client.get(place(there)).text
    assert "No other proposal is better" in page and page.count("of 100 points") == 4
    assert page.count("Why not the others (1)") == 2
    assert re.search(
        r"Fits less: \d+ points|Would do equally well overall: \d+ points|Fits with \d+ points", page
    )
    preview = client.get(f"{place(there)}/accept").text
    assert "2 cases go to their reviewers" in preview
    db.session.expire_all()
    assert {case.state for case in cases} == {State.FIRST_ASSIGN}, "looking changes nothing"
    answer = client.submit(f"{place(there)}/accept_shown", {"case": shown(preview)})
    assert answer.status_code == 303
    db.session.expire_all()
    assert {case.state for case in cases} == {State.FIRST_REVIEW}
    assert {(a.case_id, a.reviewer_id) for c in cases for a in assignments(c)} == {
        (row.case_id, row.reviewer_id) for row in pair_rows()
    }
    assert "No case waits for reviewers" in client.get(place(there)).text
    assert "No case waits for reviewers" in client.get(LIST).text


def test_the_own_choice_keeps_what_was_typed_until_it_is_right(there: Any, enter: Any) -> None:
    case = another(there)
    colleague = factories.account(Role.REVIEWER, at_school=case.school, name="同校委員")
    client = enter(there.centre)
    client.get("/lang/en")
    client.submit(f"{place(there)}/propose")
    page = client.get(place(there)).text
    assert "同校委員" in page and "Works at the applicant" in page, "the others have their reasons"
    spare = reviewer(name="自選委員")
    row = pair_rows()[0]
    url = f"{place(there)}/change_shown/{key(row)}"
    assert "自選委員" in client.get(f"{place(there)}/change/{key(row)}").text
    for chosen, reason in (("", "熟悉"), (str(spare.id), ""), (str(colleague.id), "熟悉"), ("x", "熟悉")):
        answer = client.submit(url, {"reviewer": chosen, "reason": reason})
        assert answer.status_code == 422 and "field-error" in answer.text
        assert f"{reason}</textarea>" in answer.text
        if chosen == str(spare.id):
            assert f'value="{spare.id}" selected' in answer.text
    answer = client.submit(url, {"reviewer": spare.id, "reason": "熟悉本領域", "page": 0})
    assert answer.status_code == 303 and answer.location.endswith(f"#case-{case.id}")
    page = client.get(place(there)).text
    assert "熟悉本領域" in page and "Chosen by the office" in page and "Changed by hand" in page
    client.submit(f"{place(there)}/propose")
    kept = next(r for r in pair_rows() if r.locked)
    assert kept.reviewer_id == spare.id
    assert client.submit(f"{place(there)}/unlock/{key(kept)}").status_code == 303
    assert not any(r.locked for r in pair_rows())
    assert client.submit(f"{place(there)}/lock/{key(kept)}").status_code == 303
    assert [r.id for r in pair_rows() if r.locked] == [kept.id]
    client.submit(f"{place(there)}/propose")


def test_a_proposal_made_again_meanwhile_is_noticed(there: Any, enter: Any) -> None:
    """Two officers: what the one looks at is replaced by the other."""
    case, spare = another(there), reviewer(name="自選委員")
    one, two = enter(there.centre), enter(factories.account(Role.CENTRE))
    for client in (one, two):
        client.get("/lang/en")
    one.submit(f"{place(there)}/propose")
    row, seen = key(pair_rows()[0]), shown(one.get(f"{place(there)}/accept").text)
    chosen = next(
        n for n in (spare.id, *(r.id for r in there.reviewers)) if f"{n}" not in re.split("[:-]", seen[0])
    )
    typed = {"reviewer": chosen, "reason": "熟悉本領域"}
    assert two.submit(f"{place(there)}/change_shown/{row}", typed).status_code == 303
    answer = one.submit(f"{place(there)}/accept_shown", {"case": seen})
    assert answer.status_code == 409 and "Other reviewers are proposed" in answer.text
    db.session.expire_all()
    assert case.state is State.FIRST_ASSIGN, "nobody accepts what was not looked at"
    for other in pair_rows():
        two.submit(f"{place(there)}/lock/{key(other)}")
    two.submit(f"{place(there)}/propose")
    kept = {key(pair): pair.locked for pair in pair_rows()}
    assert len(kept) == 2 and all(kept.values()) and row not in kept
    for path in (f"lock/{row}", f"unlock/{row}", f"change_shown/{row}"):
        answer = one.submit(f"{place(there)}/{path}", typed, follow_redirects=True)
        assert "The proposal was made again meanwhile" in answer.text, path
    assert one.get(f"{place(there)}/change/{row}").status_code == 303
    assert {key(pair): pair.locked for pair in pair_rows()} == kept, "no other pair was touched instead"
    seen = shown(one.get(f"{place(there)}/accept").text)
    assert one.submit(f"{place(there)}/accept_shown", {"case": seen}).status_code == 303


def test_an_impossible_proposal_names_the_cases_and_what_would_do(there: Any, enter: Any) -> None:
    case, other = another(there), another(there)
    first = there.reviewers[0]
    service.declare_conflict(first, reviewer=first, person=case.applicant, reason="親屬")
    client = enter(there.centre)
    client.get("/lang/en")
    assert client.submit(f"{place(there)}/propose").status_code == 303
    page = client.get(place(there)).text
    told = page.split("no proposal that gives every case")[1].split("</div>")[0]
    assert f"#{case.id}<" in told and f"#{other.id}<" not in told
    assert "Appoint further reviewers without a conflict: 1." in told
    assert "Look through and accept" not in page
    answer = client.submit(f"{place(there)}/propose", {"allowed_load": "none"})
    assert answer.status_code == 422 and 'value="none"' in answer.text and "allowed_load-error" in answer.text
    reviewer()
    client.submit(f"{place(there)}/propose", {"allowed_load": "1"})
    page = client.get(place(there)).text
    assert "Allow 2 cases for each reviewer." in page


def test_what_went_on_meanwhile_is_named_and_left_out(there: Any, enter: Any) -> None:
    gone, case = another(there), another(there)
    client = enter(there.centre)
    client.get("/lang/en")
    client.submit(f"{place(there)}/propose")
    seen = shown(client.get(f"{place(there)}/accept").text)
    service.assign(there.centre, gone, reviewer_ids=[r.id for r in there.reviewers])
    late = another(there)
    assert f"#{late.id}<" in client.get(f"{place(there)}/accept").text, "not in the proposal"
    answer = client.submit(f"{place(there)}/accept_shown", {"case": seen})
    assert answer.status_code == 200
    left = answer.text.split("Left out")[1].split("</ul>")[0]
    assert f"#{gone.id}" in left and f"#{case.id}" not in left
    db.session.expire_all()
    assert case.state is State.FIRST_REVIEW and late.state is State.FIRST_ASSIGN


def test_who_may_and_where(there: Any, enter: Any) -> None:
    another(there)
    client = enter(there.county)
    assert "認證中心" in client.submit(f"{place(there)}/propose").text, "the centre assigns in this campaign"
    stranger = enter(factories.account(Role.COUNTY, place=factories.county("連江")))
    assert stranger.get(place(there)).status_code == 404
    assert stranger.submit(f"{place(there)}/propose").status_code == 404
    assert place(there) not in stranger.get(LIST).text
    assert enter(there.centre).get(f"{LIST}{there.campaign.id}/third").status_code == 404
    for role in (Role.AUDITOR, Role.SCHOOL, Role.STEWARD):
        at = {"at_school": factories.school()} if role is Role.SCHOOL else {}
        other = enter(factories.account(role, **at))
        assert other.get(LIST).status_code == 403
    strange = enter(there.reviewers[0])
    assert strange.get(place(there)).status_code == 403


def test_more_rows_take_no_more_queries(there: Any, enter: Any, count_queries: Any) -> None:
    for _ in range(2):
        another(there)
    client = enter(there.centre)
    client.submit(f"{place(there)}/propose")
    client.get(place(there))

    def queries() -> int:
        with count_queries() as sent:
            assert client.get(place(there)).status_code == 200
        return len(sent)

    few = queries()
    for _ in range(6):
        another(there)
    client.submit(f"{place(there)}/propose")
    client.get(place(there))
    assert queries() == few
