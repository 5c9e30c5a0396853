"""Every official form: filled with the keyboard alone, then looked at in both languages on desk and telephone."""

import os
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import axe, sign_in
from tests.forms import sheets

MENTORING = {code: slot for code, (slot, track) in sheets.MENTORING.items() if track == "mentor"}
SHOTS = os.environ.get("SHOTS")
ACTIVE = """() => {
  const e = document.activeElement;
  const inside = e.closest('form[data-official]');
  return {tag: e.tagName, type: e.type || '', name: e.name || '', value: e.value || '', id: e.id,
          readonly: !!e.readOnly, number: e.inputMode === 'numeric', date: e.placeholder === '2021-01-05',
          inside: !!inside, bottom: !!e.closest('.form-actions'),
          chosen: !!inside && !!inside.querySelector(`[name="${CSS.escape(e.name || '')}"]:checked`)};
}"""
VISIBLE = """() => [...document.querySelectorAll('form[data-official] :is(input, select, textarea)')]
  .filter(e => e.name && e.type !== 'hidden' && !e.disabled && e.offsetParent && !e.closest('template'))
  .map(e => e.name)"""
PUSH = """async (batch) => {
  const session = await (await fetch('/toolbox/api/session')).json();
  const answer = await fetch(`/toolbox/api/recordings/${batch.uid}`, {
    method: 'POST', credentials: 'same-origin', body: JSON.stringify({user: session.user, ...batch}),
    headers: {'Content-Type': 'application/json', 'X-CSRFToken': session.csrf, 'X-Requested-With': 'fetch'}});
  return [answer.status, await answer.text()];
}"""


def test_every_form_by_keyboard_then_by_axe(page: Page) -> None:
    sign_in(page, "teacher.draft")
    for instrument in sheets.INSTRUMENTS:
        status, text = page.evaluate(PUSH, sheets.batch(instrument))
        assert status == 200, text
    filled_and_looked_at(page, case_of(page, "advanced"), sheets.SLOTS)


def test_every_form_of_a_mentor_by_keyboard_then_by_axe(page: Page) -> None:
    sign_in(page, "teacher.mentor")
    filled_and_looked_at(page, case_of(page, "mentor"), MENTORING)


def filled_and_looked_at(page: Page, case: str, forms: dict[str, str]) -> None:
    """Each form filled with the keyboard alone, then looked at in both languages; `forms` has the slot of each."""
    for code, slot in forms.items():
        page.goto(f"{case}{slot}?form={code}")
        clear(page)
        fill_by_keyboard(page)
        page.wait_for_url(lambda url: url.endswith(case) or "check=1" in url)
        faults = page.locator("[data-error-summary]").all_inner_texts()
        assert page.url.endswith(case), f"{code}: {faults}"
    found = []
    for locale in ("zh_Hant_TW", "en"):
        page.goto(f"/lang/{locale}")
        for code, slot in forms.items():
            page.goto(f"{case}{slot}?form={code}")
            for width in (1280, 360):
                page.set_viewport_size({"width": width, "height": 900})
                found += [f"{code} {locale} {width}: {fault}" for fault in axe(page)]
                if page.evaluate("document.documentElement.scrollWidth") > width:
                    found.append(f"{code} {locale} {width}: wider than the screen")
                if SHOTS:
                    page.screenshot(path=Path(SHOTS) / f"form_{code}_{locale}_{width}.png", full_page=True)
    assert not found, "\n".join(found)


def case_of(page: Page, track: str) -> str:
    """The address of the teacher's case."""
    page.goto(f"/certification/{track}/")
    link = page.locator("a[href^='/cases/']").first.get_attribute("href")
    assert link
    return link.split("?")[0]


def clear(page: Page) -> None:
    """Empty what the demo wrote, so that everything has to be typed."""
    page.evaluate(
        """() => { for (const e of document.querySelectorAll('form[data-official] :is(input[type=text], textarea)'))
             if (!e.readOnly && !e.closest('template')) e.value = '';
           for (const e of document.querySelectorAll('form[data-official] input:checked')) e.checked = false; }"""
    )


def fill_by_keyboard(page: Page) -> None:
    """Tab from the top of the page to the last button, writing into whatever asks for it."""
    wanted, reached = set(page.evaluate(VISIBLE)), set()
    page.evaluate("window.scrollTo(0, 0); document.activeElement.blur()")
    for _stop in range(900):
        page.keyboard.press("Tab")
        here: dict[str, Any] = page.evaluate(ACTIVE)
        if not here["inside"]:
            continue
        reached.add(here["name"])
        if here["bottom"] and here["name"] == "save":
            break
        write(page, here)
    else:
        pytest.fail("the last button was never reached")
    assert wanted <= reached, f"not reached by Tab: {sorted(wanted - reached)}"
    page.keyboard.press("Enter")


def write(page: Page, here: dict[str, Any]) -> None:
    if here["type"] == "radio":
        if not here["chosen"]:
            page.keyboard.press("Space")
    elif here["tag"] == "SELECT":
        if here["name"] and not here["value"]:
            page.keyboard.press("ArrowDown")
    elif here["tag"] in ("INPUT", "TEXTAREA") and here["name"] and not here["readonly"] and not here["value"]:
        # A school of 99 posts: the share of a recommendation stays under its limit.
        number = "99" if here["name"] == "staff" else "3" if here["number"] else ""
        page.keyboard.insert_text(number or ("115/10/5" if here["date"] else "學生三次舉手，很認真。"))
