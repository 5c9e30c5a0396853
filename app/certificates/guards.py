"""What the certificates may refuse in the transition table, and what follows from it."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.access.policy import YES, Answer
from app.cases.workflow import Context, effect, guard
from app.core.db import db
from app.people.models import Certificate, CertificateState


def _certificate(ctx: Context) -> Certificate | None:
    return db.session.scalar(select(Certificate).where(Certificate.case_id == ctx.case.id))


@guard
def number_given(ctx: Context) -> Answer:
    """Issued means: the certificate row stands."""
    if ctx.asking or _certificate(ctx) is not None:
        return YES
    return Answer(False, _l("No certificate number has been given yet."))


@effect
def announce_certificate(ctx: Context) -> None:
    """The certificate becomes announced at the moment of the move."""
    certificate = _certificate(ctx)
    if certificate is not None:
        certificate.state, certificate.announced_at = CertificateState.ANNOUNCED, ctx.case.state_since
