"""What the offices and the reviewers do on the way of a case, on their own screens."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from playwright.sync_api import Locator

    from tests.browser.people import Person

TEACHER = "林曉春"
# The teacher who was observed is a reviewer too: named in the forms, and therefore barred.
OBSERVED = "簡國華"
UPLOADS = {
    "實施證明": "公開授課實施證明",
    "社群參與證明": "教師專業學習社群參與證明",
    "認證檢核表": "進階專業回饋人才認證檢核表",
}
TYPED = ("觀察前會談紀錄表", "觀察紀錄表", "觀察後回饋會談紀錄表")
CONTEXT = "學習目標：能比較異分母分數的大小，並說明理由。"


def label(person: Person, zh: str) -> str:
    """The wording of a reference row in the person's language."""
    if person.locale == "zh_Hant_TW":
        return zh
    return {
        "未核章": "Not signed or stamped",
        "未敘寫清楚": "Not clearly written",
    }[zh]


def opens_the_case(office: Person, queue: str, picture: str = "", name: str = TEACHER) -> None:
    """From the overview of the office through the queue to the case."""
    office.menu("行政專區")
    queues = office.page.get_by_role("list", name=office.word("Waiting for this office"))
    queues.get_by_role("listitem").filter(has_text=office.word(queue)).get_by_role("link").click()
    row = office.page.get_by_role("row").filter(has_text=name)
    if picture:
        office.picture(picture)
    row.get_by_role("link", name=re.compile(r"^#\d+$")).click()
    office.title(name)


def step(office: Person) -> Locator:
    """The panel of the step that the office may do now."""
    return office.page.locator("section.step-panel")


def returns_the_case(centre: Person) -> None:
    """退件 with a comment on a whole form, one on a field of another, and a few words."""
    opens_the_case(centre, "To check", "journey-office-list")
    for document in (*UPLOADS, *TYPED):
        centre.sees(
            centre.word(document), inside=centre.page.get_by_role("region", name=centre.word("Documents"))
        )
    centre.picture("journey-office-check")
    step(centre).get_by_text(centre.word("Return the case to the teacher")).click()
    centre.press("退件", inside=step(centre))
    centre.sees(centre.word("Pin at least one comment to a form."))
    for number, (place, reason, words) in enumerate(
        (
            ("community-proof", "未核章", "請學校主管核章。"),
            ("observation/ratings-A-2-evidence", "未敘寫清楚", "A-2 請補上學生的反應。"),
        )
    ):
        if number:
            centre.press("Another comment", inside=step(centre))
        row = step(centre).get_by_role(
            "region", name=centre.word("Comment {n}").replace("{n}", str(number + 1))
        )
        row.get_by_label(centre.word("Form and field")).select_option(place)
        row.get_by_label(centre.word("Reason")).select_option(label=label(centre, reason))
        row.get_by_role("textbox").fill(words)
    step(centre).get_by_label(centre.word("Words to the teacher about the whole case")).fill(
        "兩處請補正，謝謝。"
    )
    centre.picture("journey-office-return")
    centre.press("退件", inside=step(centre))
    centre.sees(centre.word("The case was returned to the teacher."))


def passes_the_check(centre: Person) -> None:
    """What became of the comments stands side by side: the field before and after, the answer in words."""
    opens_the_case(centre, "To check")
    comments = centre.page.get_by_role("region", name=centre.word("Comments and what became of them"))
    added = comments.locator("ins").filter(has_text="十一位學生舉手。")
    assert added.inner_text().startswith(centre.word("[put in:")), "who hears the page is told, too"
    centre.sees("正本存於學校，已補章。", inside=comments)
    centre.picture("journey-office-comments")
    centre.press("形式審查通過", inside=step(centre))
    centre.sees(centre.word("The formal check is passed."))


def assigns_two(centre: Person) -> None:
    """Who is named in the forms cannot be chosen; two others can."""
    opens_the_case(centre, "To assign")
    named = step(centre).get_by_role("row").filter(has_text=OBSERVED)
    assert named.get_by_role("checkbox").is_disabled()
    centre.sees(centre.word("Is named in the applicant's forms."), inside=named)
    for reviewer in ("許文彬", "鄭美玲"):
        step(centre).get_by_role("row").filter(has_text=reviewer).get_by_role("checkbox").check()
    centre.picture("journey-office-assign")
    centre.press("Assign reviewers", inside=step(centre))
    centre.sees(centre.word("The reviewers have the case now."))


def writes_a_sheet(
    reviewer: Person,
    sheet: str,
    level: str,
    verdict: str,
    first: bool = False,
    name: str = TEACHER,
    document: str = "觀察前會談紀錄表",
    text: str = CONTEXT,
) -> None:
    """The documents beside the sheet; a level and a comment for each item; the proposed verdict; send."""
    page = reviewer.page
    kind, round_ = sheet.split()
    reviewer.menu("審查專區")
    row = page.get_by_role("row").filter(has_text=name).filter(has_text=reviewer.word(round_))
    row.get_by_role("link", name=reviewer.word("Open the sheet of %(name)s", name=name)).click()
    reviewer.title(f"{reviewer.word(kind)} {reviewer.word(round_)}")
    documents = page.get_by_role("region", name=reviewer.word("Documents"))
    documents.locator("summary").filter(has_text=reviewer.word(document)).first.click()
    reviewer.sees(text, inside=documents)
    if first:
        reviewer.picture("journey-review")
        reviewer.press("Save and send the sheet")
        reviewer.sees(reviewer.word("Please choose one."))
    for item in page.locator("li.sheet-item").all():
        reviewer.choose(level, item)
        reviewer.fill({"審查意見": "請補上學生的反應。"}, item)
    reviewer.choose(verdict, page.get_by_role("region", name=reviewer.word("委員建議")))
    reviewer.press("Save and send the sheet")
    reviewer.title(reviewer.word("Send the sheet"))
    if first:
        reviewer.picture("journey-review-send")
    reviewer.press("確定")
    reviewer.sees(reviewer.word("The sheet has been sent. Thank you for your review."))


def decides(
    county: Person,
    verdict: str,
    reason: str,
    name: str = TEACHER,
    reviewers: Iterable[str] = ("許文彬", "鄭美玲"),
) -> None:
    """Both sheets side by side, the decision, and a last question."""
    opens_the_case(county, "To decide", name=name)
    for reviewer in reviewers:
        county.sees(reviewer)
    county.choose(verdict, step(county))
    step(county).get_by_role("textbox", name=county.word("Reason"), exact=True).fill(reason)
    county.picture("journey-office-decide")
    county.press("Record the decision", inside=step(county))
    dialog = county.page.get_by_role("dialog")
    county.sees(county.word("A decision stands: the teacher is told at once."), inside=dialog)
    county.press("確定", inside=dialog)
    county.sees(county.word("The decision is recorded and the teacher has been told."))


def issues_and_announces(centre: Person, name: str = TEACHER) -> None:
    opens_the_case(centre, "To issue", name=name)
    centre.press("產證", inside=step(centre))
    centre.sees(centre.word("The number has been issued."))
    centre.press("公告", inside=step(centre))
    centre.sees(centre.word("The number is announced."))
    centre.picture("journey-office-announced")
