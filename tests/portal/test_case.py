"""The case page and what is sent from it."""

from typing import Any

import pytest
from sqlalchemy import func, select


def test_page_of_a_new_case(visit: Any, drafting: int) -> None:
    page = visit("teacher").get(f"/cases/{drafting}/").text
    for words in ("流程名稱", "狀態", "填寫中", "學校", "教師", "目前由誰處理", "接下來", "期限", "星期"):
        assert words in page
    assert page.count("新增") >= 6
    assert "尚未開放線上填寫" not in page and "已完成 0／6 個表單" in page


def test_foreign_case_is_not_there(visit: Any, complete: int) -> None:
    other = visit("other")
    for path in (
        "",
        "submit",
        "withdraw",
        "observation",
        "observation/pdf",
        "checklist/file",
        "submissions/1",
    ):
        assert other.get(f"/cases/{complete}/{path}").status_code == 404, path
    assert other.submit(f"/cases/{complete}/submit").status_code == 404
    assert other.submit(f"/cases/{complete}/observation", {"version": "0", "goals": "x"}).status_code == 404
    assert visit("reviewer").get(f"/cases/{complete}/").status_code == 404


def test_school_sees_progress_never_contents(visit: Any, complete: int) -> None:
    school = visit("school")
    page = school.get(f"/cases/{complete}/").text
    assert "填寫中" in page and "陳雅雯" in page
    assert "編輯表單列表" not in page and "proof.pdf" not in page
    for path in ("observation", "checklist/file", "observation/pdf", "submissions/1"):
        assert school.get(f"/cases/{complete}/{path}").status_code == 404


def test_confirm_then_send_once(visit: Any, complete: int, county: Any) -> None:
    from app.cases.models import CaseEvent, Submission
    from app.core.db import db

    teacher = visit("teacher")
    page = teacher.get(f"/cases/{complete}/submit").text
    assert "提醒您：送出後即不可再修改。" in page and "若不修改，請按確定。若需修改者，請按取消。" in page
    first = teacher.submit(f"/cases/{complete}/submit", follow_redirects=True)
    assert "形式審查" in first.text and "SHA-256" in first.text
    second = teacher.submit(f"/cases/{complete}/submit", follow_redirects=True)
    assert "案件已經送出，沒有重複送件。" in second.text
    with county.app.app_context():
        assert db.session.scalar(select(func.count(Submission.id))) == 1
        assert (
            db.session.scalar(select(func.count(CaseEvent.id)).where(CaseEvent.transition == "submit")) == 1
        )


def test_an_incomplete_case_is_not_sent_and_says_why(visit: Any, drafting: int) -> None:
    teacher = visit("teacher")
    assert "目前還不能送出" in teacher.get(f"/cases/{drafting}/submit").text
    answer = teacher.submit(f"/cases/{drafting}/submit", follow_redirects=True)
    assert "尚未完成：實施證明" in answer.text and "填寫中" in answer.text


def test_withdrawing_needs_a_reason(visit: Any, drafting: int) -> None:
    teacher = visit("teacher")
    empty = teacher.submit(f"/cases/{drafting}/withdraw", {"reason": " "})
    assert 'id="reason-error"' in empty.text
    done = teacher.submit(f"/cases/{drafting}/withdraw", {"reason": "換學校"}, follow_redirects=True)
    assert "撤回" in done.text and "換學校" in done.text


def test_sheets_are_shown_after_the_decision_without_names(visit: Any, reviewing: int, decided: Any) -> None:
    from app.reviews.models import Sheet

    teacher = visit("teacher")
    assert "查看表單列表" not in teacher.get(f"/cases/{reviewing}/").text
    decided("revise")
    page = teacher.get(f"/cases/{reviewing}/").text
    assert "進階審查標準表 初審 (1)" in page and "修正認證資料中" in page and "送出複審資料" in page
    link = page.split("/sheets/")[1].split('"')[0]
    sheet = teacher.get(f"/cases/{reviewing}/sheets/{link}").text
    assert "第4等級 (待修正)" in sheet and "等級愈低愈佳" in sheet and "意見 reviewer" in sheet
    assert ">reviewer<" not in sheet and ">reviewer2<" not in page
    assert teacher.get(f"/cases/{reviewing}/sheets/{link}/pdf").data.startswith(b"%PDF-")
    assert visit("other").get(f"/cases/{reviewing}/sheets/{link}").status_code == 404
    assert visit("school").get(f"/cases/{reviewing}/sheets/{link}").status_code == 404
    assert Sheet.__tablename__ == "sheet"


