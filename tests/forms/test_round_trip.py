"""Nothing typed is lost, whatever it is: store, page and post keep it."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from app.forms import registry
from app.forms.base import OfficialForm
from app.forms.observation_105 import ObservationForm105
from app.forms.post_observation_b import PostObservationB
from app.instruments.record import digest
from tests.forms import sheets
from tests.observations import lessons

# The first draw builds tables of all characters, which is slow on a busy machine and says nothing.
patient = settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))
scalar = st.none() | st.booleans() | st.integers() | st.text(max_size=30)
row = st.dictionaries(st.sampled_from(["indicator", "method", "due", "content", "formdata", "meta"]), scalar)
document = st.dictionaries(
    st.sampled_from(
        ["teacher", "period_no", "held_on", "strengths", "observer", "growth_plan", "data", "obj", "meta"]
    ),
    scalar | st.lists(row | scalar, max_size=3) | row,
)
posted = st.dictionaries(
    st.sampled_from(["unit", "period_no", "held_on", "goals", "ratings-A-2-evidence", "ratings-B-1-rating"]),
    st.text(max_size=40),
)


def assert_views(form: OfficialForm) -> None:
    assert isinstance(form.is_empty, bool)
    for view in (form.problems, form.blocks, form.summary, form.progress, form.people):
        view()


@patient
@given(document)
def test_any_stored_document_loads_and_stays_the_same(stored: dict[str, Any]) -> None:
    form = PostObservationB(answers=stored)
    again = PostObservationB()
    again.load(form.answers())
    assert again.answers() == form.answers()
    assert_views(form)


@patient
@given(posted)
def test_whatever_is_typed_survives_store_page_and_post(rubric: Any, typed: dict[str, str]) -> None:
    form = ObservationForm105(MultiDict(typed), rubric=rubric)
    stored = ObservationForm105(answers=form.answers(), rubric=rubric)
    assert stored.answers() == form.answers()
    carried = ObservationForm105(MultiDict(stored.inputs()), rubric=rubric)
    assert carried.answers() == form.answers()
    assert_views(form)


TYPED_FORMS = [form for form in registry.all_forms() if form.kind == "typed"]
NAMES = sorted({name for form in TYPED_FORMS for name in form._fields_declared()})
INNER = [
    "time",
    "teacher",
    "pupils",
    "note",
    "kind",
    "rows",
    "A-4-1",
    "evidence",
    "rating",
    "uid",
    "digest",
    "record",
]
inner = st.dictionaries(
    st.sampled_from(INNER), scalar | st.dictionaries(st.sampled_from(INNER), scalar, max_size=3)
)
whole = st.dictionaries(st.sampled_from(NAMES), scalar | inner | st.lists(inner, max_size=2), max_size=6)


@pytest.mark.parametrize("kind", TYPED_FORMS, ids=lambda kind: kind.code)
@settings(deadline=None, max_examples=15, suppress_health_check=list(HealthCheck))
@given(whole)
def test_every_form_loads_any_document_and_keeps_it(rubric: Any, kind: Any, stored: dict[str, Any]) -> None:
    form = kind(answers=stored, rubric=rubric)
    again = kind(answers=form.answers(), rubric=rubric)
    assert again.answers() == form.answers()
    assert_views(form)


@pytest.mark.parametrize("code", sheets.INSTRUMENTS)
def test_a_record_is_kept_to_the_last_event(code: str) -> None:
    record = lessons.ALL[code]()
    kept = {"uid": record["uid"], "digest": digest(record), "record": record}
    form = registry.get(code)(answers={"record": kept})
    assert form.answers()["record"] == kept and not form.record.fault
    carried = registry.get(code)(MultiDict(form.inputs()), form.answers())
    assert carried.answers() == form.answers() and not carried.record.wanted
