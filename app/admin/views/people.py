"""Teachers: post and service, training hours."""

from typing import Any

from flask import request, url_for
from flask_appbuilder.forms import DynamicForm
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from wtforms import DateField, IntegerField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange

from app.access.matrix import Permission
from app.access.models import PortalUser
from app.access.policy import visible
from app.admin import cells
from app.admin.base import OfficeModelView, actor
from app.admin.views.cases import county_filter, school_filter
from app.admin.views.certificates import holder_filter, person
from app.core.db import db
from app.core.errors import Invalid
from app.core.tables import Order
from app.people import service
from app.people.models import TeacherProfile, TrainingRecord
from app.reference.models import CourseType, School


class ProfileView(OfficeModelView):
    """/office/profiles/"""

    route_base = "/office/profiles"
    model = TeacherProfile
    permission = Permission.PROFILE_VIEW
    list_title = _l("Teachers")
    show_title = _l("Teacher")
    list_columns = [
        "user.name",
        "user.username",
        "school.label",
        "county.label",
        "identity_type.label",
        "subject",
        "grade",
    ]
    show_columns = [*list_columns, "regular_months", "teaching_months"]
    label_columns = {
        "user.name": _l("Name"),
        "user.username": _l("Account"),
        "school.label": _l("學校"),
        "county.label": _l("縣市"),
        "identity_type.label": _l("身份"),
        "subject": _l("任教科目"),
        "grade": _l("任教年級"),
        "regular_months": _l("Months as a regular teacher"),
        "teaching_months": _l("Months of teaching"),
    }
    filters = (
        holder_filter(TeacherProfile),
        school_filter(TeacherProfile),
        county_filter(TeacherProfile, Permission.PROFILE_VIEW),
    )
    options = (
        *person(TeacherProfile),
        joinedload(TeacherProfile.county),
        joinedload(TeacherProfile.school).lazyload(School.county),
    )

    def cell_user_name(self, row: TeacherProfile) -> Any:
        return cells.link(url_for("ProfileView.show", pk=row.id), row.user.name)


class TrainingForm(DynamicForm):
    """One completed course; the teacher is named by account, so no list of people is sent out."""

    teacher = StringField(_l("Account of the teacher"), [InputRequired(), Length(max=64)])
    course = SelectField(_l("Course"), [InputRequired()])
    hours = IntegerField(_l("Hours"), [InputRequired(), NumberRange(1, 200)])
    finished_on = DateField(_l("Finished on"), [InputRequired()])
    school_year = IntegerField(_l("學年度"), [InputRequired(), NumberRange(90, 200)])
    organiser = StringField(_l("Organiser"), [Length(max=120)])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        courses = db.session.scalars(
            select(CourseType).where(CourseType.retired_at.is_(None)).order_by(CourseType.sort, CourseType.id)
        )
        self.course.choices = [
            SelectChoice("", _l("Please choose")),
            *(SelectChoice(c.code, c.label) for c in courses),
        ]
        if request.method == "GET":
            # A case that waits for hours names its teacher in the address.
            self.teacher.data = request.args.get("teacher", "")


class TrainingView(OfficeModelView):
    """/office/training/"""

    route_base = "/office/training"
    model = TrainingRecord
    permission = Permission.PROFILE_VIEW
    edit_permission = Permission.TRAINING_EDIT
    list_title = _l("研習時數")
    show_title = _l("Training record")
    add_title = _l("Add a training record")
    edit_title = _l("Change a training record")
    list_columns = ["user.name", "course_type.label", "hours", "finished_on", "school_year", "organiser"]
    show_columns = list_columns
    label_columns = {
        "user.name": _l("Name"),
        "course_type.label": _l("Course"),
        "hours": _l("Hours"),
        "finished_on": _l("Finished on"),
        "school_year": _l("學年度"),
        "organiser": _l("Organiser"),
    }
    filters = (holder_filter(TrainingRecord), county_filter(TrainingRecord, Permission.PROFILE_VIEW))
    orders = (
        Order("id", _l("Newest first"), TrainingRecord.id, descending=True),
        Order("finished_on:new", _l("Last finished first"), TrainingRecord.finished_on, descending=True),
        Order("finished_on:old", _l("First finished first"), TrainingRecord.finished_on),
    )
    options = person(TrainingRecord)
    add_form = edit_form = TrainingForm

    def prefill_form(self, form: Any, row: TrainingRecord) -> None:
        form.teacher.data, form.course.data = row.user.username, row.course_type.code

    def write(self, form: Any, row: TrainingRecord | None) -> None:
        teacher = self._teacher(form.teacher.data.strip())
        if row is not None and teacher.id != row.user_id:
            raise Invalid(
                _l("A record stays with its teacher: make a new one instead."),
                code="teacher",
                field="teacher",
            )
        facts: dict[str, Any] = {
            "course": db.session.scalars(select(CourseType).where(CourseType.code == form.course.data)).one(),
            "hours": form.hours.data,
            "finished_on": form.finished_on.data,
            "school_year": form.school_year.data,
            "organiser": (form.organiser.data or "").strip(),
        }
        if row is None:
            county = self._profile(teacher).county_id
            service.add_training(actor(), user=teacher, county_id=county, **facts)
        else:
            service.change_training(actor(), row, **facts)

    def _teacher(self, username: str) -> PortalUser:
        """The teacher of that account within reach; a foreign one is as unknown as a missing one."""
        reachable = select(TeacherProfile.user_id).where(
            visible(actor(), TeacherProfile, Permission.PROFILE_VIEW)
        )
        found = db.session.scalar(
            select(PortalUser).where(PortalUser.username == username, PortalUser.id.in_(reachable))
        )
        if found is None:
            raise Invalid(
                _l("There is no teacher with this account in your area."), code="teacher", field="teacher"
            )
        return found

    def _profile(self, teacher: PortalUser) -> TeacherProfile:
        return db.session.scalars(select(TeacherProfile).where(TeacherProfile.user_id == teacher.id)).one()
