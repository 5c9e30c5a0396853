"""A case locked with its documents: read once, and nobody saves in between."""

from app.access.models import PortalUser
from app.cases import service as cases
from app.cases.locks import lock, lock_with_documents
from app.cases.models import Document
from app.core.db import db, transaction
from app.core.errors import Stale
from tests import factories


def test_what_was_locked_whole_is_not_read_again_in_this_transaction_alone(there, count_queries):
    case_id = factories.drafted(there).id
    db.session.commit()
    with transaction():
        case = lock_with_documents(case_id)
        with count_queries() as again:
            assert lock(case_id) is case
        assert again == []
    with transaction(), count_queries() as later:
        lock(case_id)
    assert len(later) == 1


def test_of_many_autosaves_of_one_page_one_is_kept(there, together, db_session):
    case = factories.drafted(there)
    case_id, user_id = case.id, there.teacher.id
    document = next(d for d in case.documents if d.slot == "pre-observation")
    row, version, form = document.id, document.version, document.form_code
    db.session.commit()

    def save(number):
        def go():
            held = lock_with_documents(case_id)
            saved = cases.save_document(
                db.session.get(PortalUser, user_id), held, slot="pre-observation", form_code=form,
                form_version=1, answers={"unit": f"{number}"}, complete=False, version=version,
            )  # fmt: skip
            return saved.answers["unit"]

        return go

    results = together(*(save(number) for number in range(6)))

    (kept,) = (result for result in results if isinstance(result, str))
    assert sum(isinstance(result, Stale) for result in results) == 5
    assert db_session.get(Document, row).answers == {"unit": kept}
