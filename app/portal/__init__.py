"""The pages of teachers and reviewers."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Register the portal's blueprints and its navigation."""
    from app.portal import views

    app.register_blueprint(views.bp)
