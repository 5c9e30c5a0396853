"""Seating plans: two pages that the browser keeps, so they hold nothing of anybody; the plans come from the device."""

from flask import render_template

from app.access.matrix import Permission
from app.access.policy import require
from app.portal.blueprint import bp, me


@bp.get("/toolbox/plans/")
def plans() -> str:
    """The seating plans on this device and in the account, filled in by the page's script."""
    require(me(), Permission.RECORDING_OWN)
    return render_template("toolbox/plans.html")


@bp.get("/toolbox/plans/edit/")
def plan_editor() -> str:
    """The editor; which plan it is stands behind the # of the address."""
    require(me(), Permission.RECORDING_OWN)
    return render_template("toolbox/plan_editor.html")
