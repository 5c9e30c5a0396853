"""texts that are typed and not yet saved

Revision ID: 0003
Revises: 0002
Create Date: 2026-11-23 15:42:00.000000

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('scratch',
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(length=120), nullable=False),
    sa.Column('version', sa.BigInteger(), nullable=False),
    sa.Column('pairs', sa.JSON(), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['ab_user.id'], name=op.f('fk_scratch_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_scratch')),
    sa.UniqueConstraint('user_id', 'key', name=op.f('uq_scratch_user_id_key'))
    )
    with op.batch_alter_table('scratch', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_scratch_updated_at'), ['updated_at'], unique=False)


def downgrade():
    with op.batch_alter_table('scratch', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_scratch_updated_at'))

    op.drop_table('scratch')
