"""訊息通知: list and detail; reading is marked by a POST of its own."""

from typing import Any

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _

from app.core.db import transaction
from app.core.web import wants_json
from app.notices.queries import inbox, message_for
from app.notices.service import mark_all_read, mark_read
from app.portal.blueprint import bp, me

PAGE = 20


@bp.get("/messages/")
def messages() -> str:
    """The messages, newest first, a page at a time."""
    rows = inbox(me(), limit=PAGE + 1, before=request.args.get("before", None, int))
    return render_template(
        "messages/index.html", rows=rows[:PAGE], more=rows[PAGE - 1].id if len(rows) > PAGE else None
    )


@bp.get("/messages/<int:message_id>")
def message(message_id: int) -> str:
    """One message; looking at it changes nothing by itself."""
    return render_template("messages/message.html", message=message_for(me(), message_id))


@bp.post("/messages/<int:message_id>/read")
def message_read(message_id: int) -> Any:
    """Mark as read: the page's script does it once the message is on the screen, or the button."""
    with transaction():
        mark_read(me(), message_for(me(), message_id))
    if wants_json():
        return jsonify(read=True)
    return redirect(url_for("portal.message", message_id=message_id), 303)


@bp.post("/messages/read")
def messages_read() -> Any:
    """Mark everything as read."""
    with transaction():
        mark_all_read(me())
    flash(_("All messages are marked as read."), "success")
    return redirect(url_for("portal.messages"), 303)
