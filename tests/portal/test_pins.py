"""What the applicant sees of comments and checks: at the field, on the case page, before sending."""

from typing import Any

import pytest
from lxml import html

WHOLE = {"slot": "checklist", "field": "", "reason": "not-stamped", "text": "校長未核章", "must": True}
FIELD = {
    "slot": "observation",
    "field": "ratings-A-4-evidence",
    "reason": "",
    "text": "請補學生表現",
    "must": True,
}
ADVICE = {
    "slot": "post-observation",
    "field": "growth_plan",
    "reason": "",
    "text": "可再加一項",
    "must": False,
}


@pytest.fixture
def returned(county: Any, complete: int) -> int:
    """The teacher's case, sent and returned with three comments."""
    from app.access.models import PortalUser
    from app.cases import service as cases
    from app.cases.models import Case
    from app.core.db import transaction
    from app.reviews.service import return_case

    with county.app.app_context(), transaction():
        case = county.row(Case, complete)
        cases.submit(case.applicant, case)
        centre = county.row(PortalUser, county.users["centre"])
        return_case(centre, case, pins=[WHOLE, FIELD, ADVICE], reason="請補件")
    return complete


def pin_ids(county: Any) -> list[int]:
    from sqlalchemy import select

    from app.core.db import db
    from app.reviews.models import Pin

    with county.app.app_context():
        return list(db.session.scalars(select(Pin.id).order_by(Pin.id)))


def version_of(page: str) -> str:
    return str(page.split('name="version" value="')[1].split('"')[0])


def test_a_comment_stands_at_its_field_and_a_whole_one_above_the_form(visit: Any, returned: int) -> None:
    teacher = visit("teacher")
    page = teacher.get(f"/cases/{returned}/observation").text
    note = page[page.index('id="ratings-A-4-evidence-pins"') :]
    assert "請補學生表現" in note[:900] and page.count("請補學生表現") == 1
    assert 'aria-describedby="ratings-A-4-evidence-count ratings-A-4-evidence-pins"' in page
    assert "校長未核章" not in page
    assert "可再加一項" in teacher.get(f"/cases/{returned}/post-observation").text
    assert "校長未核章" in teacher.get(f"/cases/{returned}/checklist").text


def test_the_case_page_lists_what_is_to_do_and_takes_the_answers(
    visit: Any, returned: int, county: Any
) -> None:
    teacher, (whole, field, advice) = visit("teacher"), pin_ids(county)
    page = teacher.get(f"/cases/{returned}/").text
    assert f'href="/cases/{returned}/observation#ratings-A-4-evidence"' in page
    assert page.count("上方意見尚未處理") == 2, "at the two forms with a 必改, not at the one with advice"
    blocked = teacher.submit(f"/cases/{returned}/submit", follow_redirects=True)
    assert "認證檢核表" in blocked.text and "退件" in blocked.text
    before = teacher.get(f"/cases/{returned}/submit").text
    assert f"/cases/{returned}/observation#ratings-A-4-evidence" in before and f"#answer-{whole}" in before
    assert f"#answer-{advice}" not in before, "advice keeps nobody"

    answers = {f"answer-{whole}": "已補章", f"answer-{field}": "已於 A-3 敘明", "version": version_of(page)}
    assert teacher.submit(f"/cases/{returned}/answers", answers).status_code == 303
    assert "已於 A-3 敘明</textarea>" in teacher.get(f"/cases/{returned}/").text
    assert "已於 A-3 敘明" in teacher.get(f"/cases/{returned}/observation").text
    sent = teacher.submit(f"/cases/{returned}/submit", follow_redirects=True)
    assert "第 2 次送件" in sent.text
    assert "已補章" in sent.text, "the applicant goes on seeing what was said and answered"


def test_a_second_tab_overwrites_no_answer_and_keeps_what_was_typed(
    visit: Any, returned: int, county: Any
) -> None:
    teacher, (whole, *_rest) = visit("teacher"), pin_ids(county)
    seen = version_of(teacher.get(f"/cases/{returned}/").text)
    url = f"/cases/{returned}/answers"
    assert teacher.submit(url, {f"answer-{whole}": "甲說明", "version": seen}).status_code == 303
    late = teacher.submit(url, {f"answer-{whole}": "乙說明", "version": seen})
    assert late.status_code == 409
    assert "乙說明</textarea>" in late.text and "甲說明" in late.text
    again = teacher.submit(url, {f"answer-{whole}": "乙說明", "version": version_of(late.text)})
    assert again.status_code == 303
    long = teacher.submit(
        url, {f"answer-{whole}": "長" * 5001, "version": version_of(teacher.get(f"/cases/{returned}/").text)}
    )
    assert long.status_code == 422 and "長" * 5001 in long.text


