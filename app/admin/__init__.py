"""Flask-AppBuilder: the generated dashboards of the offices."""

from flask import Flask
from flask_appbuilder import AppBuilder


def init_app(app: Flask, appbuilder: AppBuilder) -> None:
    """Register the offices' views under /office/ and the generated API."""
