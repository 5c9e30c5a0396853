"""What managers and machines count."""

from flask import Flask

from app.reports import metrics


def init_app(app: Flask) -> None:
    """Register the addresses."""
    app.register_blueprint(metrics.bp)
