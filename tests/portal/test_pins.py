"""What the applicant sees of comments and checks: at the field, on the case page, before sending."""

from typing import Any

import pytest

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
        url, {f"answer-{whole}": "長" * 2001, "version": version_of(teacher.get(f"/cases/{returned}/").text)}
    )
    assert long.status_code == 422 and "長" * 2001 in long.text


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
