"""A reviewer's work: the own sheet only, nothing typed is lost, sent once."""

import re
from typing import Any

import pytest
from sqlalchemy import select


@pytest.fixture
def sheet(county: Any, reviewing: int) -> dict[str, int]:
    """Assignment id by reviewer."""
    from app.core.db import db
    from app.reviews.models import Assignment

    with county.app.app_context():
        rows = db.session.execute(select(Assignment.reviewer_id, Assignment.id)).all()
    names = {user_id: name for name, user_id in county.users.items()}
    return {names[user_id]: row_id for user_id, row_id in rows}


VERSION = re.compile(r'name="version" value="(\d+)"')


def items(page: str) -> list[str]:
    return sorted({part.split('"')[0] for part in page.split('data-field="level-')[1:]})


def test_only_the_own_sheet(visit: Any, sheet: dict[str, int], reviewing: int) -> None:
    reviewer = visit("reviewer")
    page = reviewer.get("/reviews/").text
    assert "陳雅雯" in page and "尚未填寫" in page and "星期" in page
    own = reviewer.get(f"/reviews/{sheet['reviewer']}/")
    assert own.status_code == 200
    assert reviewer.get(f"/reviews/{sheet['reviewer2']}/").status_code == 404
    assert reviewer.submit(f"/reviews/{sheet['reviewer2']}/", {"version": "0"}).status_code == 404
    assert visit("other").get(f"/reviews/{sheet['reviewer']}/").status_code == 404
    assert visit("other").get("/reviews/").status_code == 403
    file = f"/cases/{reviewing}/submissions/1/checklist/file"
    assert reviewer.get(file).data.startswith(b"%PDF-")
    # The signed form stands beside the sheet page by page, and can be heard of where it cannot be seen.
    assert f'src="{file}/1"' in own.text and "第 1 頁，共 1 頁" in own.text
    assert reviewer.get(f"{file}/1").data.startswith(b"\xff\xd8\xff")
    assert reviewer.get(f"{file}/2").status_code == 404


def test_draft_save_stale_and_send(visit: Any, sheet: dict[str, int], county: Any) -> None:
    from app.core.db import db
    from app.reviews.models import Sheet, SheetState

    reviewer, row = visit("reviewer"), sheet["reviewer"]
    page = reviewer.get(f"/reviews/{row}/").text
    codes = items(page)
    assert len(codes) == 3 and "異分母分數的比較" in page
    draft = reviewer.submit(f"/reviews/{row}/draft", {"version": "0", f"comment-{codes[0]}": "焦點明確"})
    first = draft.json["version"]
    late = reviewer.submit(f"/reviews/{row}/", {"version": "0", f"comment-{codes[0]}": "另一個分頁"})
    assert late.status_code == 409 and "焦點明確" in late.text and "另一個分頁" in late.text
    unfinished = reviewer.submit(
        f"/reviews/{row}/", {"version": str(first), "remark": "說明", "send": "1"}, follow_redirects=True
    ).text
    assert f'id="level-{codes[0]}-error"' in unfinished and "說明" in unfinished
    whole = {f"level-{code}": "3" for code in codes} | {
        f"comment-{codes[0]}": "",
        "remark": "",
        "verdict": "fail",
        "version": str(first + 1),
        "send": "1",
    }
    confirm = reviewer.submit(f"/reviews/{row}/", whole, follow_redirects=True).text
    assert "提醒您：送出後即不可再修改。" in confirm and "第3等級 (中等)" in confirm
    refused = reviewer.submit(f"/reviews/{row}/send")
    assert refused.status_code == 422 and 'href="#remark"' in refused.text
    reviewer.submit(f"/reviews/{row}/", whole | {"remark": "請補事實", "version": str(first + 2)})
    assert "感謝您的審查" in reviewer.submit(f"/reviews/{row}/send", follow_redirects=True).text
    assert "沒有重複送出" in reviewer.submit(f"/reviews/{row}/send", follow_redirects=True).text
    with county.app.app_context():
        rows = db.session.scalars(select(Sheet)).all()
        assert [s.state for s in rows] == [SheetState.SENT]
    after = reviewer.submit(f"/reviews/{row}/", whole | {"version": str(first + 3), "remark": "太晚"})
    assert after.status_code == 409
    assert "不能再修改" in reviewer.get(f"/reviews/{row}/").text


def test_work_list_costs_the_same_for_one_and_many(
    visit: Any, sheet: dict[str, int], count_queries: Any
) -> None:
    reviewer = visit("reviewer")
    with count_queries() as queries:
        reviewer.get("/reviews/")
    assert len(queries) < 15


