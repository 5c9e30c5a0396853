"""Every track from the application to a number that anybody can check, each step through the page of its person."""

import re
from io import BytesIO
from typing import Any

import pytest
from flask import Flask

from app.campaigns.tracks import TRACKS, Track
from app.cases.states import STATES, State, Verdict
from app.forms import registry
from app.forms.paper import paper_pdf
from tests import factories
from tests.forms import sheets

# After every date that the sheets name.
NOW = "2027-01-20T09:00:00+08:00"
# The track whose case is revised and reviewed a second time.
REVISED = Track.MENTOR
ADDED = "複審前補上：學生最後各自說出一個理由。"


@pytest.fixture
def there(db_session: Any, frozen: Any, request: pytest.FixtureRequest) -> factories.World:
    """A campaign of the track by its seeded defaults, a teacher who has what it asks for, the offices, reviewers."""
    frozen.move_to(NOW)
    track = request.getfixturevalue("track")
    world = factories.world(track=track)
    world.teacher = factories.teacher(eligible=False)
    factories.earn(world.teacher, track)
    db_session.commit()
    return world


class Walk:
    """One case on its way; everybody at a browser of their own."""

    def __init__(self, there: factories.World, app: Flask, login: Any) -> None:
        self.there, self.app = there, app
        self.campaign, self.info = there.campaign, TRACKS[there.campaign.track]
        self.enter = lambda user: login(app.test_client(), user.username)
        self.teacher, self.centre, self.county = map(self.enter, (there.teacher, there.centre, there.county))
        self.case = 0

    def press(self, person: Any, page: str, action: str, data: dict[str, Any] | None = None) -> str:
        """Send the form that stands on the page; the page that follows."""
        shown = person.get(page)
        assert shown.status_code == 200 and f'action="{action}"' in shown.text, f"{page}: {action}"
        form = shown.text.split(f'action="{action}"')[1].split("</form>")[0]
        hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form))
        answer = person.post(action, data={**hidden, **(data or {})}, follow_redirects=True)
        assert answer.status_code == 200, answer.text
        return str(answer.text)

    def stands(self, state: State) -> str:
        """The teacher reads on the page of the case how far it is."""
        page = str(self.teacher.get(f"/cases/{self.case}/").text)
        assert str(STATES[state].label) in page.split('class="facts')[1].split("</dl>")[0]
        return page

    # -- the teacher ---------------------------------------------------------------------------------------

    def apply(self) -> None:
        here = f"/certification/{self.campaign.track}/apply"
        page = self.teacher.get(here).text
        assert page.count("符合") >= 6 and "資格不符" not in page
        page = self.press(self.teacher, here, here)
        self.case = int(re.findall(r"/cases/(\d+)/", page)[0])
        slots = re.findall(r'id="slot-([a-z0-9-]+)"', self.stands(State.DRAFTING))
        assert slots == self.campaign.slot_codes

    def fill(self, slot: str, code: str, **changes: str) -> None:
        """Save the slot's page complete: a PDF where it asks for one, else what somebody types."""
        url = f"/cases/{self.case}/{slot}?form={code}"
        version = self.teacher.get(url).text.split('name="version" value="')[1].split('"')[0]
        if registry.get(code).kind == "upload":
            paper = paper_pdf(registry.get(code).paper, {"school": slot}, "zh_Hant_TW")  # type: ignore[attr-defined]
            data: dict[str, Any] = {"file": (BytesIO(paper), f"{slot}.pdf")}
        else:
            with self.app.test_request_context():
                data = sheets.typed(registry.build(code))
        answer = self.teacher.submit(url, {**data, "version": version, **changes})
        assert answer.status_code == 303 and "check=1" not in answer.location, f"{slot}: {answer.text}"

    def fill_all(self) -> None:
        for entry in self.campaign.slots:
            # Another form for the second lesson, where there is a choice.
            number = 1 if entry["slot"].endswith("-2") and len(entry["forms"]) > 1 else 0
            self.fill(entry["slot"], entry["forms"][number])

    def send(self, word: str, state: State) -> None:
        """Nothing stands in the way but hints; asked once more, then sent."""
        here = f"/cases/{self.case}/submit"
        assert f'href="{here}"' in self.teacher.get(f"/cases/{self.case}/").text
        page = self.teacher.get(here).text
        assert word in page and "提醒" in page and "錯誤" not in page
        self.press(self.teacher, here, here)
        self.stands(state)

    # -- the offices and the reviewers ---------------------------------------------------------------------

    def step(self, person: Any, name: str, data: dict[str, Any] | None = None) -> str:
        """One of the offices' steps on the page of the case."""
        return self.press(
            person, f"/office/cases/show/{self.case}", f"/office/cases/{name}/{self.case}", data
        )

    def review(self, round_: str, verdict: Verdict) -> None:
        """Reviewers as proposed; both write and send their sheets; the county decides as they propose."""
        here = f"/office/assignment/{self.campaign.id}/{round_}"
        self.press(self.centre, here, f"{here}/propose")
        self.press(self.centre, f"{here}/accept", f"{here}/accept_shown")
        for user in self.there.reviewers:
            self.judge(self.enter(user), verdict)
        self.step(self.county, "decide", {"verdict": verdict, "reason": "依委員意見補上事實。"})

    def judge(self, reviewer: Any, verdict: Verdict) -> None:
        """The newest sheet of the reviewer's list, every item at the level that makes the verdict."""
        row = max(map(int, re.findall(r'href="/reviews/(\d+)/"', reviewer.get("/reviews/").text)))
        here = f"/reviews/{row}/"
        page = reviewer.get(here).text
        items = set(re.findall(r'name="level-([a-z0-9-]+)"', page))
        assert len(items) == self.info.items and str(self.info.sheet) in page
        levels = {f"level-{item}": factories.LEVEL_OF[verdict] for item in items}
        sheet = {**levels, "verdict": verdict, "remark": "依規準敘寫。", "version": 0, "send": "1"}
        answer = reviewer.submit(here, sheet, page=here)
        assert answer.status_code == 303 and answer.location == f"{here}send"
        self.press(reviewer, f"{here}send", f"{here}send")

    def attend(self) -> None:
        """The hours of the renewal course, entered by the centre after the formal check."""
        page = self.stands(State.COURSE)
        assert "已登錄研習 0 小時，需 12 小時" in page
        here = f"/office/cases/show/{self.case}"
        there = re.findall(r'href="(/office/training/add[^"]+)"', self.centre.get(here).text)[0]
        assert f'value="{self.there.teacher.username}"' in self.centre.get(there).text
        record = {
            "teacher": self.there.teacher.username, "course": "renewal-1-course", "hours": "12",
            "finished_on": "2027-01-19", "school_year": "115", "organiser": "教專中心",
        }  # fmt: skip
        assert self.centre.submit("/office/training/add", record).status_code in (302, 303)
        assert "已登錄研習 12 小時" in self.stands(State.COURSE)
        self.step(self.centre, "course_one")

    def number(self) -> str:
        """Issued, announced, shown in the profile, and genuine to whoever has the code."""
        self.stands(State.PASSED)
        self.step(self.centre, "issue_one")
        self.step(self.centre, "announce_one")
        page = self.stands(State.ANNOUNCED)
        own = self.teacher.get("/profile/certificates").text
        number, code = re.findall(r'(桃園證號第\w{10}號).*?href="/verify/(\w{12})"', own, re.S)[-1]
        assert number in page
        check = self.app.test_client().get(f"/verify/{code}").text
        assert number in check and str(self.info.title) in check and self.there.teacher.name not in check
        return str(number)


@pytest.mark.parametrize(("track", "letter"), list(zip(Track, "ABCCC", strict=True)))
def test_from_the_application_to_the_number(
    there: Any, app: Any, login: Any, track: Track, letter: str
) -> None:
    walk = Walk(there, app, login)
    walk.apply()
    walk.fill_all()
    walk.send("送出審查文件", State.FORMAL_CHECK)
    walk.step(walk.centre, "formal_pass")
    if not there.campaign.reviewed:
        walk.attend()
    elif track is REVISED:
        walk.review("first", Verdict.REVISE)
        walk.stands(State.REVISING)
        walk.fill("mentoring-case", "mentoring-case", reflection=ADDED)
        walk.send("送出複審資料", State.SECOND_ASSIGN)
        walk.review("second", Verdict.PASS)
    else:
        walk.review("first", Verdict.PASS)
    assert re.fullmatch(rf"桃園證號第{letter}115\d{{6}}號", walk.number())
