"""Cases locked for the rest of a transaction: nobody else changes them until it ends."""

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload, selectinload

from app.cases.models import Case
from app.core.db import db

_WHOLE = "cases read whole under lock"


def lock(case_id: int) -> Case:
    """The case, re-read and locked for the rest of the transaction."""
    return _held(case_id) or db.session.scalars(_locked(case_id)).one()


def lock_with_documents(case_id: int) -> Case | None:
    """The same with its documents, for a request that begins so: a later `lock` has nothing to read again."""
    query = _locked(case_id).options(selectinload(Case.documents))
    case = db.session.scalars(query).one_or_none()
    if case:
        db.session.info[_WHOLE] = (db.session().get_transaction(), case)
    return case


def holds_documents(case: Case) -> bool:
    """Whether the documents were read under the lock of this very transaction."""
    return _held(case.id) is case


def _held(case_id: int) -> Case | None:
    transaction, case = db.session.info.get(_WHOLE, (None, None))
    same = transaction is not None and transaction is db.session().get_transaction()
    return case if same and case.id == case_id else None


def _locked(case_id: int) -> Select[Case]:
    return (
        select(Case)
        .where(Case.id == case_id)
        .options(joinedload(Case.campaign, innerjoin=True))
        .with_for_update(of=Case)
        .execution_options(populate_existing=True)
    )
