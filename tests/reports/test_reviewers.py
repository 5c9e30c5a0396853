"""Leniency, agreement and kappa beside the co-reviewers: the figures by hand, and who may see them."""

from typing import Any

import pytest
from sqlalchemy import true

from app.access.matrix import Role
from app.cases.states import Verdict
from app.reports.reviewers import reviewer_figures, weighted_kappa
from app.reviews.queries import assignments
from tests import factories
from tests.reviews.conftest import judge, judged


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        ([(2, 2), (3, 3), (5, 5)], 1.0),
        ([(2, 5), (5, 2)], -1.0),
        ([(2, 2), (2, 2)], None),
        # By hand: squares 0+1+0+4 = 5 of 4 pairs; 2,3,4,5 against each of 2,4,4,3 sums to 32 of 16.
        ([(2, 2), (3, 4), (4, 4), (5, 3)], 1 - (5 / 4) / (32 / 16)),
    ],
)
def test_kappa_with_quadratic_weights(pairs: list[tuple[int, int]], expected: float | None) -> None:
    found = weighted_kappa(pairs)
    assert found == (expected if expected is None else pytest.approx(expected))


def test_each_reviewer_beside_the_others(db_session: Any) -> None:
    there = factories.world(disagreement="none")
    judged(there, ((2, 3, 2), Verdict.PASS), ((3, 3, 4), Verdict.MINOR))
    there.teacher = factories.teacher()
    case = factories.in_review(there)
    # A sheet that is alone, or not sent, says nothing.
    judge(assignments(case)[0], 5, Verdict.FAIL)
    strict, mild = reviewer_figures(true())
    assert (strict.reviewer, mild.reviewer) == (there.reviewers[1], there.reviewers[0])
    assert (mild.readings, mild.pairs, mild.thin) == (1, 3, True)
    assert (mild.leniency, strict.leniency) == (pytest.approx(-1), pytest.approx(1))
    assert mild.agreement == strict.agreement == pytest.approx(200 / 3)
    assert mild.kappa == pytest.approx(strict.kappa)


def test_three_readers_make_pairs_of_two(db_session: Any) -> None:
    there = factories.world()
    case = judged(there, (2, Verdict.PASS), (5, Verdict.FAIL))
    from app.reviews import service

    third = factories.account(Role.REVIEWER, at_school=factories.school(factories.county("臺北")))
    service.add_reviewer(there.county, case, reviewer_id=third.id)
    judge(assignments(case)[-1], 4, Verdict.REVISE)
    figures = {row.reviewer.id: row for row in reviewer_figures(true())}
    assert figures[third.id].pairs == 6
    assert figures[third.id].leniency == pytest.approx(0.5)  # 2 above the mild one, 1 below the strict one


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.TEACHER, 403),
        (Role.REVIEWER, 403),
        (Role.SCHOOL, 403),
        (Role.STEWARD, 403),
        (Role.ADMIN, 403),
        (Role.COUNTY, 200),
        (Role.CENTRE, 200),
        (Role.AUDITOR, 200),
    ],
)
def test_only_the_offices_see_the_page(
    db_session: Any, app: Any, login: Any, role: Role, status: int
) -> None:
    there = factories.world(disagreement="none")
    judged(there, (2, Verdict.PASS), (3, Verdict.MINOR))
    user = factories.account(role, place=factories.county(), at_school=factories.school())
    db_session.commit()
    answer = login(app.test_client(), user.username).get("/office/reviewers/")
    assert answer.status_code == status
    assert (there.reviewers[0].name in answer.text) is (status == 200)


def test_a_county_sees_its_own_cases_and_a_teacher_of_a_school_office_none(
    db_session: Any, app: Any, login: Any
) -> None:
    there = factories.world(disagreement="none")
    judged(there, (2, Verdict.PASS), (3, Verdict.MINOR))
    other = factories.account(Role.COUNTY, place=factories.county("連江"))
    from app.access.service import set_roles

    set_roles(factories.account(Role.ADMIN), user=there.teacher, roles=(Role.TEACHER, Role.SCHOOL))
    db_session.commit()
    page = login(app.test_client(), other.username).get("/office/reviewers/")
    assert page.status_code == 200 and there.reviewers[0].name not in page.text
    assert login(app.test_client(), there.teacher.username).get("/office/reviewers/").status_code == 403
