"""Nothing typed is lost, whatever it is: store, page and post keep it."""

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from app.forms.base import OfficialForm
from app.forms.observation_105 import ObservationForm105
from app.forms.post_observation_b import PostObservationB

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
