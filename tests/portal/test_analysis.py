"""The pages of the analysis: what the owner sees, what strangers do not, in both languages."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.observations import lessons

Keep = Callable[..., str]


@pytest.fixture
def keep(county: Any) -> Keep:
    """`keep("teacher", record)` stores a recording as that person's; answers its uid."""
    from app.access.models import PortalUser
    from app.core.db import db, transaction
    from app.observations import service

    def stored(username: str, record: dict[str, Any], *, finished: bool = True, extra: Any = ()) -> str:
        import uuid

        uid = str(uuid.uuid4())
        head = {key: record[key] for key in ("instrument", "title", "class_name", "started_at", "length_ms")}
        head |= {"rule": record["rule"], "plan": record["plan"], "at": 1}
        head["ended_at"] = "2026-11-23T01:45:03.000Z" if finished else None
        ids = {event["id"]: str(uuid.uuid4()) for event in record["events"]}
        ops = [
            {
                "uid": str(uuid.uuid4()),
                "n": n,
                "at": 1_800_000_000_000 + n,
                "op": "put",
                "id": ids[event["id"]],
                "event": {**event, "id": ids[event["id"]]},
            }
            for n, event in enumerate([*record["events"], *extra], 1)
        ]
        with county.app.app_context(), transaction():
            user = db.session.get(PortalUser, county.users[username])
            service.push_ops(user, uid, head=head, ops=ops)
        return uid

    return stored


@pytest.mark.parametrize("instrument", lessons.ALL)
@pytest.mark.parametrize("locale", ["zh_Hant_TW", "en"])
def test_every_instrument_has_its_page(visit: Any, keep: Keep, instrument: str, locale: str) -> None:
    uid = keep("teacher", lessons.ALL[instrument]())
    teacher = visit("teacher")
    teacher.get(f"/lang/{locale}")
    answer = teacher.get(f"/toolbox/recordings/{uid}/")
    assert answer.status_code == 200
    page = answer.text
    assert "分數的加減" in page and '<svg role="img"' in page and "style=" not in page
    assert f"/toolbox/recordings/{uid}/export.csv" in page
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))


def test_a_stranger_sees_nothing(visit: Any, keep: Keep, client: Any) -> None:
    uid = keep("teacher", lessons.flanders([5, 4, 8]))
    assert visit("other").get(f"/toolbox/recordings/{uid}/").status_code == 404
    assert visit("centre").get(f"/toolbox/recordings/{uid}/").status_code in (403, 404)
    assert client.get(f"/toolbox/recordings/{uid}/").status_code == 302


def test_figures_open_and_dashes_say_why(visit: Any, keep: Keep) -> None:
    uid = keep("teacher", lessons.flanders([5, 3, 5, 9]))
    page = visit("teacher").get(f"/toolbox/recordings/{uid}/").text
    assert "100 × f(1..7) / N" in page and "(6,7)" in page and "Flanders 1970 參考值" in page
    line = page[page.index("間接/直接") : page.index("修正間接")]
    assert "%" in line
    dash = page[page.index("教師即時發問比率") :][:400]
    assert "—" in dash and "figure-why" in dash


def test_the_history_of_an_entry_is_kept(visit: Any, keep: Keep) -> None:
    record = lessons.flanders([5, 4, 8])
    uid = keep("teacher", record, extra=[{**record["events"][1], "code": 7}])
    page = visit("teacher").get(f"/toolbox/recordings/{uid}/").text
    history = page[page.index("was-changed") :]
    assert "4 提問" in history and "7 批評學生或維護權威" in history


def test_an_unfinished_recording_can_be_gone_on_with(visit: Any, keep: Keep) -> None:
    uid = keep("teacher", lessons.flanders([5]), finished=False)
    page = visit("teacher").get(f"/toolbox/recordings/{uid}/").text
    assert f"/toolbox/live/flanders/#{uid}" in page and "?form=flanders" not in page


def test_goes_into_an_open_case(visit: Any, keep: Keep, drafting: int) -> None:
    uid = keep("teacher", lessons.flanders([5, 4]))
    page = visit("teacher").get(f"/toolbox/recordings/{uid}/").text.replace("&amp;", "&")
    assert f"/cases/{drafting}/observation?form=flanders&record={uid}" in page


def test_an_empty_recording_has_a_page(visit: Any, keep: Keep) -> None:
    uid = keep("teacher", lessons.flanders([]))
    answer = visit("teacher").get(f"/toolbox/recordings/{uid}/")
    assert answer.status_code == 200 and "—" in answer.text


def test_two_observers(visit: Any, keep: Keep, county: Any) -> None:
    first, second = (keep("teacher", lessons.flanders(codes)) for codes in ([5, 4, 8, 2], [5, 4, 9, 2]))
    teacher = visit("teacher")
    assert first in teacher.get("/toolbox/agreement/").text
    page = teacher.get(f"/toolbox/agreement/?a={first}&b={second}&tolerance=1.5").text
    assert "75.0%" in page and "9 學生話語" in page and 'class="num shade-1"' in page
    same = teacher.get(f"/toolbox/agreement/?a={first}&b={first}")
    assert same.status_code == 200 and "notice-bad" in same.text
    assert "notice-bad" in teacher.get(f"/toolbox/agreement/?a={first}").text
    assert "notice-bad" in visit("other").get(f"/toolbox/agreement/?a={first}&b={second}").text
    for odd in ("nan", "inf", "-5", "x", "1e99"):
        assert (
            teacher.get(f"/toolbox/agreement/?a={first}&b={second}&tolerance={odd}&later={odd}").status_code
            == 200
        )


def test_a_colleagues_code_opens_the_comparison(visit: Any, keep: Keep, county: Any) -> None:
    from app.access.models import PortalUser
    from app.core.db import db, transaction
    from app.observations import queries, service

    mine, theirs = keep("teacher", lessons.flanders([5, 4])), keep("other", lessons.flanders([5, 4]))
    with county.app.app_context(), transaction():
        colleague = db.session.get(PortalUser, county.users["other"])
        code = service.share(colleague, queries.recording(colleague, theirs))
    teacher = visit("teacher")
    assert "100.0%" in teacher.get(f"/toolbox/agreement/?a={mine}&code={code.lower()}").text
    assert "notice-bad" in teacher.get(f"/toolbox/agreement/?a={mine}&code=WRONG").text


def test_own_lessons_side_by_side(visit: Any, keep: Keep) -> None:
    teacher = visit("teacher")
    assert teacher.get("/toolbox/growth/").status_code == 200
    for codes in ([5, 4, 8], [5, 4, 8, 9, 3]):
        keep("teacher", lessons.flanders(codes))
    keep("other", lessons.flanders([1]))
    page = teacher.get("/toolbox/growth/?instrument=flanders&class=五年甲班").text
    assert '<svg role="img"' in page and page.count('<th scope="row">') == 2
    assert teacher.get("/toolbox/growth/?instrument=nonsense&class=x").status_code == 200
