"""The whole 進階 journey as people walk it: every step on a screen, by its labels, in both languages."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from app.campaigns.tracks import TRACKS
from tests.browser.conftest import running
from tests.browser.offices import (
    CONTEXT,
    OBSERVED,
    TEACHER,
    TYPED,
    UPLOADS,
    assigns_two,
    decides,
    issues_and_announces,
    label,
    passes_the_check,
    returns_the_case,
    writes_a_sheet,
)
from tests.browser.people import Person

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

HEADER = {
    "任教年級": "五年級",
    "任教領域/科目": "數學",
    "教學單元": "異分母分數的比較",
    "教學節次：共幾節": "6",
    "本次教學為第幾節": "2",
}
PRE = {
    "授課教師(主導的教師)": OBSERVED,
    **HEADER,
    "觀察前會談(備課)日期": "2026-09-28",
    "課程脈絡": CONTEXT,
    "觀察焦點(問題)": "哪些學生沒有開口？",
    "觀察工具": "105年版教師專業發展規準觀察紀錄表",
    "預定公開授課日期": "2026-10-05",
    "預定回饋會談日期": "115/10/6",
}
FACTS = "\n".join(f"教師第{n}次提問後停留五秒，{n + 10}位學生舉手。" for n in range(1, 6))
POST = {
    "回饋會談(議課)日期": "2026-10-06",
    "教與學之優點及特色": "提問後留有等待時間，學生能說明理由。",
    "教與學待調整或改變之處": "可調整走動路線與小組任務。",
    "回饋人員的學習與收穫": "先約定焦點學生，觀察紀錄才有證據可談。",
}


@pytest.fixture
def live_server(chromium: Browser, demo: Path, tmp_path: Path) -> Iterator[str]:
    """A county of its own for each journey: `teacher` starts only once."""
    shutil.copytree(demo, tmp_path / "instance")
    with running(tmp_path / "instance") as address:
        yield address


@pytest.mark.parametrize(("locale", "width"), [("zh_Hant_TW", 1280), ("en", 390)])
def test_the_whole_journey(open_page: Callable[..., Page], locale: str, width: int) -> None:
    """From the eligibility table to a certificate that anybody can check."""
    touch = {"height": 844, "has_touch": True, "is_mobile": True} if width < 500 else {}
    teacher = Person(open_page(width, **touch), locale).log_in("teacher")
    centre = Person(open_page(), locale).log_in("centre")
    county = Person(open_page(), locale).log_in("county.taoyuan")
    reviewers = [Person(open_page(), locale).log_in(name) for name in ("reviewer", "reviewer2")]

    applies(teacher)
    fills_six_forms(teacher)
    sends_the_first_time(teacher)
    returns_the_case(centre)
    mends_and_sends_again(teacher)
    passes_the_check(centre)
    assigns_two(centre)
    for number, reviewer in enumerate(reviewers):
        writes_a_sheet(
            reviewer, "進階審查標準表 初審", level="第4等級 (待修正)", verdict="修正後複審", first=number == 0
        )
    decides(county, "修正後複審", "請依各表意見補上具體事實。")
    revises(teacher)
    assigns_two(centre)
    for reviewer in reviewers:
        writes_a_sheet(reviewer, "進階審查標準表 複審", level="第1-2等級 (優良)", verdict="通過")
    decides(county, "通過", "")
    issues_and_announces(centre)
    number, code = finds_the_number(teacher)
    anybody_can_check(Person(open_page(width, **touch), locale), number, code)


# -- the teacher -------------------------------------------------------------------------------------------


def applies(teacher: Person) -> None:
    """認證專區, the track, the six checks, 申請."""
    teacher.menu("認證專區")
    for track in TRACKS.values():
        teacher.sees(teacher.word(str(track.title)))
    teacher.picture("journey-tracks")
    teacher.follow(teacher.word("進階專業回饋人才認證"))
    teacher.picture("journey-track")
    teacher.follow(teacher.word("申請認證"))
    for check in ("身份", "正式教師年資", "實際教學年資", "證號", "研習時數", "研習年度"):
        teacher.sees(teacher.word(check))
    teacher.picture("journey-apply")
    teacher.press("申請")
    teacher.title(teacher.word("%(name)s - 流程進度", name=teacher.word("進階認證")))
    teacher.state("填寫中")


def fills_six_forms(teacher: Person) -> None:
    """In the order of their numbers; 新增 turns into 編輯."""
    page = teacher.page
    assert page.locator("li.slot .slot-number").all_inner_texts() == list("123456")
    assert page.get_by_role("button", name=teacher.word("送出審查文件")).is_disabled()
    teacher.picture("journey-case-new")
    uploads_the_proof(teacher, "實施證明")
    uploads_the_proof(teacher, "社群參與證明")
    writes_the_talk_before(teacher)
    writes_the_observation(teacher)
    writes_the_talk_after(teacher)
    uploads_the_proof(teacher, "認證檢核表")
    teacher.sees(teacher.word("%(done)s of %(total)s forms complete", done=6, total=6))
    teacher.picture("journey-case-full")


def uploads_the_proof(teacher: Person, slot: str, word: str = "新增") -> None:
    """Download the blank form, and give the (stamped) PDF back."""
    page = teacher.page
    teacher.open_slot(slot, word)
    with page.expect_download() as blank:
        teacher.follow(teacher.word("下載文件 (PDF)"))
    if word == "新增":
        teacher.picture(f"journey-upload-{UPLOADS[slot]}")
    name = f"{UPLOADS[slot]}.pdf"
    data = Path(blank.value.path()).read_bytes()
    page.locator("input[type=file]").set_input_files(
        {"name": name, "mimeType": "application/pdf", "buffer": data}
    )
    teacher.press("儲存")
    teacher.sees(teacher.word("The file was checked and stored: %(name)s", name=name))
    teacher.sees(teacher.word("文件名稱：%(name)s", name=name))
    with page.expect_download() as sent:
        teacher.follow(teacher.word("下載已上傳文件"))
    assert Path(sent.value.path()).read_bytes() == data
    if word == "新增":
        teacher.picture(f"journey-uploaded-{UPLOADS[slot]}")
    teacher.press("儲存")
    teacher.slot(slot).get_by_text(teacher.word("編輯"), exact=True).wait_for()


def writes_the_talk_before(teacher: Person) -> None:
    """A typed form: saves itself from the first word, is there after a reload, and asks for what is missing."""
    page = teacher.page
    teacher.open_slot("觀察前會談紀錄表", "新增")
    assert teacher.field("觀課人員(認證教師)").input_value() == TEACHER
    teacher.picture("journey-form-new")
    teacher.fill({"課程脈絡": CONTEXT})
    teacher.wait_until_saved()
    page.reload()
    assert teacher.field("課程脈絡").input_value() == CONTEXT
    teacher.fill(PRE)
    teacher.choose("完全觀課")
    teacher.wait_until_saved()
    teacher.press("儲存")
    teacher.sees(teacher.word("Saved and complete: %(title)s", title=teacher.word("觀察前會談紀錄表")))
    teacher.slot("觀察前會談紀錄表").get_by_text(teacher.word("編輯"), exact=True).wait_for()


def writes_the_observation(teacher: Person) -> None:
    """The head comes from the form before; facts and a rating for every indicator."""
    teacher.open_slot("觀察紀錄表", "新增")
    assert teacher.field("授課教師(主導的教師)").input_value() == OBSERVED
    teacher.fill({"公開授課/教學觀察(觀課)日期": "2026-10-05", "教學目標": "能通分並說出理由。"})
    rows = teacher.page.get_by_role("region", name=re.compile(r"^[A-Z]-\d"))
    for number in range(rows.count()):
        teacher.fill({"事實摘要敘述": FACTS}, rows.nth(number))
        teacher.choose("待成長" if number == 0 else "滿意", rows.nth(number))
    teacher.picture("journey-observation")
    teacher.press("儲存")
    teacher.sees(teacher.word("Saved and complete: %(title)s", title=teacher.word("觀察紀錄表")))


def writes_the_talk_after(teacher: Person) -> None:
    """The plan for growth starts from the indicator that was rated 待成長."""
    teacher.open_slot("觀察後回饋會談紀錄表", "新增", "post-observation-b")
    teacher.fill(POST)
    assert teacher.field("成長指標").locator("option:checked").inner_text().startswith("A-2")
    teacher.field("成長方式").select_option(label=teacher.word("重新試驗教學"))
    teacher.picture("journey-post")
    teacher.press("儲存")
    teacher.sees(teacher.word("Saved and complete: %(title)s", title=teacher.word("觀察後回饋會談紀錄表")))


def sends_the_first_time(teacher: Person) -> None:
    teacher.follow(teacher.word("送出審查文件"))
    teacher.picture("journey-send")
    teacher.follow(teacher.word("取消"))
    teacher.state("填寫中")
    teacher.send("送出審查文件")
    teacher.state("形式審查")
    teacher.picture("journey-sent")
    assert teacher.page.get_by_role("link", name=teacher.word("送出審查文件")).count() == 0


def mends_and_sends_again(teacher: Person) -> None:
    """訊息通知 tells of the return; 原因訊息 says what is wrong; all six forms are open again."""
    reads_the_message(teacher, "退件", "application returned", "journey-message")
    teacher.follow(teacher.word("Open the case"))
    teacher.state("退件")
    for words in (
        "請學校主管核章。",
        "兩處請補正，謝謝。",
        teacher.word("社群參與證明"),
        label(teacher, "未核章"),
    ):
        teacher.sees(words)
    teacher.picture("journey-returned")
    assert teacher.page.locator("li.slot").get_by_text(teacher.word("編輯"), exact=True).count() == 6
    sending = teacher.page.get_by_role("button", name=teacher.word("送出審查文件"))
    assert sending.is_disabled(), "nothing is mended or answered yet"
    teacher.open_slot("觀察紀錄表", "編輯")
    note = teacher.page.locator("#ratings-A-2-evidence-pins")
    teacher.sees("A-2 請補上學生的反應。", inside=note)
    teacher.picture("journey-returned-field")
    facts = teacher.page.locator("#ratings-A-2-evidence")
    facts.fill(facts.input_value() + "\n十一位學生舉手。")
    teacher.wait_until_saved()
    teacher.press("儲存")
    todo = teacher.page.get_by_role("region", name=teacher.word("Comments to deal with"))
    answer = teacher.word("Your answer to: %(place)s", place=teacher.word("社群參與證明"))
    todo.get_by_label(answer).fill("正本存於學校，已補章。")
    teacher.press("Save the answers", inside=todo)
    teacher.sees(teacher.word("Your answers have been saved. They are sent with the case."))
    teacher.picture("journey-returned-answered")
    teacher.send("送出審查文件")
    teacher.state("形式審查")


def revises(teacher: Person) -> None:
    """Read the sheets, change the three observation forms, and only them; 送出複審資料."""
    page = teacher.page
    reads_the_message(teacher, "請修正送複審", "please revise", "journey-message-revise")
    teacher.open_case()
    teacher.state("修正認證資料中")
    teacher.sees("請依各表意見補上具體事實。")
    sheet = f"{teacher.word('進階審查標準表')} {teacher.word('初審')} (1)"
    teacher.picture("journey-revising")
    teacher.follow(f"{teacher.word('查看')} {sheet}")
    teacher.title(sheet)
    teacher.sees("請補上學生的反應。")
    teacher.sees(teacher.word("第4等級 (待修正)"))
    assert "許文彬" not in page.content(), "the sheet tells who wrote it"
    teacher.picture("journey-sheet")
    teacher.follow(teacher.word("Back to the case"))
    editable = page.locator("li.slot").filter(visible=True)
    assert [row.locator("h3").inner_text() for row in editable.all()] == [
        teacher.word(slot) for slot in TYPED
    ]
    for slot, answers in zip(
        TYPED,
        (
            {"課程脈絡": CONTEXT + "學生已會擴分。"},
            {"教學目標": "能以分數板說出理由。"},
            {"回饋人員的學習與收穫": "回饋以事實開頭。"},
        ),
        strict=True,
    ):
        teacher.open_slot(slot, "編輯")
        teacher.fill(answers)
        teacher.press("儲存")
        teacher.sees(teacher.word("Saved and complete: %(title)s", title=teacher.word(slot)))
    page.get_by_text(teacher.word("Other forms, for reading only")).click()
    teacher.open_slot("實施證明", "查看")
    teacher.sees(
        teacher.word("This form is shown for reading: it cannot be changed in the present state of the case.")
    )
    assert page.locator("input[type=file]").count() == 0
    teacher.follow(teacher.word("Back to the case"))
    teacher.send("送出複審資料")
    teacher.state("複審分發委員")


def finds_the_number(teacher: Person) -> tuple[str, str]:
    """The history is whole, the messages are there, the number stands in 個人資料."""
    page = teacher.page
    teacher.open_case()
    teacher.state("已公告")
    steps = page.locator(".timeline strong").all_inner_texts()
    words = [teacher.word(step) for step in (
        "公告", "產證", "通過", "複審完成", "分發複審委員", "送出複審資料", "修正後複審", "初審完成", "分發初審委員",
        "形式審查通過", "送出審查文件", "退件", "送出審查文件", "申請",
    )]  # fmt: skip
    assert [step.split(" → ")[0] for step in steps] == words
    for round_ in ("初審", "複審"):
        for number in (1, 2):
            teacher.sees(f"{teacher.word('進階審查標準表')} {teacher.word(round_)} ({number})")
    teacher.picture("journey-announced")
    teacher.menu("訊息通知")
    assert page.locator("main tbody tr").count() >= 6
    teacher.picture("journey-messages")
    return teacher.find_number("進階認證", "B"), page.url.rsplit("/", 1)[1]


def anybody_can_check(visitor: Person, number: str, code: str) -> None:
    """Without an account: the right code tells the number, a wrong one says so."""
    visitor.page.goto(f"/verify/{code}")
    visitor.sees(number)
    visitor.picture("journey-verify")
    visitor.page.goto("/verify/ABCDEFGHJKLM")
    assert number not in visitor.page.content()


def reads_the_message(teacher: Person, zh: str, en: str, picture: str) -> None:
    """The newest message is the one awaited; it opens from the list."""
    teacher.menu("訊息通知")
    newest = teacher.page.locator("main tbody tr").first.get_by_role("link")
    title = newest.inner_text()
    assert (zh if teacher.locale == "zh_Hant_TW" else en) in title
    newest.click()
    teacher.title(title)
    teacher.picture(picture)
