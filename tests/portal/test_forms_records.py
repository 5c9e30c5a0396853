"""The raw record in a form: taken from one's own recordings, locked, shown everywhere, never typed."""

import re
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader

from tests.forms import sheets
from tests.portal.test_forms_all import Desk, desk, squeezed  # noqa: F401


def test_only_own_finished_recordings_are_on_offer(desk: Desk) -> None:  # noqa: F811
    mine, begun = desk.recording("flanders"), desk.recording("flanders", ended=False)
    foreign, other = desk.recording("flanders", owner="other"), desk.recording("at-task")
    page = desk.page("flanders")
    assert f'value="{mine}"' in page
    for uid in (begun, foreign, other):
        assert uid not in page


@pytest.mark.parametrize("kind", ["begun", "foreign", "other", "nonsense"])
def test_what_is_not_on_offer_is_refused_in_words(desk: Desk, kind: str) -> None:  # noqa: F811
    uid = {
        "begun": lambda: desk.recording("flanders", ended=False),
        "foreign": lambda: desk.recording("flanders", owner="other"),
        "other": lambda: desk.recording("at-task"),
        "nonsense": lambda: "nonsense",
    }[kind]()
    mine = desk.recording("flanders")
    desk.save("flanders", {"record": mine})
    draft = desk.save("flanders", {"record": uid, "version": "1"}, "/draft")
    assert draft.status_code == 200 and desk.answers("flanders")["record"]["uid"] == mine
    shown = desk.browser.get(desk.url("flanders") + f"&record={uid}").text
    assert 'id="record-error"' in shown


def test_a_chosen_recording_is_copied_with_its_digest(desk: Desk) -> None:  # noqa: F811
    from app.instruments.record import digest

    uid = desk.recording("flanders")
    taken = desk.save("flanders", {"record": uid, "rows-record": "take"})
    assert taken.headers["Location"].endswith("#record")
    kept = desk.answers("flanders")["record"]
    assert kept["uid"] == uid and kept["digest"] == digest(kept["record"])
    page = desk.page("flanders")
    assert "教師話語比率" in page and "<svg" in page
    # What goes to and fro is the name of the recording, not its hundreds of events.
    assert kept["record"]["events"][0]["id"] not in page


def test_an_autosave_takes_it_too_and_later_ones_keep_it(desk: Desk) -> None:  # noqa: F811
    uid = desk.recording("flanders")
    desk.save("flanders", {"record": uid}, "/draft")
    kept = desk.answers("flanders")["record"]
    change(desk, uid)
    desk.save("flanders", {"record": uid, "analysis": "更多", "version": "1"}, "/draft")
    assert desk.answers("flanders")["record"] == kept
    assert 'value="renew"' in desk.page("flanders")
    desk.save("flanders", {"record": uid, "rows-record": "renew", "version": "2"})
    renewed = desk.answers("flanders")["record"]
    assert renewed["digest"] != kept["digest"] and renewed["record"]["events"][0]["code"] == 9
    assert 'value="renew"' not in desk.page("flanders")


def change(desk: Desk, uid: str) -> None:  # noqa: F811
    """The first code of the recording becomes a 9."""
    from app.access.models import PortalUser
    from app.core.db import transaction
    from app.observations import queries, service

    with desk.county.app.app_context(), transaction():
        owner = desk.county.row(PortalUser, desk.county.users["teacher"])
        first = queries.record_of(queries.recording(owner, uid))["events"][0]
        op = sheets.put(5000, {**first, "code": 9}) | {"id": first["id"]}
        op["event"]["id"] = first["id"]
        service.push_ops(owner, uid, head=None, ops=[op])


def test_the_way_back_from_a_recording_proposes_it(desk: Desk) -> None:  # noqa: F811
    uid = desk.recording("flanders")
    page = desk.browser.get(desk.url("flanders") + f"&record={uid}").text
    assert f'<option value="{uid}" selected>' in page and "教師話語比率" in page
    done = desk.save("flanders", desk.complete("flanders") | {"record": uid})
    assert done.headers["Location"] == f"/cases/{desk.case}/"
    assert desk.answers("flanders")["record"]["uid"] == uid


def test_a_discarded_recording_leaves_the_copy(desk: Desk) -> None:  # noqa: F811
    from app.access.models import PortalUser
    from app.core.db import transaction
    from app.observations import queries, service

    uid = desk.recording("flanders")
    desk.save("flanders", {"record": uid, "rows-record": "take"})
    with desk.county.app.app_context(), transaction():
        owner = desk.county.row(PortalUser, desk.county.users["teacher"])
        service.discard(owner, queries.recording(owner, uid))
    assert f'<option value="{uid}" selected>' in desk.page("flanders")
    desk.save("flanders", {"record": uid, "analysis": "x", "version": "1"})
    assert desk.answers("flanders")["record"]["uid"] == uid