def test_item_and_document_are_one_link_apart(visit: Any, sheet: dict[str, int]) -> None:
    page = visit("reviewer").get(f"/reviews/{sheet['reviewer']}/").text
    for slot, code in (("pre-observation", "advanced-table-1"), ("observation", "advanced-table-2")):
        assert f'href="#doc-{slot}"' in page and f'id="doc-{slot}"' in page
        assert f'href="#item-{code}"' in page and f'id="item-{code}"' in page


def test_sum_band_and_proposal_are_said_with_low_is_good(visit: Any, sheet: dict[str, int]) -> None:
    reviewer, url = visit("reviewer"), f"/reviews/{sheet['reviewer']}/"
    reviewer.get("/lang/en")
    first, *rest = (f"level-{code}" for code in items(reviewer.get(url).text))

    def standing(**typed: str) -> str:
        version = VERSION.search(reviewer.get(url).text)[1]
        page = reviewer.submit(url, {"version": version, **typed}, follow_redirects=True).text
        return str(page.split('data-line="sum"')[1].split("</div>")[0])

    assert "1 of 3 items" in standing(**{first: "3"})
    levels = {first: "3", **dict.fromkeys(rest, "3")}
    whole = standing(**levels, correction="2", correction_reason="第二頁重複")
    assert "Sum 11" in whole and "Low is good" in whole and "6 at best and 15 at worst" in whole
    assert "Re-review" in whole
    alike = standing(**dict.fromkeys(levels, "2"), correction="0", similar="fail")
    assert "says: Pass" in alike and "Not passed" in alike


def test_a_sum_without_a_band_is_not_guessed(
    visit: Any, sheet: dict[str, int], county: Any, monkeypatch: Any
) -> None:
    from app.campaigns.models import Campaign

    # A published campaign cannot be changed: this one is read as if its authority had defined nothing.
    monkeypatch.setattr(Campaign, "all_bands", lambda *_args: [])
    reviewer, url = visit("reviewer"), f"/reviews/{sheet['reviewer']}/"
    reviewer.get("/lang/en")
    levels = {f"level-{code}": "3" for code in items(reviewer.get(url).text)}
    page = reviewer.submit(url, {"version": "0", **levels}, follow_redirects=True).text
    assert (
        "No band is defined for this sum in this campaign. It is not guessed"
        in page.split('data-line="band"')[1]
    )


def test_a_correction_without_a_reason_is_asked_for_at_its_place_and_kept(
    visit: Any, sheet: dict[str, int]
) -> None:
    reviewer, url = visit("reviewer"), f"/reviews/{sheet['reviewer']}/"
    levels = {f"level-{code}": "2" for code in items(reviewer.get(url).text)}
    typed = {**levels, "correction": "-3", "verdict": "pass", "version": "0", "send": "1"}
    page = reviewer.submit(url, typed, follow_redirects=True).text
    assert 'id="correction_reason-error"' in page
    assert 'value="-3" selected' in page
    bad = reviewer.submit(url, {"correction": "-9", "version": "1"}, follow_redirects=True).text
    assert 'value="-3" selected' not in bad and "-9" in bad, "what was typed is shown, right or wrong"


def test_handing_back_needs_a_reason_and_closes_everything(
    visit: Any, sheet: dict[str, int], reviewing: int
) -> None:
    reviewer, url = visit("reviewer"), f"/reviews/{sheet['reviewer']}/"
    assert f"{url}recuse" in reviewer.get(url).text
    refused = reviewer.submit(f"{url}recuse", {"reason": "  "})
    assert refused.status_code == 422 and 'id="reason-error"' in refused.text
    assert reviewer.submit(f"{url}recuse", {"reason": "曾為同事"}).status_code == 302
    closed = [url, f"{url}send", f"{url}similar/", f"/cases/{reviewing}/", f"/cases/{reviewing}/submissions/1",
              f"/cases/{reviewing}/submissions/1/checklist/file",
              f"/cases/{reviewing}/submissions/1/checklist/file/1"]  # fmt: skip
    for address in closed:
        assert reviewer.get(address).status_code == 404, address
    assert "陳雅雯" not in reviewer.get("/reviews/").text
    assert reviewer.submit(f"{url}draft", {"version": "0", "remark": "又寫"}).status_code == 404
    assert (
        visit("reviewer2").submit(f"/reviews/{sheet['reviewer']}/recuse", {"reason": "x"}).status_code == 404
    )
