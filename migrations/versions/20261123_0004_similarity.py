"""what was written and sent, and its fingerprints

Revision ID: 0004
Revises: 0003
Create Date: 2026-11-23 20:25:00.000000

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('narrative',
    sa.Column('case_id', sa.Integer(), nullable=False),
    sa.Column('submission_id', sa.Integer(), nullable=False),
    sa.Column('slot', sa.String(length=40), nullable=False),
    sa.Column('form_code', sa.String(length=60), nullable=False),
    sa.Column('form_version', sa.Integer(), nullable=False),
    sa.Column('fields', sa.JSON(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('grams', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['certification_case.id'], name=op.f('fk_narrative_case_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['submission_id'], ['submission.id'], name=op.f('fk_narrative_submission_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_narrative')),
    sa.UniqueConstraint('submission_id', 'slot', name=op.f('uq_narrative_submission_id_slot'))
    )
    with op.batch_alter_table('narrative', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_narrative_case_id'), ['case_id'], unique=False)

    op.create_table('fingerprint',
    sa.Column('hash', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('narrative_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.PrimaryKeyConstraint('hash', 'narrative_id', name=op.f('pk_fingerprint')),
    sqlite_with_rowid=False
    )


def downgrade():
    op.drop_table('fingerprint')
    with op.batch_alter_table('narrative', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_narrative_case_id'))

    op.drop_table('narrative')
