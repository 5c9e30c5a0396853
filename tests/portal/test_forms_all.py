"""Every official form: filled as a draft and in full, checked, read, printed, compared."""

from io import BytesIO
from typing import Any

import docx
import pytest
from pypdf import PdfReader
from sqlalchemy import select

from app.forms import registry
from tests.forms import sheets

CODES = tuple(sheets.SLOTS)


@pytest.fixture
def desk(request: pytest.FixtureRequest, visit: Any, county: Any) -> Any:
    """The teacher at the forms of an open case, of a track that has the test's form."""
    called = getattr(request.node, "callspec", None)
    track = sheets.MENTORING.get(called.params.get("code", "") if called else "", ("", ""))[1]
    case = opened(county, track) if track else request.getfixturevalue("drafting")
    return Desk(visit("teacher"), case, county)


def opened(county: Any, track: str) -> int:
    """A case of the teacher in a campaign of `track` that asks for nothing but its forms."""
    from app.access.models import PortalUser
    from app.cases import service as cases
    from app.core.db import transaction
    from tests import factories

    with county.app.app_context(), transaction():
        user = county.row(PortalUser, county.users["teacher"])
        factories.earn(user, track)
        return int(cases.apply(user, campaign=factories.campaign(track=track)).id)


class Desk:
    def __init__(self, browser: Any, case: int, county: Any) -> None:
        self.browser, self.case, self.county = browser, case, county

    def url(self, code: str, end: str = "") -> str:
        slot = sheets.SLOTS.get(code) or sheets.MENTORING[code][0]
        return f"/cases/{self.case}/{slot}{end}?form={code}"

    def save(self, code: str, data: dict[str, str], end: str = "", **kwargs: Any) -> Any:
        return self.browser.submit(self.url(code, end), {"version": "0", **data}, **kwargs)

    def page(self, code: str) -> str:
        return str(self.browser.get(self.url(code)).text)

    def recording(self, instrument: str, owner: str = "teacher", **changes: Any) -> str:
        from app.access.models import PortalUser
        from app.core.db import transaction

        with self.county.app.app_context(), transaction():
            return sheets.recording(
                self.county.row(PortalUser, self.county.users[owner]), instrument, **changes
            )

    def complete(self, code: str) -> dict[str, str]:
        """What to send for a complete form."""
        from app.forms import registry

        with self.county.app.test_request_context():
            data = sheets.typed(registry.build(code))
        if code in sheets.QUANTITATIVE:
            data["record"] = self.recording(code)
        return data

    def document(self, code: str) -> Any:
        from app.cases.models import Document
        from app.core.db import db

        return db.session.scalars(select(Document).where(Document.form_code == code)).one()

    def answers(self, code: str) -> dict[str, Any]:
        with self.county.app.app_context():
            return dict(self.document(code).answers)


def squeezed(text: str) -> str:
    return "".join(text.split()).replace("\u200b", "")


@pytest.mark.parametrize("code", sheets.ALL)
def test_draft_then_whole_then_paper(desk: Desk, code: str) -> None:
    data = desk.complete(code)
    first = next(iter(sheets.TYPED[code]))
    draft = desk.save(code, {first: data[first]}, "/draft", headers={"X-Requested-With": "draft"})
    assert draft.json["version"] == 1
    assert data[first] in desk.page(code)
    done = desk.save(code, {**data, "version": "1"})
    assert (done.status_code, done.headers["Location"]) == (303, f"/cases/{desk.case}/")
    with desk.county.app.app_context():
        assert desk.document(code).complete
    pdf = desk.browser.get(desk.url(code, "/pdf")).data
    text = squeezed("".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages))
    words = {
        v for k, v in {**data, "observer": "陳雅雯"}.items() if v[0] > "\u3400" and k not in sheets.DATES
    }
    assert [word for word in words if squeezed(word) not in text] == []
    assert "民國115年10月5日" in text


@pytest.mark.parametrize("code", sheets.ALL)
def test_what_is_missing_is_named(desk: Desk, code: str) -> None:
    page = desk.save(code, {"place": "x"}, follow_redirects=True).text
    from app.forms import registry

    with desk.county.app.test_request_context():
        form = registry.build(code, answers=desk.answers(code))
        problems = form.problems()
    assert len(problems) > 2
    for problem in problems:
        assert f'id="{problem.field_id}-error"' in page or f'href="#{problem.field_id}"' in page


@pytest.mark.parametrize("code", CODES)
def test_second_tab_sees_both_texts(desk: Desk, code: str) -> None:
    name = "content" if code.endswith("other") else list(sheets.TYPED[code])[-1]
    if code.startswith("observation-1"):
        name = "goals"
    desk.save(code, {name: "先儲存的文字"})
    late = desk.save(code, {name: "後來打的文字", "place": "五年三班"})
    assert late.status_code == 409
    assert all(text in late.text for text in ("先儲存的文字", "後來打的文字", "五年三班"))
    chosen = {name: "後來打的文字", "place": "五年三班", "version": "1"}
    field = "rows" if name.startswith("rows") else name
    desk.save(code, {**chosen, f"choose-{field}": "theirs"})
    assert "先儲存的文字" in str(desk.answers(code)) and desk.answers(code)["place"] == "五年三班"


