"""The draft of a campaign in a browser: rows, what is kept while typing, and a refused save."""

from playwright.sync_api import Page, expect

from tests.browser.conftest import axe, sign_in

BANDS = '[data-repeat="bands_first"]'


def test_a_draft_with_rows_is_kept_while_it_is_typed(page: Page) -> None:
    sign_in(page, "county.taoyuan", "en")
    page.goto("/office/campaigns/list/?state=published")
    page.locator("tbody a").first.click()
    page.get_by_role("button", name="Copy for the next year").click()
    page.wait_for_url("**/edit/*")
    rows = page.locator(f"{BANDS} [data-row]")
    before = rows.count()
    assert not axe(page)

    page.locator(f"{BANDS} [data-row-action=add]").click()
    expect(rows).to_have_count(before + 1)
    page.fill(f"#bands_first-{before}-low", "99")
    page.fill(f"#bands_first-{before}-high", "many")
    page.fill("#number_template", "{county}第{serial:05d}號")
    expect(page.locator("#number_template-hint")).to_contain_text("第00001號")
    expect(page.locator("[data-draft-state=saved]")).to_be_visible()

    page.reload()
    expect(rows).to_have_count(before + 1)
    expect(page.locator(f"#bands_first-{before}-high")).to_have_value("many")
    page.get_by_role("button", name="Save").first.click()
    expect(page.locator(".error-summary")).to_be_visible()
    expect(page.locator(f"#bands_first-{before}-high")).to_have_value("many")
    expect(page.locator(f"#bands_first-{before}-high-error")).to_be_visible()

    # Typing goes on after a refusal: it is still kept, and can be thrown away as a whole.
    page.fill("#appeal_days", "21")
    expect(page.locator("[data-draft-state=saved]")).to_be_visible()
    page.goto(page.url)
    expect(page.locator("#appeal_days")).to_have_value("21")
    page.locator("[data-keep-discard]").click()
    expect(rows).to_have_count(before)
    expect(page.locator("#appeal_days")).to_have_value("10")
