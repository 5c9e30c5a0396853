"""What the database itself refuses about people."""

import pytest
from sqlalchemy.exc import IntegrityError

from app.campaigns.tracks import Track
from app.people import service
from app.people.models import Certificate, CertificateState, TeacherProfile, TrainingRecord
from app.people.queries import masked, profile_of, training_of, training_totals
from tests import factories


@pytest.fixture
def teacher(db_session):
    user = factories.teacher()
    db_session.commit()
    return user


def test_one_profile_for_each_person(teacher, db_session):
    profile = profile_of(teacher)
    same = {
        name: getattr(profile, name) for name in ("user_id", "school_id", "county_id", "identity_type_id")
    }
    db_session.add(TeacherProfile(**same))
    with pytest.raises(IntegrityError):
        db_session.flush()
    db_session.rollback()


def test_months_are_not_negative_and_hours_are_something(teacher, db_session):
    profile_of(teacher).regular_months = -1
    with pytest.raises(IntegrityError):
        db_session.flush()
    db_session.rollback()
    training_of(teacher)[0].hours = 0
    with pytest.raises(IntegrityError):
        db_session.flush()
    db_session.rollback()


def test_a_course_of_a_day_counts_once(teacher, db_session):
    kept = training_of(teacher)[0]
    names = ("user_id", "course_type_id", "finished_on", "hours", "school_year")
    db_session.add(TrainingRecord(**{name: getattr(kept, name) for name in names}))
    with pytest.raises(IntegrityError):
        db_session.flush()
    db_session.rollback()


def test_imported_numbers_have_any_shape_but_belong_to_one_person(teacher, db_session):
    other = factories.teacher()
    number = {"track": Track.ADVANCED, "county_id": other.county_id, "school_year": 108}
    first = service.import_certificate(None, user=teacher, number=" 43 ", **number)
    assert (first.number, first.state, first.verify_code) == ("43", CertificateState.IMPORTED, None)
    # The same text is another number in another county, and of another kind.
    elsewhere = {**number, "county_id": factories.county("連江").id}
    service.import_certificate(None, user=other, number="43", **elsewhere)
    service.import_certificate(None, user=other, number="43", **{**number, "track": Track.MENTOR})
    db_session.add(Certificate(user_id=other.id, number="43", state=CertificateState.IMPORTED, **number))
    with pytest.raises(IntegrityError):
        db_session.flush()
    db_session.rollback()


def test_hours_are_added_by_year_and_course(teacher):
    kept = training_of(teacher)[0]
    service.add_training(
        None,
        user=teacher,
        course=kept.course_type,
        finished_on=kept.finished_on.replace(day=1),
        school_year=kept.school_year,
        county_id=kept.county_id,
        hours=4,
    )
    (row,) = training_totals(training_of(teacher))
    assert (row.school_year, row.hours, row.count) == (114, 22, 2)


@pytest.mark.parametrize(
    ("name", "shown"), [("王小明", "王○明"), ("王明", "王○"), ("王", "王"), ("歐陽小明", "歐○○明")]
)
def test_a_name_is_shown_in_part(name, shown):
    assert masked(name) == shown
