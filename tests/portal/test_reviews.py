"""A reviewer's work: the own sheet only, nothing typed is lost, sent once."""

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


def items(page: str) -> list[str]:
    return sorted({part.split('"')[0] for part in page.split('data-field="level-')[1:]})


def test_only_the_own_sheet(visit: Any, sheet: dict[str, int], reviewing: int) -> None:
    reviewer = visit("reviewer")
    page = reviewer.get("/reviews/").text
    assert "陳雅雯" in page and "尚未填寫" in page and "星期" in page
    assert reviewer.get(f"/reviews/{sheet['reviewer']}/").status_code == 200
    assert reviewer.get(f"/reviews/{sheet['reviewer2']}/").status_code == 404
    assert reviewer.submit(f"/reviews/{sheet['reviewer2']}/", {"version": "0"}).status_code == 404
    assert visit("other").get(f"/reviews/{sheet['reviewer']}/").status_code == 404
    assert visit("other").get("/reviews/").status_code == 403
    assert reviewer.get(f"/cases/{reviewing}/submissions/1/checklist/file").data.startswith(b"%PDF-")


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
