"""The tool box's own pages: lists, sharing, what goes out and comes in; nothing of somebody else's."""

import json
import re
from io import BytesIO
from typing import Any
from urllib.parse import unquote

import pytest

from tests.observations.batches import head, new_uid, plan_data, put


@pytest.fixture
def recorded(county: Any) -> Any:
    """`recorded("teacher", "flanders", 3)`: the uid of a recording of that many entries."""
    from app.access.models import PortalUser
    from app.core.db import transaction
    from app.observations import service

    def record(name: str, instrument: str = "flanders", entries: int = 2, **more: Any) -> str:
        uid = new_uid()
        events = {"flanders": {}, "anecdotal": {"teacher": "發問", "pupil": "舉手", "note": ""}}[instrument]
        with county.app.app_context(), transaction():
            actor = county.row(PortalUser, county.users[name])
            ops = [put(n, events) for n in range(1, entries + 1)]
            service.push_ops(actor, uid, head=head(instrument, **more), ops=ops)
        return uid

    return record


@pytest.fixture
def planned(county: Any) -> str:
    """The uid of the teacher's seating plan."""
    from app.access.models import PortalUser
    from app.core.db import transaction
    from app.observations import service

    uid = new_uid()
    with county.app.app_context(), transaction():
        service.save_plan(
            county.row(PortalUser, county.users["teacher"]), uid, name="五年三班", data=plan_data(), version=0
        )
    return uid


def test_an_empty_tool_box_says_what_to_do(visit: Any) -> None:
    page = visit("teacher").get("/toolbox/").text
    for code in ("flanders", "verbal-flow", "at-task", "teacher-movement", "verbatim", "anecdotal"):
        assert f'href="/toolbox/live/{code}/"' in page
        assert f"/downloads/{code}.pdf" in page
    for address in ("/toolbox/practice/", "/toolbox/agreement/", "/toolbox/plans/edit/", "/toolbox/import"):
        assert f'href="{address}"' in page
    assert "empty-state" in page


def test_every_instrument_is_offered_with_a_picture(app: Any) -> None:
    from pathlib import Path

    from app.instruments.record import INSTRUMENTS
    from app.portal.toolbox import OFFERED

    assert set(OFFERED) == set(INSTRUMENTS)
    pictures = Path(str(app.static_folder)) / "img" / "instruments"
    assert {path.stem for path in pictures.glob("*.svg")} == set(INSTRUMENTS)


def test_one_sees_ones_own(visit: Any, recorded: Any, planned: str) -> None:
    mine, theirs = recorded("teacher", title="第一節"), recorded("other", title="別人的")
    page = visit("teacher").get("/toolbox/").text
    assert f"/toolbox/recordings/{mine}/" in page and f"/toolbox/live/flanders/#{mine}" in page
    assert theirs not in page and "別人的" not in page
    assert f"/toolbox/plans/edit/#{planned}" in page
    assert planned not in visit("other").get("/toolbox/").text


def test_the_list_is_searched_and_paged_at_the_same_cost(
    visit: Any, recorded: Any, count_queries: Any
) -> None:
    recorded("teacher", title="第0節")
    teacher = visit("teacher")
    with count_queries() as few:
        teacher.get("/toolbox/")
    for number in range(1, 31):
        recorded("teacher", "anecdotal" if number % 2 else "flanders", 1, title=f"第{number}節")
    with count_queries() as many:
        page = teacher.get("/toolbox/").text
    assert len(many) == len(few)
    assert "第30節" in page and "第0節" not in page
    following = re.search(r'href="(/toolbox/\?after=\d+[^"]*)"', page)
    assert following
    assert "第0節" in teacher.get(following[1]).text
    found = teacher.get("/toolbox/?instrument=anecdotal&find=第3").text
    assert "第3節" in found and "第30節" not in found and "第5節" not in found
    assert "第30節" in teacher.get("/toolbox/?after=99999999999&instrument=x").text


def test_discard_offers_the_way_back(visit: Any, recorded: Any, planned: str) -> None:
    uid, teacher = recorded("teacher", title="第一節"), visit("teacher")
    for kind, one in (("recordings", uid), ("plans", planned)):
        answer = teacher.submit(f"/toolbox/{kind}/{one}/discard")
        assert answer.status_code == 303
        page = teacher.get(answer.location).text
        assert f"/toolbox/{kind}/{one}/restore" in page and f"#{one}" not in page
        assert teacher.submit(f"/toolbox/{kind}/{one}/restore").status_code == 303
        page = teacher.get(answer.location).text
        assert f"#{one}" in page and f"/toolbox/{kind}/{one}/restore" not in page


def test_foreign_and_missing_look_the_same(visit: Any, recorded: Any, planned: str) -> None:
    uid, other = recorded("teacher"), visit("other")
    for one in (uid, planned, new_uid(), "x"):
        for path in (
            f"/toolbox/recordings/{one}/settings",
            *(f"/toolbox/recordings/{one}/export.{k}" for k in ("csv", "json", "boris")),
        ):
            assert other.get(path).status_code == 404, path
        for path in (
            *(f"/toolbox/recordings/{one}/{verb}" for verb in ("discard", "restore", "rename", "share")),
            f"/toolbox/plans/{one}/discard",
        ):
            assert other.submit(path).status_code == 404, path
        assert "/restore" not in other.get(f"/toolbox/?discarded={one}").text


