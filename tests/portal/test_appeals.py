"""申復 as the teacher meets it: the last day in words, the receipt, the letters."""

from datetime import timedelta
from typing import Any

import pypdfium2
import pytest
from sqlalchemy import select

from app.cases import service as cases
from app.cases.models import Case, Submission
from app.cases.states import Verdict
from app.core import clock
from app.core.db import db
from app.reference.models import AppealGround
from app.reviews import service as reviews
from tests import factories


@pytest.fixture
def there(db_session: Any) -> factories.World:
    return factories.world()


@pytest.fixture
def enter(app: Any, login: Any) -> Any:
    return lambda user: login(app.test_client(), user.username)


def words(data: bytes) -> str:
    text = "".join(page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(data))
    # A long check sum may break at zero-width spaces.
    return "".join(text.replace("\u200b", "").split())


def filed(there: Any) -> Case:
    case = factories.decided(there, Verdict.FAIL)
    factories.fill(case, ["appeal"])
    return cases.file_appeal(there.teacher, case)


def test_the_last_day_is_a_date_with_its_weekday_and_how_it_is_counted(there: Any, enter: Any) -> None:
    case = factories.decided(there, Verdict.FAIL)
    client = enter(there.teacher)
    client.get("/lang/en")
    page = client.get(f"/cases/{case.id}/").text
    last = clock.today() + timedelta(days=10)
    assert f"{last:%A}, {last:%B} {last.day}, {last.year}" in page
    assert "10 days left" in page and "10 calendar days from then, holidays included" in page
    client.get("/lang/zh_Hant_TW")
    page = client.get(f"/cases/{case.id}/").text
    assert f"星期{'一二三四五六日'[last.weekday()]} ({last.isoformat()})" in page and "含例假日" in page


def test_the_receipt_carries_time_and_check_sum(there: Any, enter: Any) -> None:
    case = filed(there)
    sent = db.session.scalars(select(Submission).where(Submission.transition == "appeal")).one()
    address = f"/cases/{case.id}/submissions/{sent.number}/receipt"
    said = words(enter(there.teacher).get(address).data)
    assert sent.digest in said and there.teacher.name.replace(" ", "") in said
    assert f"{clock.local(sent.submitted_at):%Y-%m-%d%H:%M:%S}" in said
    page = enter(there.teacher).get(f"/cases/{case.id}/").text
    assert address in page and sent.digest in page
    assert enter(factories.teacher()).get(address).status_code == 404


@pytest.mark.parametrize("accepts", [True, False])
def test_the_letter_says_the_answer_its_ground_and_what_was_filed(
    there: Any, enter: Any, accepts: bool
) -> None:
    case = filed(there)
    ground = db.session.scalars(select(AppealGround).where(AppealGround.accepts.is_(accepts))).first()
    reviews.answer_appeal(
        there.county, case, accepted=accepts, grounds=[ground.code], reason="說明如附件三頁"
    )
    client = enter(there.teacher)
    client.get("/lang/en")
    said = words(client.get(f"/cases/{case.id}/appeal/letter").data)
    assert ("申復受理通知書" if accepts else "申復未受理通知書") in said
    sent = db.session.scalars(select(Submission).where(Submission.transition == "appeal")).one()
    assert ground.label_zh in said and "說明如附件三頁" in said and sent.digest in said
    assert clock.roc_date(clock.today()) in said and "桃園市教專中心" in said
    assert "未通過" in said, "the letter names what was appealed against"