@pytest.mark.parametrize("code", sheets.ALL)
def test_blanks(desk: Desk, code: str) -> None:
    assert f'href="/downloads/{code}.docx"' in desk.browser.get("/downloads/").text
    word = docx.Document(BytesIO(desk.browser.get(f"/downloads/{code}.docx").data))
    cells = "".join(cell.text for table in word.tables for row in table.rows[:30] for cell in row.cells[:4])
    pdf = PdfReader(BytesIO(desk.browser.get(f"/downloads/{code}.pdf").data))
    printed = squeezed("".join(page.extract_text() for page in pdf.pages))
    with desk.county.app.test_request_context():
        form = registry.build(code)
        labels = [
            str(field.label.text) for field in form.fields_of(form.sections[0]) if field.show_if is None
        ]
    assert printed.count("陳雅雯") == 1
    for text in ("陳雅雯", *labels):
        assert text in squeezed(cells) and text in printed


def test_the_grids_of_the_instruments(desk: Desk) -> None:
    def tables(code: str) -> list[tuple[int, int]]:
        word = docx.Document(BytesIO(desk.browser.get(f"/downloads/{code}.docx").data))
        return [(len(table.rows), len(table.columns)) for table in word.tables]

    assert (45, 21) in tables("flanders") and (12, 12) in tables("flanders")
    assert (38, 11) in tables("at-task") and (7, 6) in tables("at-task")
    assert (7, 6) in tables("verbal-flow")
    assert (21, 6) in tables("teacher-movement")
    assert (11, 4) in tables("anecdotal")


def test_dates_places_and_focus_go_from_form_to_form(desk: Desk) -> None:
    pre = desk.complete("pre-observation-a") | {"lesson_place": "數學教室", "feedback_place": "圖書室"}
    desk.save("pre-observation-a", pre)
    lesson = desk.page("verbatim")
    assert 'value="2026-10-05"' in lesson and 'value="數學教室"' in lesson and "誰沒有開口？" in lesson
    talk = desk.page("post-observation-a")
    assert 'value="2026-10-06"' in talk and 'value="圖書室"' in talk and "誰沒有開口？" in talk


def test_key_figures_are_at_hand_in_the_talk(desk: Desk) -> None:
    desk.save("flanders", desk.complete("flanders"))
    for code in ("post-observation-a", "post-observation-b", "post-observation-other"):
        assert "教師話語比率" in desk.page(code)


def test_checkpoints_to_grow_feed_the_plan(desk: Desk) -> None:
    desk.save("observation-101", desk.complete("observation-101"))
    assert "A-4-2 有組織條理呈現教材內容" in desk.page("post-observation-b")


def test_a_judging_word_is_pointed_at_and_stops_nothing(desk: Desk) -> None:
    data = desk.complete("anecdotal") | {"rows-0-pupils": "學生很認真。", "rows-0-note": "很認真"}
    assert desk.save("anecdotal", data).headers["Location"] == f"/cases/{desk.case}/"
    page = desk.page("anecdotal")
    assert 'id="rows-0-pupils-remark"' in page and "認真" in page
    assert 'id="rows-0-note-remark"' not in page


def test_a_new_revision_leaves_old_documents_alone(desk: Desk) -> None:
    from app.core.db import db, transaction
    from app.reference import service
    from app.reference.models import Rubric

    desk.save("observation-101", desk.complete("observation-101"))
    with desk.county.app.app_context(), transaction():
        old = db.session.scalars(select(Rubric).where(Rubric.version == "101")).one()
        draft = service.copy_rubric(None, old)
        item = next(i for i in draft.items if i.code == "A-4-1")
        service.update_rubric_item(None, item, title_zh="新的檢核重點文字")
        service.publish_rubric(None, draft)
    assert "說明學習目標及學習重點" in desk.page("observation-101")
    assert "新的檢核重點文字" not in desk.page("observation-101")
    assert desk.answers("observation-101")["ratings"]["revision"] == 1
    fresh = desk.browser.get("/downloads/observation-101.docx").data
    word = docx.Document(BytesIO(fresh))
    assert any("新的檢核重點文字" in cell.text for cell in word.tables[0].columns[0].cells)


def test_not_shown_needs_no_facts_but_needs_to_be_said(desk: Desk) -> None:
    from app.forms import registry

    with desk.county.app.test_request_context():
        form = registry.build(
            "observation-101", answers={"ratings": {"rows": {"A-4-1": {"rating": "not_shown"}}}}
        )
        found = {problem.field_id for problem in form.problems()}
    assert "ratings-A-4-1-evidence" not in found and "ratings-A-4-1-rating" not in found
    assert {"ratings-A-4-2-evidence", "ratings-A-4-2-rating"} <= found
