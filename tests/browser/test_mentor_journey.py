"""教學輔導教師 as people walk it: two observed lessons and the mentoring on a telephone, reviewers as proposed."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import TYPE_CHECKING

from app.campaigns.tracks import CYCLES
from tests.browser.offices import decides, issues_and_announces, opens_the_case, step, writes_a_sheet
from tests.browser.people import Person
from tests.forms.sheets import HEADER, TYPED

if TYPE_CHECKING:
    from playwright.sync_api import Page

NAME, MENTEE = "高慧君", "游雅筑"
TRACK = "教學輔導教師認證"
SHEET = "教學輔導教師審查標準表 初審"
ACCOUNTS = {"許文彬": "reviewer", "鄭美玲": "reviewer2", "簡國華": "reviewer3", "莉莉安": "teacher.reviewer"}
FACT = "教師提問後停留五秒，十七位學生舉手說明理由。"
# Everything at once by the names of the fields; a draft is saved as if it had been typed.
FILL = """answers => { for (const [name, text] of Object.entries(answers)) {
  const fields = [...document.querySelectorAll(`form[data-official] [name="${CSS.escape(name)}"]`)];
  const field = fields.find(f => f.type === 'radio' && f.value === text) || fields[0];
  if (field.type === 'radio') { field.checked = true; } else { field.value = text; }
  for (const kind of ['input', 'change']) { field.dispatchEvent(new Event(kind, {bubbles: true})); }
} }"""


def ago(days: int) -> str:
    return (date.today() - timedelta(days)).isoformat()


def test_the_journey_of_a_mentor(
    open_page: Callable[..., Page], locale: str = "zh_Hant_TW", width: int = 390
) -> None:
    """From the eligibility table to a number that anybody can check."""
    teacher = Person(open_page(width, 844, has_touch=True, is_mobile=True), locale).log_in("teacher.mentor")
    begins_again(teacher)
    is_recommended(teacher)
    for slot in ("實施證明", "社群參與證明"):
        uploads(teacher, slot)
    for cycle, form in ((1, "observation-105"), (2, "anecdotal")):
        observes(teacher, cycle, form)
    mentors(teacher)
    uploads(teacher, "認證檢核表")
    sends(teacher)
    centre = Person(open_page(), locale).log_in("centre")
    opens_the_case(centre, "To check", name=NAME)
    centre.press("形式審查通過", inside=step(centre))
    centre.sees(centre.word("The formal check is passed."))
    names = accepts_the_proposal(centre)
    for number, name in enumerate(names):
        reviewer = Person(open_page(), locale).log_in(ACCOUNTS[name])
        writes_a_sheet(
            reviewer, SHEET, "第1-2等級 (優良)", "通過", first=not number,
            name=NAME, document="表4-3 輔導案例紀錄表", text=TYPED["mentoring-case"]["result"],
        )  # fmt: skip
    county = Person(open_page(), locale).log_in("county.taoyuan")
    decides(county, "通過", "", name=NAME, reviewers=names)
    issues_and_announces(centre, name=NAME)
    teacher.open_case(TRACK)
    teacher.state("已公告")
    teacher.sees(teacher.find_number(TRACK, "C"))


# -- the teacher -------------------------------------------------------------------------------------------


def begins_again(teacher: Person) -> None:
    """Takes the unfinished case back and applies anew: the six checks, then fourteen empty forms."""
    teacher.open_case(TRACK)
    teacher.follow(teacher.word("Withdraw the case"))
    teacher.page.get_by_role("textbox").fill("想換兩節課重新觀察。")
    teacher.page.locator("main form").get_by_role("button").last.click()
    teacher.sees(teacher.word("The case has been withdrawn."))
    teacher.menu("認證專區")
    teacher.follow(teacher.word(TRACK))
    teacher.follow(teacher.word("申請認證"))
    teacher.sees(teacher.word("進階證號"))
    teacher.picture("mentor-apply")
    teacher.press("申請")
    teacher.state("填寫中")
    numbers = teacher.page.locator("li.slot .slot-number").all_inner_texts()
    assert numbers == [str(number) for number in range(1, 15)]
    teacher.picture("mentor-case-new")


def fills(teacher: Person, slot: str, answers: dict[str, str], form: str = "", taken: str = "") -> None:
    """新增, where something may be `taken` over already; everything typed; 儲存."""
    teacher.open_slot(slot, "新增", form)
    teacher.page.locator("form[data-official]").wait_for()
    for name, value in (part.split("=") for part in taken.split("&") if part):
        assert teacher.page.locator(f"#{name}").input_value() == value
    facts = teacher.page.locator("form[data-official] [name$='-evidence']").all()
    names = [str(field.get_attribute("name")) for field in facts]
    rated = {name: FACT for name in names} | {
        name.replace("evidence", "rating"): "satisfactory" for name in names
    }
    teacher.page.evaluate(FILL, {**rated, **answers})
    teacher.press("儲存")


def is_complete(teacher: Person, slot: str) -> None:
    teacher.sees(teacher.word("Saved and complete: %(title)s", title=teacher.word(slot)))


def is_recommended(teacher: Person) -> None:
    """推薦表: more than half of the posts is said at the field, and what was typed is still there."""
    answers = TYPED["mentor-recommendation"] | {"held_on": ago(60)}
    fills(teacher, "推薦表", answers | {"recommended_now": "2"})
    error = teacher.page.locator("#share-error")
    error.wait_for()
    assert "16" in error.inner_text() and "50 %" in error.inner_text()
    assert "53.2 %" in teacher.page.locator("#share").inner_text()
    for name in ("reason", "recommended_now", "principal"):
        kept = teacher.page.locator(f"#{name}").input_value()
        assert kept == {**answers, "recommended_now": "2"}[name]
    teacher.picture("mentor-share")
    teacher.page.locator("#recommended_now").fill("1")
    teacher.press("儲存")
    is_complete(teacher, "推薦表")


def uploads(teacher: Person, slot: str) -> None:
    """The blank form, signed, comes back as a PDF."""
    page = teacher.page
    teacher.open_slot(slot, "新增")
    with page.expect_download() as blank:
        teacher.follow(teacher.word("下載文件 (PDF)"))
    page.locator("input[type=file]").set_input_files(blank.value.path())
    teacher.press("儲存")
    teacher.sees(teacher.word("下載已上傳文件"))
    teacher.press("儲存")
    is_complete(teacher, slot)


def observes(teacher: Person, cycle: int, form: str) -> None:
    """One lesson: the talk before, the record, the talk after; the cycle counts its own forms."""
    lesson = 50 - 10 * cycle
    number = "第一次" if cycle == 1 else "第二次"
    head = HEADER | {"teacher": MENTEE, "unit": f"第{cycle}個單元"}
    planned = {"lesson_on": ago(lesson), "feedback_on": ago(lesson - 1)}
    slots = [
        f"{number} {name}" for name in ("表1 觀察前會談紀錄表", "表2 觀察紀錄表", "表3 觀察後回饋會談紀錄表")
    ]
    before = {**head, **TYPED["pre-observation-a"], **planned, "held_on": ago(lesson + 3)}
    fills(teacher, slots[0], before, "pre-observation-a")
    is_complete(teacher, slots[0])
    fills(teacher, slots[1], TYPED[form], form, taken=f"unit={head['unit']}&held_on={ago(lesson)}")
    is_complete(teacher, slots[1])
    talk = f"unit={head['unit']}&held_on={ago(lesson - 1)}"
    fills(teacher, slots[2], TYPED["post-observation-a"], "post-observation-a", taken=talk)
    is_complete(teacher, slots[2])
    group = teacher.page.locator("li.slot-cycle").filter(has_text=teacher.word(str(CYCLES[cycle])))
    teacher.sees(teacher.word("%(done)s of %(total)s forms complete", done=3, total=3), inside=group)
    teacher.sees(f"{MENTEE} · {head['unit']}", inside=group)
    teacher.picture(f"mentor-cycle-{cycle}")


def mentors(teacher: Person) -> None:
    """輔導計畫, 平時輔導紀錄 twice, 輔導案例紀錄: the colleague's name goes from form to form."""
    period = {"starts_on": ago(60), "ends_on": ago(5)}
    fills(teacher, "表4-1 輔導計畫", TYPED["mentoring-plan"] | period)
    is_complete(teacher, "表4-1 輔導計畫")
    for slot, day in (("表4-2 平時輔導紀錄表(一)", 40), ("表4-2 平時輔導紀錄表(二)", 12)):
        log = TYPED["mentoring-log"] | {"held_on": ago(day)}
        fills(teacher, slot, log, taken=f"mentee={MENTEE}")
        is_complete(teacher, slot)
    case = TYPED["mentoring-case"] | period | {"process_rows-0-held_on": ago(30)}
    fills(teacher, "表4-3 輔導案例紀錄表", case)
    is_complete(teacher, "表4-3 輔導案例紀錄表")


