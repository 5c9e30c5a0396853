"""Messages, profile, downloads, help and the public check."""

from io import BytesIO
from typing import Any

from sqlalchemy import select


def test_navigation_by_role(visit: Any) -> None:
    teacher, reviewer, county = (visit(name).get("/").text for name in ("teacher", "reviewer", "county"))
    for label in ("首頁", "認證專區", "功能專區", "訊息通知", "檔案下載", "操作教學", "個人資料"):
        assert label in teacher
    assert 'href="/reviews/"' not in teacher and 'href="/office/"' not in teacher
    assert 'href="/reviews/"' in reviewer and 'href="/certification/"' not in reviewer.split("<main")[0]
    assert 'href="/office/"' in county


def test_home_shows_an_office_what_waits_for_it_and_others_where_the_cases_stand(
    visit: Any, complete: int
) -> None:
    assert "目前沒有等待本單位處理的案件" in visit("centre").get("/").text
    visit("teacher").submit(f"/cases/{complete}/submit")
    centre = visit("centre").get("/").text
    address = "/office/cases/list/?state=formal_check&amp;waiting=mine"
    assert address in centre and "形式審查" in centre and "不到一天" in centre
    assert f"#{complete}" in visit("centre").get(address.replace("&amp;", "&")).text
    assert "目前沒有等待本單位處理的案件" in visit("county").get("/").text
    assert "形式審查" in visit("school").get("/").text


def test_messages_unread_until_marked(visit: Any, complete: int) -> None:
    teacher = visit("teacher")
    teacher.submit(f"/cases/{complete}/submit")
    page = teacher.get("/messages/").text
    assert "未讀" in page and "nav-badge" in page
    link = page.split('href="/messages/')[2].split('"')[0]
    assert "未讀" in teacher.get("/messages/").text
    detail = teacher.get(f"/messages/{link}").text
    assert "data-mark-read" in detail
    answer = teacher.submit(f"/messages/{link}/read", headers={"X-Requested-With": "fetch"})
    assert answer.json == {"read": True}
    assert "nav-badge" not in teacher.get("/messages/").text
    assert visit("other").get(f"/messages/{link}").status_code == 404
    assert visit("other").submit(f"/messages/{link}/read").status_code == 404


def test_profile_tabs_and_own_changes(visit: Any, county: Any) -> None:
    teacher = visit("teacher")
    assert f"ID : {county.users['teacher']}" in teacher.get("/profile/").text
    assert "4teacher" in teacher.get("/profile/certificates").text
    training = teacher.get("/profile/training").text
    assert "2-4 專業回饋實務探討" in training and "合計" in training
    wrong = teacher.submit("/profile/", {"email": "nobody", "phone": "03-123", "locale": "zh_Hant_TW"})
    assert wrong.status_code == 422 and 'id="email-error"' in wrong.text and 'value="03-123"' in wrong.text
    taken = teacher.submit("/profile/", {"email": "other@school.example", "locale": "zh_Hant_TW"})
    assert 'id="email-error"' in taken.text
    data = {
        "email": "new@school.example",
        "phone": "03-123",
        "subject": "數學",
        "grade": "五",
        "locale": "en",
    }
    done = teacher.submit("/profile/", data, follow_redirects=True)
    assert "Your data have been saved." in done.text and 'value="03-123"' in done.text


def test_password_and_log_ins(app: Any, visit: Any, login: Any) -> None:
    here, elsewhere = visit("teacher"), visit("teacher")
    fields = {"current": "Demo-1234!", "password": "a-new-password", "again": "a-new-password"}
    assert 'id="again-error"' in here.submit("/profile/account", fields | {"again": "x"}).text
    assert 'id="current-error"' in here.submit("/profile/account", fields | {"current": "wrong"}).text
    assert (
        'id="password-error"'
        in here.submit("/profile/account", fields | {"password": "x", "again": "x"}).text
    )
    assert here.submit("/profile/account", fields).status_code == 303
    assert here.get("/profile/").status_code == 200
    assert elsewhere.get("/profile/").status_code == 302
    login(app.test_client(), "teacher", "a-new-password")


def test_end_a_log_in_elsewhere_but_nobody_elses(visit: Any) -> None:
    here, elsewhere, other = visit("teacher"), visit("teacher"), visit("other")
    page = here.get("/profile/account").text
    row = page.split("/profile/sessions/")[1].split("/")[0]
    assert other.submit(f"/profile/sessions/{row}/end").status_code == 404
    here.submit(f"/profile/sessions/{row}/end")
    assert elsewhere.get("/profile/").status_code == 302 and here.get("/profile/").status_code == 200


def test_downloads_are_prefilled(visit: Any) -> None:
    import docx

    teacher = visit("teacher")
    assert "/downloads/open-lesson-proof.docx" in teacher.get("/downloads/").text
    word = docx.Document(BytesIO(teacher.get("/downloads/checklist-advanced.docx").data))
    assert "陳雅雯" in "\n".join(cell.text for row in word.tables[0].rows for cell in row.cells)
    for code in ("pre-observation-a", "observation-105", "post-observation-b"):
        assert teacher.get(f"/downloads/{code}.pdf").data.startswith(b"%PDF-")
        assert teacher.get(f"/downloads/{code}.docx").data.startswith(b"PK")
    assert teacher.get("/downloads/nonsense.pdf").status_code == 404


def test_help_is_open_to_everybody(client: Any, county: Any) -> None:
    for page in (
        "/tutorials/",
        "/tutorials/save-as-pdf-word",
        "/help/accessibility",
        "/help/privacy",
        "/verify/",
    ):
        assert client.get(page).status_code == 200, page
    assert client.get("/tutorials/nonsense").status_code == 404


def test_public_check_masks_the_name(client: Any, county: Any, decided: Any) -> None:
    from app.access.models import PortalUser
    from app.cases.models import Case
    from app.certificates import service
    from app.core.db import db, transaction
    from app.people.models import Certificate

    case_id = decided("pass")
    with county.app.app_context(), transaction():
        case = county.row(Case, case_id)
        service.issue(county.row(PortalUser, county.users["centre"]), case)
    with county.app.app_context():
        code, number = db.session.execute(
            select(Certificate.verify_code, Certificate.number).where(Certificate.case_id == case_id)
        ).one()
    page = client.get(f"/verify/{code.lower()[:6]}-{code.lower()[6:]}").text
    assert number in page and "陳○雯" in page and "陳雅雯" not in page and "真實有效" in page
    wrong = client.get("/verify/AAAA")
    assert wrong.status_code == 404 and "查無此查驗碼" in wrong.text
