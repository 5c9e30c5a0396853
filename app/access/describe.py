"""docs/permissions.md, written from the matrix."""

from flask_babel import force_locale

from app.access.matrix import MATRIX, ROLE_LABELS, SCOPE_LABELS, Permission, Role
from app.core.i18n import EN, ZH


def describe() -> str:
    """The matrix as a Markdown page: a row for each permission, a column for each role, the scope in the cell."""
    with force_locale(ZH):
        chinese = {role: str(ROLE_LABELS[role]) for role in Role}
    with force_locale(EN):
        english = {role: str(ROLE_LABELS[role]) for role in Role}
        scopes = {scope: str(label) for scope, label in SCOPE_LABELS.items()}
    lines = [
        "# Who may do what",
        "",
        "Generated from `app/access/matrix.py`; do not edit. The word in a cell says how far the permission reaches;",
        "an empty cell means that the role does not hold it. Several roles on one account add up.",
        "",
        "| Permission | " + " | ".join(f"{chinese[role]}<br>{english[role]}" for role in Role) + " |",
        "|---" * (len(Role) + 1) + "|",
    ]
    for permission in Permission:
        cells = [scopes[MATRIX[role][permission]] if permission in MATRIX[role] else "" for role in Role]
        lines.append(f"| `{permission}` | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"
