"""Flask-AppBuilder: the generated dashboards of the offices."""

from flask import Flask
from flask_appbuilder import AppBuilder


def init_app(app: Flask, appbuilder: AppBuilder) -> None:
    """Register the offices' views under /office/ and the generated API."""
    from app.admin.api import CaseApi, CertificateApi, Specification
    from app.admin.navigation import office_menu
    from app.admin.views import VIEWS

    for view in VIEWS:
        appbuilder.add_view_no_menu(view)
    for api in (CaseApi, CertificateApi, Specification):
        appbuilder.add_api(api)
    app.jinja_env.globals.update(office_menu=office_menu)