def test_rename_keeps_what_was_typed_when_it_is_refused(visit: Any, recorded: Any) -> None:
    uid, teacher = recorded("teacher"), visit("teacher")
    address = f"/toolbox/recordings/{uid}/rename"
    assert teacher.submit(address, {"title": " 數學 第二節 "}).status_code == 303
    assert "數學 第二節" in teacher.get("/toolbox/").text
    wrong = teacher.submit(address, {"title": "長" * 201})
    assert wrong.status_code == 422 and "title-error" in wrong.text and "長" * 201 in wrong.text


def test_share_read_out_copy_take_back(visit: Any, recorded: Any) -> None:
    uid, teacher, other = recorded("teacher", entries=3), visit("teacher"), visit("other")
    teacher.submit(f"/toolbox/recordings/{uid}/share")
    code = re.search(r"<code>(\w{4}-\w{4})</code>", teacher.get(f"/toolbox/recordings/{uid}/settings").text)
    assert code
    copied = other.submit("/toolbox/copy", {"code": code[1].lower()})
    assert copied.status_code == 303 and uid not in copied.location
    assert copied.location.removesuffix("/").rsplit("/", 1)[1] in other.get("/toolbox/").text
    teacher.submit(f"/toolbox/recordings/{uid}/unshare")
    again = other.submit("/toolbox/copy", {"code": code[1]}, follow_redirects=True)
    assert again.status_code == 200 and "notice-bad" in again.text


@pytest.mark.parametrize("kind", ["csv", "xlsx", "json", "boris", "eaf"])
def test_exports_are_attachments_with_a_chinese_name(visit: Any, recorded: Any, kind: str) -> None:
    uid = recorded("teacher", title='三角形/面積: "第一節"')
    answer = visit("teacher").get(f"/toolbox/recordings/{uid}/export.{kind}")
    assert answer.status_code == 200 and len(answer.data) > 100
    header = answer.headers["Content-Disposition"]
    name = unquote(header.split("filename*=UTF-8''")[1])
    assert header.startswith("attachment")
    assert name == f"佛蘭德斯互動分析法量化分析表 三角形_面積_ _第一節_ 2026-11-23.{kind}"


def test_an_exported_recording_comes_back(visit: Any, recorded: Any) -> None:
    uid, teacher = recorded("teacher", entries=5), visit("teacher")
    data = teacher.get(f"/toolbox/recordings/{uid}/export.json").data
    sent = {"what": "json", "file": (BytesIO(data), "lesson.json")}
    answer = teacher.submit("/toolbox/import", sent, content_type="multipart/form-data")
    copy = answer.location.removesuffix("/").rsplit("/", 1)[1]
    again = json.loads(teacher.get(f"/toolbox/recordings/{copy}/export.json").data)
    assert again["digest"] == json.loads(data)["digest"] and copy != uid

    spoilt = data.replace(b'"code":5', b'"code":2', 1)
    answer = teacher.submit(
        "/toolbox/import",
        {"what": "json", "file": (BytesIO(spoilt), "lesson.json")},
        content_type="multipart/form-data",
    )
    assert answer.status_code == 422 and 'id="file-error"' in answer.text


def test_code_lists_typed_or_as_a_file(visit: Any) -> None:
    teacher = visit("teacher")
    typed = teacher.submit("/toolbox/import", {"what": "codes", "codes": "5，5、4 8\n10", "title": "紙本"})
    assert typed.status_code == 303
    file = (BytesIO("5、4".encode("cp950")), "codes.txt")
    sent = teacher.submit(
        "/toolbox/import", {"what": "codes", "list": file}, content_type="multipart/form-data"
    )
    assert sent.status_code == 303
    page = teacher.get("/toolbox/").text
    assert "紙本" in page and page.count("/toolbox/live/flanders/#") == 2


def test_wrong_codes_are_named_and_what_was_typed_stays(visit: Any) -> None:
    sent = {"what": "codes", "codes": "5 11 4 <b>", "title": "紙本", "class_name": "五年三班"}
    answer = visit("teacher").submit("/toolbox/import", sent)
    assert answer.status_code == 422
    assert "2: 11" in answer.text and "<b>" not in answer.text and "4: &lt;b&gt;" in answer.text
    assert "5 11 4 &lt;b&gt;</textarea>" in answer.text and 'value="五年三班"' in answer.text
    assert visit("teacher").submit("/toolbox/import", {"what": "codes"}).status_code == 422


def test_offices_find_the_blank_papers_only(visit: Any) -> None:
    county = visit("county")
    page = county.get("/toolbox/").text
    assert "/downloads/flanders.pdf" in page and "/toolbox/live/" not in page
    assert county.get("/toolbox/import").status_code == 403
    assert county.submit("/toolbox/import", {"what": "codes", "codes": "5"}).status_code == 403
    assert county.submit("/toolbox/copy", {"code": "AAAAAAAA"}).status_code in (303, 403)


def test_the_tool_box_needs_a_log_in(client: Any, county: Any) -> None:
    for path in ("/toolbox/", "/toolbox/import", f"/toolbox/recordings/{new_uid()}/settings"):
        assert client.get(path).status_code == 302, path
