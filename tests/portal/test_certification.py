"""認證專區: who may apply, what is said to those who may not, and that a double click is one case."""

from typing import Any

from app.cases.states import Verdict
from tests import factories
from tests.conftest import PASSWORD

ADVICE = "資格不符。請洽詢所屬縣市之教專中心或臺師大培訓認證"


def test_five_tracks_and_why_four_are_closed(visit: Any) -> None:
    page = visit("teacher").get("/certification/").text
    for title in (
        "初階專業回饋人才認證",
        "進階專業回饋人才認證",
        "教學輔導教師認證",
        "換證第一種方式",
        "換證第二種方式",
    ):
        assert title in page
    assert page.count("尚未開放") == 4


def test_six_checks_with_value_needed_and_found(visit: Any) -> None:
    page = visit("newcomer").get("/certification/advanced/apply").text
    for label in ("身份", "正式教師年資", "實際教學年資", "證號", "研習時數", "研習年度"):
        assert label in page
    assert page.count(ADVICE) == 5
    assert "請依據紅字說明，至個人資料頁面進行確認。" in page
    assert "滿3年以上" in page and "0 年 6 個月" in page
    assert 'action="/certification/advanced/apply"' not in page


def test_no_button_no_case_for_the_ineligible(visit: Any, county: Any) -> None:
    client = visit("newcomer")
    answer = client.submit("/certification/advanced/apply", follow_redirects=True)
    assert "資格" in answer.text or "條件" in answer.text
    assert client.get("/cases/1/").status_code == 404


def test_double_click_opens_one_case(visit: Any, county: Any) -> None:
    client = visit("teacher")
    page = client.get("/certification/advanced/apply").text
    assert ADVICE not in page and 'action="/certification/advanced/apply"' in page
    first = client.submit("/certification/advanced/apply")
    second = client.submit("/certification/advanced/apply")
    assert first.location == second.location == f"/cases/{county.case_of('teacher')}/"


def test_unknown_track_and_no_log_in(visit: Any, client: Any) -> None:
    assert visit("teacher").get("/certification/nonsense/").status_code == 404
    answer = client.get("/certification/advanced/apply")
    assert answer.status_code == 302 and answer.location.startswith("/login/")


def test_a_failed_applicant_is_told_to_wait_for_the_next_campaign(
    client: Any, db_session: Any, login: Any
) -> None:
    """The button is gone, and the sentence says why."""
    there = factories.world()
    case = factories.decided(there, Verdict.FAIL)
    username = case.applicant.username
    db_session.commit()
    login(client, username, PASSWORD)
    page = client.get("/certification/advanced/apply").text
    assert "您在本認" in page
    assert 'action="/certification/advanced/apply"' not in page
