"""The generated REST API: read-only, the same rights and scope as the pages, cookie log-in with form tokens."""

from typing import ClassVar

from flask_appbuilder import ModelRestApi
from flask_appbuilder.api.manager import OpenApi

from app.access.matrix import Permission
from app.admin.base import Scoped
from app.cases.models import Case
from app.people.models import Certificate


class OfficeApi(Scoped, ModelRestApi):
    """/api/v1/<resource_name>/: declare the model, the permission and the columns; `writes` stay closed."""

    allow_browser_login = True
    # FAB leaves its APIs without form tokens; a cookie alone must not write.
    csrf_exempt = False
    max_page_size = 100
    base_order = ("id", "desc")
    search_columns: ClassVar[list[str]] = []


class CaseApi(OfficeApi):
    resource_name = "cases"
    model = Case
    permission = Permission.CASE_VIEW
    list_columns = [
        "id", "track", "state", "state_since", "submitted_at", "due_at",
        "county.code", "school.code", "applicant.display_name",
    ]  # fmt: skip
    show_columns = list_columns
    order_columns = ["id", "state_since"]
    search_columns = ["state", "track"]


class CertificateApi(OfficeApi):
    resource_name = "certificates"
    model = Certificate
    permission = Permission.CERTIFICATE_VIEW
    list_columns = [
        "id", "number", "track", "school_year", "state", "issued_at", "announced_at",
        "county.code", "user.display_name",
    ]  # fmt: skip
    show_columns = list_columns
    order_columns = ["id", "issued_at"]
    search_columns = ["number", "state", "track", "school_year"]


class Specification(OpenApi):
    """/api/v1/_openapi, for whoever may use the API."""

    csrf_exempt = False
    permits = {"can_get": Permission.OFFICE_ENTER}
