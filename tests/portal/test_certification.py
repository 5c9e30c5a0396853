"""認證專區: who may apply, what is said to those who may not, and that a double click is one case."""

from datetime import timedelta
from typing import Any

from app.access.matrix import Role
from app.campaigns import service as campaigns
from app.campaigns.tracks import Track
from app.cases.states import Verdict
from app.core import clock
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


def test_each_track_opens_with_its_own_questions_and_the_words_of_the_authority(
    client: Any, db_session: Any, login: Any
) -> None:
    texts = {"apply_zh": "請先確認研習時數。", "apply_en": "Check your hours first."}
    for track in Track:
        factories.campaign(track=track, texts=texts)
    username = factories.teacher(eligible=False).username
    db_session.commit()
    login(client, username, PASSWORD)
    asked = {
        Track.INITIAL: ("任教中小學之合格教師", "106年8月以後，6小時"),
        Track.ADVANCED: ("初階證號或106年以後之初階認證時數6小時", "108年7月以後，18小時"),
        Track.MENTOR: ("滿5年以上", "進階證號", "30小時"),
        Track.MENTOR_RENEWAL_1: ("仍有效之教學輔導教師證書", "證書年度", "換證研習12小時"),
        Track.MENTOR_RENEWAL_2: ("現職正式教師或校長", "106、105學年度之證書"),
    }
    assert client.get("/certification/").text.count("開放申請至") == len(Track)
    for track, words in asked.items():
        page = client.get(f"/certification/{track}/apply").text
        assert all(word in page for word in (*words, "請先確認研習時數。")), track
    client.get("/lang/en")
    assert "Check your hours first." in client.get("/certification/mentor/apply").text


def test_who_was_given_longer_may_still_apply(client: Any, db_session: Any, login: Any) -> None:
    now = clock.now()
    window = {"opens_at": now - timedelta(days=9), "closes_at": now - timedelta(days=1)}
    campaign = factories.campaign(**window)
    late, other = factories.teacher(), factories.teacher()
    until = clock.days_after(now, 3)
    campaigns.extend_campaign(factories.account(Role.CENTRE), campaign, until=until, reason="病假", user=late)
    names = (late.username, other.username)
    db_session.commit()
    for name, may in zip(names, (True, False), strict=True):
        login(client, name, PASSWORD)
        page = client.get("/certification/advanced/apply").text
        assert ('action="/certification/advanced/apply"' in page) is may
        assert (until.astimezone(clock.TAIPEI).date().isoformat() in page) is may
        answer = client.submit("/certification/advanced/apply")
        assert answer.location.startswith("/cases/") is may
        client.submit("/logout/")