def test_mending_the_field_is_enough_and_shows_at_once(visit: Any, returned: int, county: Any) -> None:
    from app.cases import service as cases
    from app.cases.models import Case
    from app.core.db import transaction
    from app.reviews.pins import todo

    with county.app.app_context(), transaction():
        case = county.row(Case, returned)
        kept = next(d for d in case.documents if d.slot == "observation")
        rows = {**kept.answers["ratings"]["rows"]}
        rows["A-4"] = {**rows["A-4"], "evidence": "十二位學生完成第三題並說明理由。"}
        cases.save_document(
            case.applicant, case, slot="observation", form_code=kept.form_code, form_version=1, complete=True,
            answers={**kept.answers, "ratings": {**kept.answers["ratings"], "rows": rows}}, version=kept.version,
        )  # fmt: skip
        assert [view.state for view in todo(case)] == ["open", "mended", "open"]
    page = visit("teacher").get(f"/cases/{returned}/submit").text
    assert "校長未核章" in page and "請補學生表現" not in page


def test_nobody_else_sees_drafted_answers_or_gives_any(visit: Any, returned: int, county: Any) -> None:
    teacher, (whole, *_rest) = visit("teacher"), pin_ids(county)
    seen = version_of(teacher.get(f"/cases/{returned}/").text)
    teacher.submit(f"/cases/{returned}/answers", {f"answer-{whole}": "尚未送出的話", "version": seen})
    for name in ("other", "reviewer", "school"):
        client = visit(name)
        assert "尚未送出的話" not in client.get(f"/cases/{returned}/").text
        answer = client.submit(f"/cases/{returned}/answers", {f"answer-{whole}": "代答", "version": seen})
        assert answer.status_code in (403, 404), name


def test_findings_stand_on_the_page_and_errors_keep_the_case(visit: Any, complete: int, county: Any) -> None:
    from app.cases.models import Case
    from app.core.db import transaction

    with county.app.app_context(), transaction():
        case = county.row(Case, complete)
        post = next(d for d in case.documents if d.slot == "post-observation")
        post.answers = {**post.answers, "held_on": "2020-01-01"}
    teacher = visit("teacher")
    for path in ("", "submit"):
        page = teacher.get(f"/cases/{complete}/{path}").text
        assert f'href="/cases/{complete}/post-observation?check=1#held_on"' in page
        assert "2020-01-01" in page
    refused = teacher.submit(f"/cases/{complete}/submit", follow_redirects=True)
    assert "填寫中" in refused.text and "2020-01-01" in refused.text


def test_the_reviewer_of_the_second_round_reads_them_beside_the_sheet(
    visit: Any, returned: int, county: Any
) -> None:
    from sqlalchemy import select

    from app.access.models import PortalUser
    from app.cases import service as cases
    from app.cases import workflow
    from app.cases.models import Case
    from app.core.db import db, transaction
    from app.reviews import service as reviews
    from app.reviews.models import Assignment
    from app.reviews.pins import digest, todo

    with county.app.app_context(), transaction():
        case = county.row(Case, returned)
        views = todo(case)
        answers = {view.pin.id: "已處理" for view in views}
        reviews.answer_pins(case.applicant, case, answers=answers, seen=digest(views))
        cases.submit(case.applicant, case)
        centre = county.row(PortalUser, county.users["centre"])
        workflow.fire(centre, case, "formal_pass")
        reviews.assign(centre, case, reviewer_ids=[county.users["reviewer"], county.users["reviewer2"]])
        mine = select(Assignment.id).where(Assignment.reviewer_id == county.users["reviewer"])
        row = db.session.scalars(mine).one()
    page = visit("reviewer").get(f"/reviews/{row}/").text
    assert "校長未核章" in page and "已處理" in page and "請補學生表現" in page


def test_words_never_become_markup(visit: Any, complete: int, county: Any) -> None:
    from app.access.models import PortalUser
    from app.cases import service as cases
    from app.cases.models import Case
    from app.core.db import transaction
    from app.reviews.pins import digest, todo
    from app.reviews.service import answer_pins, return_case

    evil = "<img src=x onerror=alert(1)>&amp;</textarea>"
    with county.app.app_context(), transaction():
        case = county.row(Case, complete)
        cases.submit(case.applicant, case)
        centre = county.row(PortalUser, county.users["centre"])
        return_case(centre, case, pins=[FIELD | {"text": evil}, WHOLE | {"text": evil}], reason=evil)
        views = todo(case)
        answer_pins(
            case.applicant, case, answers=dict.fromkeys((v.pin.id for v in views), evil), seen=digest(views)
        )
    teacher = visit("teacher")
    paths = (f"/cases/{complete}/", f"/cases/{complete}/observation", f"/cases/{complete}/submit")
    pages = [teacher.get(path).text for path in paths]
    teacher.submit(f"/cases/{complete}/submit")
    pages += [
        teacher.get(f"/cases/{complete}/").text,
        visit("centre").get(f"/office/cases/show/{complete}").text,
    ]
    for page in pages:
        assert "<img src=x" not in page
    assert all("&lt;img src=x" in pages[n] for n in (0, 1, 3, 4))


