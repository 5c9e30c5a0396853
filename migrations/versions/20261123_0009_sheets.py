"""why a sheet's sum was corrected, and corrections as far as the campaign lets them go

Revision ID: 0009
Revises: 0008
Create Date: 2026-11-23 20:30:00.000000

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table('sheet') as batch_op:
        batch_op.add_column(sa.Column('correction_reason', sa.Text(), nullable=False, server_default=''))
        batch_op.drop_constraint(batch_op.f('ck_sheet_correction'), type_='check')
    # Nobody was asked for a reason before.
    op.execute("update sheet set correction_reason = '-' where correction <> 0")
    with op.batch_alter_table('sheet') as batch_op:
        batch_op.alter_column('correction_reason', existing_type=sa.Text(), server_default=None)
        batch_op.create_check_constraint(
            batch_op.f('ck_sheet_correction'), "state = 'draft' or correction = 0 or trim(correction_reason) <> ''"
        )
        batch_op.create_check_constraint(batch_op.f('ck_sheet_similar'), "\"similar\" in ('', 'revise', 'fail')")


def downgrade():
    with op.batch_alter_table('sheet') as batch_op:
        batch_op.drop_constraint(batch_op.f('ck_sheet_similar'), type_='check')
        batch_op.drop_constraint(batch_op.f('ck_sheet_correction'), type_='check')
        batch_op.drop_column('correction_reason')
    op.execute("update sheet set correction = 5 where correction > 5")
    op.execute("update sheet set correction = -5 where correction < -5")
    with op.batch_alter_table('sheet') as batch_op:
        batch_op.create_check_constraint(batch_op.f('ck_sheet_correction'), 'correction between -5 and 5')
