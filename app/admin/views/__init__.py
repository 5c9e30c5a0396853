"""Every page of the offices, in the order in which they are registered."""

from app.admin.views.assignment import ProposalView
from app.admin.views.campaigns import CampaignView
from app.admin.views.cases import CaseView
from app.admin.views.certificates import CertificateView
from app.admin.views.dashboard import OfficeHome
from app.admin.views.machine import AuditView, MailView
from app.admin.views.people import ProfileView, TrainingView
from app.admin.views.reviewers import ReviewerView
from app.admin.views.reviews import AssignmentView
from app.admin.views.similar import SimilarView
from app.admin.views.users import UserView

VIEWS = (
    OfficeHome,
    CaseView,
    ProposalView,
    AssignmentView,
    ReviewerView,
    SimilarView,
    CertificateView,
    CampaignView,
    ProfileView,
    TrainingView,
    MailView,
    UserView,
    AuditView,
)
