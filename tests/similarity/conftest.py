"""Shared fixtures."""

from tests.worlds import there  # noqa: F401
