"""A reviewer's whole sheet without a mouse: from the list to the thanks by Tab, arrows, digits and letters."""

from playwright.sync_api import Page, expect

from tests.browser.conftest import sign_in

FOCUSED = "selector => document.activeElement.matches(selector)"


def tab_to(page: Page, selector: str, back: bool = False) -> None:
    """Press Tab until the thing has the focus."""
    for _ in range(150):
        if page.evaluate(FOCUSED, selector):
            return
        page.keyboard.press("Shift+Tab" if back else "Tab")
    raise AssertionError(f"Tab never comes to {selector}")


def test_from_the_list_to_the_sent_sheet(page: Page) -> None:
    sign_in(page, "reviewer", "en")
    page.goto("/reviews/")
    row = page.get_by_role("row").filter(has_text="莉莉安").get_by_role("link").first
    tab_to(page, f'a[href="{row.get_attribute("href")}"]')
    page.keyboard.press("Enter")
    page.wait_for_url("**/reviews/*/")
    names = [item.get_attribute("data-item") for item in page.locator("[data-item]").all()]
    items = [f'[data-item="{name}"]' for name in names]

    tab_to(page, f"{items[0]} a.jump")
    page.keyboard.press("Enter")
    expect(page.locator("details[open] > summary:focus")).to_be_visible()
    tab_to(page, "details[open] a.jump")
    page.keyboard.press("Enter")
    assert page.evaluate(FOCUSED, f"{items[0]} input"), "back at the item of the document"
    page.keyboard.press("1")
    tab_to(page, f"{items[0]} textarea")
    page.keyboard.type("Page 3: 45 minutes")
    tab_to(page, f"{items[1]} input")
    page.keyboard.press("3")
    tab_to(page, f"{items[2]} input")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    tab_to(page, "[name=correction]")
    page.keyboard.press("ArrowDown")
    tab_to(page, "[name=correction_reason]")
    page.keyboard.type("two pages twice")
    expect(page.locator("[data-draft-state=saved]")).to_be_visible()

    page.reload()
    chosen = [page.locator(f"{item} input:checked").get_attribute("value") for item in items]
    assert chosen == ["2", "3", "3"]
    expect(page.locator(f"{items[0]} textarea")).to_have_value("Page 3: 45 minutes")
    expect(page.locator("[name=correction_reason]")).to_have_value("two pages twice")
    expect(page.locator("[data-line=sum]")).to_contain_text("Sum 9, of which correction 1")

    tab_to(page, "[name=verdict]")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    tab_to(page, "[name=send]")
    page.keyboard.press("Enter")
    page.wait_for_url("**/send")
    tab_to(page, "main form button[type=submit]")
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("The sheet has been sent. Thank you for your review.")
    done = page.get_by_role("row").filter(has_text="莉莉安")
    expect(done).to_contain_text("Sent")
