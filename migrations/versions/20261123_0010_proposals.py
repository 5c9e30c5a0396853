"""declared conflicts, and proposals of reviewers for a whole campaign

Revision ID: 0010
Revises: 0009
Create Date: 2026-11-23 21:30:00.000000

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('declared_conflict',
    sa.Column('reviewer_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('school_id', sa.Integer(), nullable=True),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('declared_by_id', sa.Integer(), nullable=False),
    sa.Column('declared_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.CheckConstraint("(person_id is null) <> (school_id is null)", name=op.f('ck_declared_conflict_one_reach')),
    sa.CheckConstraint("trim(reason) <> ''", name=op.f('ck_declared_conflict_reason')),
    sa.ForeignKeyConstraint(['declared_by_id'], ['ab_user.id'], name=op.f('fk_declared_conflict_declared_by_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['person_id'], ['ab_user.id'], name=op.f('fk_declared_conflict_person_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['reviewer_id'], ['ab_user.id'], name=op.f('fk_declared_conflict_reviewer_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['school_id'], ['school.id'], name=op.f('fk_declared_conflict_school_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_declared_conflict'))
    )
    with op.batch_alter_table('declared_conflict') as batch_op:
        batch_op.create_index('ix_declared_conflict_reviewer', ['reviewer_id', 'ended_at'], unique=False)

    op.create_table('assignment_proposal',
    sa.Column('campaign_id', sa.Integer(), nullable=False),
    sa.Column('round', sa.Enum('first', 'second', 'appeal', name='round', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('state', sa.Enum('open', 'accepted', 'dropped', name='state', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('made_by_id', sa.Integer(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('total', sa.Integer(), nullable=False),
    sa.Column('max_load', sa.Integer(), nullable=False),
    sa.Column('allowed_load', sa.Integer(), nullable=True),
    sa.Column('optimal', sa.Boolean(), nullable=False),
    sa.Column('infeasible', sa.JSON(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.CheckConstraint('allowed_load > 0', name=op.f('ck_assignment_proposal_allowed_load')),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaign.id'], name=op.f('fk_assignment_proposal_campaign_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['made_by_id'], ['ab_user.id'], name=op.f('fk_assignment_proposal_made_by_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_assignment_proposal'))
    )
    with op.batch_alter_table('assignment_proposal') as batch_op:
        batch_op.create_index(
            'uq_assignment_proposal_open', ['campaign_id', 'round'], unique=True,
            sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'"),
        )

    op.create_table('proposed_case',
    sa.Column('proposal_id', sa.Integer(), nullable=False),
    sa.Column('case_id', sa.Integer(), nullable=False),
    sa.Column('others', sa.JSON(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['certification_case.id'], name=op.f('fk_proposed_case_case_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['proposal_id'], ['assignment_proposal.id'], name=op.f('fk_proposed_case_proposal_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_proposed_case')),
    sa.UniqueConstraint('proposal_id', 'case_id', name=op.f('uq_proposed_case_proposal_id_case_id'))
    )
    with op.batch_alter_table('proposed_case') as batch_op:
        batch_op.create_index(batch_op.f('ix_proposed_case_case_id'), ['case_id'], unique=False)

    op.create_table('proposed_pair',
    sa.Column('proposal_id', sa.Integer(), nullable=False),
    sa.Column('case_id', sa.Integer(), nullable=False),
    sa.Column('reviewer_id', sa.Integer(), nullable=False),
    sa.Column('locked', sa.Boolean(), nullable=False),
    sa.Column('score', sa.Integer(), nullable=False),
    sa.Column('reasons', sa.JSON(), nullable=False),
    sa.Column('override_reason', sa.Text(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.CheckConstraint("override_reason = '' or locked", name=op.f('ck_proposed_pair_override_locked')),
    sa.ForeignKeyConstraint(['case_id'], ['certification_case.id'], name=op.f('fk_proposed_pair_case_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['proposal_id'], ['assignment_proposal.id'], name=op.f('fk_proposed_pair_proposal_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['reviewer_id'], ['ab_user.id'], name=op.f('fk_proposed_pair_reviewer_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_proposed_pair')),
    sa.UniqueConstraint('proposal_id', 'case_id', 'reviewer_id', name=op.f('uq_proposed_pair_proposal_id_case_id_reviewer_id'))
    )
    with op.batch_alter_table('proposed_pair') as batch_op:
        batch_op.create_index(batch_op.f('ix_proposed_pair_case_id'), ['case_id'], unique=False)


def downgrade():
    op.drop_table('proposed_pair')
    op.drop_table('proposed_case')
    op.drop_table('assignment_proposal')
    op.drop_table('declared_conflict')
