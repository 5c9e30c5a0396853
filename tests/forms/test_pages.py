"""The forms as HTML: labels and messages tied to their fields, nothing needs a script, nothing gets lost."""

from typing import Any

import pytest
from flask import Flask, render_template_string
from lxml import html
from werkzeug.datastructures import MultiDict

from app.forms import registry
from app.forms.base import OfficialForm, differences
from app.instruments.record import digest
from tests.forms import sheets
from tests.observations import lessons

FORM = '{% from "forms/form.html" import render_form %}'
CODES = sheets.ALL


@pytest.fixture
def page(app: Flask, db_session: Any) -> Any:
    def render(source: str, **context: Any) -> Any:
        return html.fromstring(render_template_string(source, **context))

    with app.test_request_context():
        yield render


def test_no_typed_form_is_left_out() -> None:
    assert {form.code for form in registry.all_forms() if form.kind == "typed"} == {*CODES, "appeal"}


def names(tree: Any) -> set[str]:
    return {field.name for field in tree.iter("input", "textarea", "select") if field.name}


@pytest.mark.parametrize("code", CODES)
def test_every_control_has_a_label_and_a_unique_id(page: Any, code: str) -> None:
    tree = page(FORM + '{{ render_form(form, action="/x", draft_url="/d") }}', form=registry.build(code))
    tree = without_templates(tree)
    ids = [element.get("id") for element in tree.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    labelled = {label.get("for") for label in tree.iter("label")}
    for control in tree.iter("input", "textarea", "select"):
        if control.get("type") != "hidden":
            assert control.get("id") in labelled or control.xpath("ancestor::label"), control.get("name")


@pytest.mark.parametrize("code", CODES)
def test_messages_stand_at_their_fields(page: Any, code: str) -> None:
    date = next(field.name for field in registry.build(code) if field.kind == "date")
    form = registry.build(code, answers={date: "soon"})
    tree = page(FORM + '{{ render_form(form, action="/x", show_missing=true) }}', form=form)
    for problem in form.problems():
        assert (
            tree.get_element_by_id(f"{problem.field_id}-error")
            .text_content()
            .strip()
            .endswith(problem.message)
        )
        assert tree.xpath(f'//*[contains(@class, "error-summary")]//a[@href="#{problem.field_id}"]')
    described = tree.get_element_by_id(date).get("aria-describedby")
    assert described == f"{date}-error"
    quiet = page(FORM + '{{ render_form(form, action="/x") }}', form=form)
    assert len(quiet.xpath('//*[@class="field-error"]')) == 1


@pytest.mark.parametrize("code", CODES)
def test_the_page_posts_every_field_and_save_is_the_first_button(page: Any, code: str) -> None:
    form = registry.build(code)
    tree = without_templates(page(FORM + '{{ render_form(form, action="/x", version=3) }}', form=form))
    assert {name for name, _value in form.inputs()} <= names(tree)
    assert {"csrf_token", "version"} <= names(tree)
    assert tree.xpath("(//button)[1]/@name") == ["save"]
    assert not tree.xpath("//script[not(@src)] | //*[@style] | //*[@onclick]")


def test_a_locked_form_is_text(page: Any) -> None:
    form = registry.build("observation-105", answers={"goals": "比較分數的大小"})
    tree = page(FORM + '<div>{{ render_form(form, action="/x", locked=true) }}</div>', form=form)
    assert not names(tree)
    assert "比較分數的大小" in tree.text_content()


def test_typed_text_is_escaped_and_keeps_its_first_empty_line(page: Any) -> None:
    typed = "\n</textarea><script>alert(1)</script>"
    form = registry.build("observation-105", answers={"goals": typed})
    tree = page(FORM + '{{ render_form(form, action="/x") }}', form=form)
    assert tree.get_element_by_id("goals").text.removeprefix("\n") == typed


def test_comparison_carries_all_of_mine(page: Any) -> None:
    mine = registry.build("post-observation-b", answers={"unit": "mine", "growth_plan": [{"content": "a"}]})
    theirs = registry.build("post-observation-b", answers={"unit": "theirs"})
    source = '{% from "forms/compare.html" import compare_form %}{{ compare_form(mine, rows, action="/x", version=4) }}'
    tree = page(source, mine=mine, rows=differences(mine, theirs))
    assert names(tree) == {"csrf_token", "version", "choose-unit", "choose-growth_plan"} | {
        n for n, _v in mine.inputs()
    }
    assert tree.xpath('//input[@type="radio"][@checked]/@value') == ["mine", "mine"]


@pytest.mark.parametrize("code", CODES)
def test_everything_typed_stands_in_the_read_view(page: Any, code: str) -> None:
    form = registry.build(code, formdata=MultiDict(sheets.typed(registry.build(code))))
    if code in lessons.ALL:
        record = lessons.ALL[code]()
        form.record.process(None, {"uid": record["uid"], "digest": digest(record), "record": record})
    assert form.problems() == []
    tree = page('{% from "forms/read.html" import read_form %}{{ read_form(form) }}', form=form)
    text = " ".join(tree.text_content().split())
    words = [value for name, value in sheets.typed(form).items() if value[0] > "\u3400" and "_on" not in name]
    assert [word for word in words if word not in text] == []
    if code in lessons.ALL:
        assert digest(form.record.record) in text and tree.xpath("//*[local-name()='svg']")
    levels = [int(heading.tag[1]) for heading in tree.iter("h1", "h2", "h3", "h4", "h5", "h6")]
    assert all(b <= a + 1 for a, b in zip([1, *levels], levels, strict=False)), levels


@pytest.mark.parametrize("locale", ["zh_Hant_TW", "en"])
def test_no_event_of_a_record_is_sent_by_the_form(page: Any, locale: str) -> None:
    record = lessons.flanders()
    kept = {"uid": record["uid"], "digest": digest(record), "record": record}
    form = registry.build("flanders", answers={"record": kept})
    tree = page(FORM + '{{ render_form(form, action="/x", draft_url="/d") }}', form=form)
    sent = tree.xpath('//form[@id="official-form"]//*[self::input or self::select or self::textarea][@name]')
    assert sum(len(control.get("value") or control.text or "") for control in sent) < 2000
    assert ("record", f"{record['uid']}:{digest(record)}") in form.inputs()


def test_stored_answers_keep_the_revision_they_were_written_on(app: Flask, db_session: Any) -> None:
    form: OfficialForm = registry.build("observation-105")
    assert registry.build("observation-105", answers=form.answers()).answers() == form.answers()
    with pytest.raises(LookupError, match="revision 99"):
        registry.build("observation-105", answers={"ratings": {"revision": 99}})


def without_templates(tree: Any) -> Any:
    for template in tree.xpath("//template"):
        template.getparent().remove(template)
    return tree