@pytest.mark.parametrize("spoil", ["code", "digest", "rule", "shape"])
def test_a_tampered_copy_is_refused(desk: Desk, spoil: str) -> None:  # noqa: F811
    from app.core.db import transaction

    data = desk.complete("flanders")
    desk.save("flanders", data)
    with desk.county.app.app_context(), transaction():
        document = desk.document("flanders")
        held = {**document.answers["record"]}
        record = {**held["record"]}
        if spoil == "code":
            record["events"] = [{**record["events"][0], "code": 2}, *record["events"][1:]]
        elif spoil == "rule":
            record["rule"] = {"beat_s": 3, "bracket": "none"}
        elif spoil == "shape":
            record["events"] = "none"
        held |= {"record": record} | ({"digest": "0" * 64} if spoil == "digest" else {})
        document.answers = {**document.answers, "record": held}
    page = desk.browser.get(desk.url("flanders") + "&check=1").text
    assert 'id="record-error"' in page and "教師話語比率" not in page
    pdf = PdfReader(BytesIO(desk.browser.get(desk.url("flanders", "/pdf")).data))
    assert "教師話語比率" not in squeezed("".join(p.extract_text() for p in pdf.pages))
    # Saving again does not wash it clean.
    desk.save("flanders", {**data, "version": "2"})
    with desk.county.app.app_context():
        assert not desk.document("flanders").complete


@pytest.mark.parametrize(
    ("code", "text"), [("anecdotal", "在黑板上畫圓餅圖"), ("verbatim", "為什麼分母要一樣？")]
)
def test_rows_come_from_the_recording_and_stay_text(desk: Desk, code: str, text: str) -> None:  # noqa: F811
    uid = desk.recording(code)
    blank = {"rows-0-time": "", "rows-0-teacher": ""}
    desk.save(code, {"record": uid, **blank}, "/draft")
    assert text not in str(desk.answers(code)["rows"])
    desk.save(code, {"record": uid, **blank, "rows-record": "take", "version": "1"})
    rows = desk.answers(code)["rows"]
    assert len(rows) == len(desk.answers(code)["record"]["record"]["events"])
    assert text in str(rows)
    desk.save(code, {"record": uid, "rows-0-teacher": "改過的文字", "rows-record": "take", "version": "2"})
    answers = desk.answers(code)
    assert answers["rows"][0]["teacher"] == "改過的文字" and answers["record"]["uid"] == uid


def test_a_second_tab_compares_recordings(desk: Desk) -> None:  # noqa: F811
    one, two = desk.recording("flanders", title="第一次錄"), desk.recording("flanders", title="第二次錄")
    desk.save("flanders", {"record": one})
    late = desk.save("flanders", {"record": two})
    assert late.status_code == 409 and "第一次錄" in late.text and "第二次錄" in late.text
    desk.save("flanders", {"record": two, "choose-record": "theirs", "version": "1"})
    assert desk.answers("flanders")["record"]["uid"] == one
    desk.save("flanders", {"record": two, "choose-record": "mine", "version": "1"})
    assert desk.answers("flanders")["record"]["uid"] == two


@pytest.mark.parametrize("code", sheets.QUANTITATIVE)
def test_the_pdf_prints_figures_and_digest(desk: Desk, code: str) -> None:  # noqa: F811
    desk.save(code, desk.complete(code))
    digest = desk.answers(code)["record"]["digest"]
    pdf = PdfReader(BytesIO(desk.browser.get(desk.url(code, "/pdf")).data))
    assert digest in squeezed("".join(page.extract_text() for page in pdf.pages))


def test_the_reviewer_reads_the_record(desk: Desk, visit: Any, complete: int, county: Any) -> None:  # noqa: F811
    from app.access.models import PortalUser
    from app.cases import service as cases
    from app.cases import workflow
    from app.cases.models import Case
    from app.core.db import transaction
    from app.reviews import service as reviews

    assert desk.save("flanders", desk.complete("flanders")).status_code == 303
    digest = desk.answers("flanders")["record"]["digest"]
    with county.app.app_context(), transaction():
        case = county.row(Case, complete)
        centre = county.row(PortalUser, county.users["centre"])
        cases.submit(case.applicant, case)
        workflow.fire(centre, case, "formal_pass")
        reviews.assign(centre, case, reviewer_ids=[county.users["reviewer"], county.users["reviewer2"]])
    reviewer = visit("reviewer")
    link = re.findall(r'href="(/reviews/\d+/)', reviewer.get("/reviews/").text)[0]
    page = reviewer.get(link).text
    assert "教師話語比率" in page and digest in page
    sent = desk.browser.get(f"/cases/{complete}/submissions/1").text
    assert "教師話語比率" in sent and digest in sent
