"""Who sees the most alike documents, and what stands on the pages."""

import re
from typing import Any

import pytest
from sqlalchemy import select

from app.access.matrix import Role
from app.cases import service as cases
from app.cases import workflow
from app.cases.models import Case
from app.cases.states import State, Verdict
from app.core.db import db
from app.reviews import service as reviews
from app.reviews.models import Assignment
from app.reviews.queries import decisions
from app.similarity.models import Narrative
from tests import factories
from tests.reviews.conftest import judge
from tests.similarity.corpus import Writer, sent, write

PRE, POST = "pre-observation", "post-observation"
OTHER_COUNTY = "另縣教師"


@pytest.fixture
def writer() -> Writer:
    return Writer(31)


@pytest.fixture
def copied(there: Any, writer: Writer, db_session: Any) -> dict[str, Any]:
    """A case of 桃園 under review, three quarters of one form taken from a teacher of another county."""
    original = writer.text()
    elsewhere = factories.county("臺北")
    theirs = sent(
        factories.campaign(elsewhere),
        {POST: {"facts": original, "insight": writer.text(3) + "<b>粗體</b>"}},
        by=factories.teacher(factories.school(elsewhere), name=OTHER_COUNTY),
    )
    mine = sent(
        there.campaign,
        {POST: {"facts": writer.block(original, 0.75)}, PRE: {"focus": "太短"}},
        by=there.teacher,
    )
    workflow.fire(there.office(mine), mine, "formal_pass")
    reviews.assign(there.office(mine), mine, reviewer_ids=[r.id for r in there.reviewers])
    rows = db.session.scalars(select(Assignment).where(Assignment.case_id == mine.id)).all()
    narratives = {
        n.case_id: n.id for n in db.session.scalars(select(Narrative).where(Narrative.slot == POST))
    }
    db_session.commit()
    return {
        "case": mine.id,
        "original": original,
        "mine": narratives[mine.id],
        "theirs": narratives[theirs.id],
        "row": {row.reviewer_id: row.id for row in rows},
    }


def visit(app: Any, login: Any, user: Any) -> Any:
    return login(app.test_client(), user.username)


def test_the_reviewer_sees_both_texts_side_by_side(app: Any, login: Any, there: Any, copied: Any) -> None:
    reviewer = there.reviewers[0]
    browser = visit(app, login, reviewer)
    row = copied["row"][reviewer.id]
    page = browser.get(f"/reviews/{row}/similar/").text
    assert "修正後複審" in page and f"/reviews/{row}/similar/{copied['mine']}" in page
    assert "太短" not in page
    page = browser.get(f"/reviews/{row}/similar/{copied['mine']}").text
    marks = re.findall(r"<mark>(.*?)</mark>", page, re.S)
    # The copied beginning, once on each side, in one piece.
    assert len([m for m in marks if len(m) > 150]) == 2 and copied["original"][:100] in marks[0]
    assert re.findall(r'id="mine-1" href="#theirs-1"', page) and re.findall(
        r'id="theirs-1" href="#mine-1"', page
    )
    # A reviewer has no right to the other case: neither its writer nor the rest of its words.
    assert OTHER_COUNTY not in page and "粗體" not in page and copied["original"][-30:] not in page


def test_the_county_sees_no_name_and_the_centre_does(app: Any, login: Any, there: Any, copied: Any) -> None:
    for user, named in ((there.county, False), (there.centre, True)):
        browser = visit(app, login, user)
        page = browser.get(f"/office/similar/case/{copied['case']}").text
        assert f"/office/similar/show/{copied['mine']}" in page
        page = browser.get(f"/office/similar/show/{copied['mine']}").text
        assert (OTHER_COUNTY in page) is named
        assert ("&lt;b&gt;粗體&lt;/b&gt;" in page) is named
        assert "<b>粗體" not in page


def test_everybody_else_is_told_nothing(app: Any, login: Any, there: Any, copied: Any) -> None:
    row = copied["row"][there.reviewers[0].id]
    pages = [f"/office/similar/show/{copied['mine']}", f"/office/similar/case/{copied['case']}"]
    sheet_pages = [f"/reviews/{row}/similar/", f"/reviews/{row}/similar/{copied['mine']}"]
    strangers = [
        there.teacher,
        there.reviewers[1],
        factories.account(Role.SCHOOL, at_school=factories.school()),
        factories.account(Role.COUNTY, place=factories.county("連江")),
        factories.account(Role.STEWARD),
        factories.account(Role.ADMIN),
    ]
    for user in strangers:
        browser = visit(app, login, user)
        for page in [*pages, *sheet_pages]:
            answer = browser.get(page)
            assert answer.status_code in (403, 404), (user.username, page)
            assert copied["original"][:20] not in answer.text
    assert app.test_client().get(pages[0]).status_code in (302, 403)