def test_a_revision_is_mended_and_read_by_the_second_round(visit: Any, reviewing: int, county: Any) -> None:
    """判定 with comments, the forms it opens, mending on the pages, and what the next reviewers are shown."""
    from sqlalchemy import select

    from app.access.models import PortalUser
    from app.cases.models import Case
    from app.cases.states import Verdict
    from app.core.db import db, transaction
    from app.reviews import service as reviews
    from app.reviews.models import Assignment
    from app.reviews.queries import assignments, sheet_items
    from tests.factories import LEVEL_OF

    case_id = reviewing
    with county.app.app_context(), transaction():
        case = county.row(Case, case_id)
        levels = {item.code: LEVEL_OF[Verdict.REVISE] for item in sheet_items(case.track)}
        for row in assignments(case):
            reviews.save_sheet(
                row.reviewer,
                row,
                levels=levels,
                comments={},
                remark="請修正",
                verdict=Verdict.REVISE,
                version=0,
            )
            reviews.send_sheet(row.reviewer, row)
    decision = {
        "verdict": "revise",
        "reason": "請依意見修正",
        "pins-0-place": "post-observation/learnt",
        "pins-0-must": "1",
        "pins-0-text": "學習與收穫請再寫",
        "pins-1-place": "observation/goals",
        "pins-1-must": "1",
        "pins-1-text": "教學目標請寫學生表現",
    }
    office = visit("county")
    wrong = office.submit(f"/office/cases/decide/{case_id}", {**decision, "pins-1-place": ""})
    assert wrong.status_code == 422 and "教學目標請寫學生表現</textarea>" in wrong.text
    assert office.submit(f"/office/cases/decide/{case_id}", decision).status_code == 302

    teacher = visit("teacher")
    page = teacher.get(f"/cases/{case_id}/").text
    assert "學習與收穫請再寫" in page and "教學目標請寫學生表現" in page and "修正認證資料中" in page
    refused = teacher.submit(f"/cases/{case_id}/submit", follow_redirects=True).text
    assert "觀察紀錄表 · 教學目標" in refused and "修正認證資料中" in refused
    form = teacher.get(f"/cases/{case_id}/post-observation").text
    assert 'id="learnt-pins"' in form
    mend(county, case_id, "post-observation", learnt="每週共備一次。")
    (_plan, goals) = pin_ids(county)
    answers = {f"answer-{goals}": "目標二即學生表現。", "version": version_of(page)}
    assert teacher.submit(f"/cases/{case_id}/answers", answers).status_code == 303
    assert "第 2 次送件" in teacher.submit(f"/cases/{case_id}/submit", follow_redirects=True).text

    with county.app.app_context(), transaction():
        case = county.row(Case, case_id)
        centre = county.row(PortalUser, county.users["centre"])
        reviews.assign(centre, case, reviewer_ids=[county.users["reviewer"], county.users["reviewer2"]])
        newest = select(Assignment.id).where(Assignment.reviewer_id == county.users["reviewer2"])
        row_id = db.session.scalars(newest.order_by(Assignment.id.desc())).first()
    page = visit("reviewer2").get(f"/reviews/{row_id}/").text
    comments = html.fromstring(page).get_element_by_id("documents")
    plan, goals = comments.find_class("pin")
    assert "學習與收穫請再寫" in plan.text_content() and "初審" in plan.text_content()
    after = "".join(text for text in plan.xpath(".//ins/text()") if "\n" not in text)
    assert "每週共備一次" in after
    assert "未變更" in goals.text_content() and "目標二即學生表現。" in goals.text_content()


def mend(county: Any, case_id: int, slot: str, **answers: str) -> None:
    """Change some fields of a form, as saving its page does."""
    from app.cases import service as cases
    from app.cases.models import Case
    from app.core.db import transaction

    with county.app.app_context(), transaction():
        case = county.row(Case, case_id)
        kept = next(d for d in case.documents if d.slot == slot and d.chosen)
        cases.save_document(
            case.applicant, case, slot=slot, form_code=kept.form_code, form_version=kept.form_version,
            answers={**kept.answers, **answers}, complete=True, version=kept.version,
        )  # fmt: skip
