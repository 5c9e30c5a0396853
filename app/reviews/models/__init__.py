"""Who reviews which case, what they wrote, and what was decided."""

from app.reviews.models.appeal import Appeal
from app.reviews.models.assignment import Assignment
from app.reviews.models.conflict import DeclaredConflict
from app.reviews.models.decision import Decision, Talk
from app.reviews.models.pin import Pin
from app.reviews.models.proposal import Proposal, ProposalState, ProposedCase, ProposedPair
from app.reviews.models.sheet import Sheet, SheetState

__all__ = [
    "Appeal",
    "Assignment",
    "Decision",
    "DeclaredConflict",
    "Pin",
    "Proposal",
    "ProposalState",
    "ProposedCase",
    "ProposedPair",
    "Sheet",
    "SheetState",
    "Talk",
]