def test_nobody_reads_in_an_office_what_the_own_case_is_like(
    app: Any, login: Any, there: Any, copied: Any
) -> None:
    """A teacher who is also of the county's office."""
    from app.access import service as access

    access.set_roles(there.centre, user=there.teacher, roles=(Role.TEACHER, Role.COUNTY))
    there.teacher.county_id = there.county.county_id
    db.session.commit()
    browser = visit(app, login, there.teacher)
    assert browser.get("/office/cases/list/").status_code == 200
    assert browser.get(f"/office/similar/show/{copied['mine']}").status_code == 404
    assert browser.get(f"/office/similar/case/{copied['case']}").status_code == 404


def test_another_cases_document_is_not_at_the_reviewers_address(
    app: Any, login: Any, there: Any, copied: Any
) -> None:
    reviewer = there.reviewers[0]
    browser = visit(app, login, reviewer)
    row = copied["row"][reviewer.id]
    for number in (copied["theirs"], 10**6):
        assert browser.get(f"/reviews/{row}/similar/{number}").status_code == 404
    # A number that is no match shows the closest one.
    page = browser.get(f"/reviews/{row}/similar/{copied['mine']}?with=999999").text
    assert f'with={copied["theirs"]}" aria-current' in page


def test_later_sendings_are_not_what_this_reviewer_reads(
    app: Any, login: Any, there: Any, copied: Any, writer: Writer
) -> None:
    case = db.session.get(Case, copied["case"])
    factories.place(case, workflow.S.RETURNED, reopened=[POST])
    write(case, {POST: {"facts": writer.text()}})
    cases.submit(there.teacher, case)
    later = db.session.scalar(
        select(Narrative.id).where(Narrative.case_id == case.id).order_by(Narrative.id.desc())
    )
    reviewer = there.reviewers[0]
    browser = visit(app, login, reviewer)
    row = copied["row"][reviewer.id]
    assert f"/similar/{copied['mine']}" in browser.get(f"/reviews/{row}/similar/").text
    assert browser.get(f"/reviews/{row}/similar/{later}").status_code == 404


def test_nothing_alike_says_what_that_means(app: Any, login: Any, there: Any, writer: Writer) -> None:
    case = sent(there.campaign, {POST: {"facts": writer.text()}})
    bare = factories.sent(there)
    number = db.session.scalar(select(Narrative.id).where(Narrative.case_id == case.id))
    browser = visit(app, login, there.centre)
    assert "30 %" in browser.get(f"/office/similar/show/{number}").text
    assert browser.get(f"/office/similar/case/{bare.id}").status_code == 200
    assert browser.get("/office/similar/show/0").status_code == 404
    assert browser.get("/office/similar/show/x").status_code == 404


def test_the_comparison_proposes_on_sheet_and_decision_and_a_person_confirms(
    app: Any, login: Any, there: Any, copied: Any
) -> None:
    """Three quarters are copied and nobody ticks it: the sheet and the decision page say so, and nothing follows."""
    finds = re.compile(r"與先前文件比對後建議：\s*修正後複審")
    case = db.session.get(Case, copied["case"])
    for reviewer in (person for person in there.reviewers if person.id in copied["row"]):
        row = copied["row"][reviewer.id]
        browser = visit(app, login, reviewer)
        page = browser.get(f"/reviews/{row}/").text
        assert finds.search(page) and f"/reviews/{row}/similar/" in page
        # Proposed, not ticked: the choice is the reviewer's.
        ticks = re.findall(r'name="similar" value="(\w*)"[^>]*?( checked)?>', page)
        assert ticks == [("", " checked"), ("revise", ""), ("fail", "")]
        judge(db.session.get(Assignment, row), 2, Verdict.PASS)
    office = visit(app, login, there.county)
    page = office.get(f"/office/cases/show/{case.id}").text
    assert finds.search(page) and f"/office/similar/case/{case.id}" in page
    db.session.expire_all()
    assert case.state is State.FIRST_DECISION and decisions(case) == {}
    # Whoever decides may follow it or, the sheets being good, may not.
    answer = office.submit(
        f"/office/cases/decide/{case.id}", {"verdict": "revise", "reason": "與他人敘寫內容相仿"}
    )
    assert answer.status_code in (200, 302)
    db.session.expire_all()
    assert [d.verdict for d in decisions(case).values()] == [Verdict.REVISE]
    assert not finds.search(office.get(f"/office/cases/show/{case.id}").text)