def test_failed_then_appeal(visit: Any, decided: Any, county: Any) -> None:
    case_id = decided("fail")
    teacher = visit("teacher")
    page = teacher.get(f"/cases/{case_id}/").text
    assert "初審不合格" in page and "申復最後期限" in page and "觀察後回饋會談紀錄表未完整" in page
    draft = teacher.submit(f"/cases/{case_id}/appeal", {"version": "0", "item": "表3"}, follow_redirects=True)
    assert "表3" in draft.text and 'id="reason-error"' in draft.text
    saved = teacher.submit(
        f"/cases/{case_id}/appeal",
        {"version": "1", "item": "表3", "reason": "附件漏閱"},
        follow_redirects=True,
    )
    assert "已儲存，表單已完成" in saved.text
    sent = teacher.submit(f"/cases/{case_id}/submit", follow_redirects=True)
    assert "申復" in sent.text and "第 2 次送件" in sent.text
    again = teacher.submit(f"/cases/{case_id}/submit", follow_redirects=True)
    assert "沒有重複送件" in again.text


@pytest.mark.parametrize("locale", ["zh_Hant_TW", "en"])
def test_looking_changes_nothing(visit: Any, reviewing: int, county: Any, database: Any, locale: str) -> None:
    """Every GET of a teacher and of a reviewer leaves the database as it was."""
    from app.core.db import db
    from app.notices.models import Message
    from app.reviews.models import Assignment

    with county.app.app_context():
        message = db.session.scalars(
            select(Message.id).where(Message.user_id == county.users["teacher"])
        ).first()
    with county.app.app_context():
        mine = Assignment.reviewer_id == county.users["reviewer"]
        sheet = db.session.scalars(select(Assignment.id).where(mine)).one()
    case = f"/cases/{reviewing}/"
    own = [
        "/", "/certification/", "/certification/advanced/", "/certification/advanced/apply", case, f"{case}submit",
        f"{case}withdraw", f"{case}observation", f"{case}observation/pdf", f"{case}checklist", f"{case}checklist/file",
        f"{case}checklist/blank.pdf", f"{case}checklist/blank.docx", f"{case}submissions/1", "/messages/",
        f"/messages/{message}", "/downloads/", "/downloads/observation-105.docx", "/tutorials/",
        "/tutorials/save-as-pdf-word", "/profile/", "/profile/certificates", "/profile/training", "/profile/account",
        "/toolbox/", "/verify/", "/help/accessibility", "/help/privacy",
    ]  # fmt: skip
    for name, pages in (
        ("teacher", own),
        ("reviewer", ["/", "/reviews/", f"/reviews/{sheet}/", f"/reviews/{sheet}/send", case]),
    ):
        client = visit(name)
        client.get(f"/lang/{locale}")
        database.written = False
        for page in pages:
            answer = client.get(page)
            assert answer.status_code in (200, 302, 303), page
            assert not database.written, page
    database.written = True


def test_drafts_are_the_teachers_alone(visit: Any, reviewing: int) -> None:
    """Reviewers and offices read what was sent."""
    for name in ("reviewer", "centre", "county"):
        reader = visit(name)
        assert reader.get(f"/cases/{reviewing}/pre-observation").status_code == 404
        page = reader.get(f"/cases/{reviewing}/").text
        assert f"/cases/{reviewing}/pre-observation" not in page
        assert f"/cases/{reviewing}/submissions/1#doc-pre-observation" in page
    assert visit("teacher").get(f"/cases/{reviewing}/pre-observation").status_code == 200
