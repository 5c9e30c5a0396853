"""The console's first page: every table with its counts, and what was changed last."""

from typing import Any

from flask_admin import AdminIndexView, expose
from flask_babel import lazy_gettext as _l

from app.reference import queries
from app.steward.base import Guarded, StewardView, entry_line


class StewardHome(Guarded, AdminIndexView):
    """/steward/"""

    def __init__(self) -> None:
        super().__init__(
            name=_l("Overview"), endpoint="steward", url="/steward", template="steward/home.html"
        )

    @expose()
    def index(self) -> Any:
        """Tables by group: rows on offer, rows that nobody has confirmed, retired rows; the last changes."""
        views = [
            v
            for v in self.admin._views
            if isinstance(v, StewardView) and v.is_visible() and v.is_accessible()
        ]
        tallies = queries.tallies([view.model for view in views])
        groups: dict[str, list[dict[str, Any]]] = {}
        for view in views:
            rows, unconfirmed, retired = tallies[view.model]
            groups.setdefault(str(view.category), []).append(
                {
                    "name": view.name,
                    "url": view.get_url(f"{view.endpoint}.index_view"),
                    "rows": rows,
                    "unconfirmed": unconfirmed,
                    "retired": retired,
                }
            )
        by_type = {view.model.__name__: view for view in self.admin._views if isinstance(view, StewardView)}
        changes = [
            {**entry_line(entry), "table": by_type[entry.object_type].name, "url": _page(by_type, entry)}
            for entry in queries.last_changes(list(by_type))
        ]
        return self.render(self._template, groups=groups, changes=changes)


def _page(views: dict[str, StewardView], entry: Any) -> str:
    view = views[entry.object_type]
    return (
        str(view.get_url(f"{view.endpoint}.details_view", id=entry.object_id))
        if view.can_view_details
        else ""
    )