def sends(teacher: Person) -> None:
    teacher.sees(teacher.word("%(done)s of %(total)s forms complete", done=14, total=14))
    teacher.picture("mentor-case-full")
    teacher.send("送出審查文件")
    teacher.state("形式審查")


# -- the office --------------------------------------------------------------------------------------------


def accepts_the_proposal(centre: Person) -> list[str]:
    """All waiting cases of the campaign at once: proposed, proved, looked through, accepted; who got them."""
    page = centre.page
    centre.follow(centre.word("Assign reviewers"), inside=page)
    row = page.get_by_role("row").filter(has_text=centre.word(TRACK))
    row.get_by_role("link").click()
    page.get_by_role(
        "button", name=re.compile("^" + centre.word("Propose for all %(number)s waiting cases", number=1))
    ).click()
    centre.sees(centre.word("No other proposal is better"))
    centre.picture("mentor-proposal")
    centre.follow(centre.word("Look through and accept"))
    names = page.get_by_role("row").filter(has_text=NAME).get_by_role("cell").last.inner_text()
    centre.picture("mentor-accept")
    page.get_by_role("button", name=centre.word("Assign these %(number)s cases", number=1)).click()
    centre.press("確定", inside=page.get_by_role("dialog"))
    centre.sees(centre.word("Cases assigned: %(number)s. Their reviewers have been told.", number=1))
    found = [name for name in ACCOUNTS if name in names]
    assert len(found) == 2
    return found
