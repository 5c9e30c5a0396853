"""comments pinned to forms and fields

Revision ID: 0008
Revises: 0006
Create Date: 2026-11-23 20:45:00.000000

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0008'
down_revision = '0006'
branch_labels = None
depends_on = None

# What was said stays; only the answer may change.
GIVEN = 'id, case_id, submission_id, round, slot, field, reason, text, must, given_by_id, given_at'


def _keep_what_was_given():
    if op.get_bind().dialect.name == 'postgresql':
        op.execute(f"create trigger pin_given before update of {GIVEN} on pin for each row execute function refuse_change()")
        op.execute("create trigger pin_append_only before delete on pin for each row execute function refuse_change()")
        return
    op.execute(
        f"create trigger pin_given before update of {GIVEN} on pin "
        "begin select raise(abort, 'pin is append-only'); end"
    )
    op.execute("create trigger pin_no_delete before delete on pin begin select raise(abort, 'pin is append-only'); end")


def upgrade():
    op.create_table('pin',
    sa.Column('case_id', sa.Integer(), nullable=False),
    sa.Column('submission_id', sa.Integer(), nullable=False),
    sa.Column('round', sa.Enum('formal', 'first', 'second', 'appeal', name='round', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('slot', sa.String(length=40), nullable=False),
    sa.Column('field', sa.String(length=120), nullable=False),
    sa.Column('reason', sa.String(length=60), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('must', sa.Boolean(), nullable=False),
    sa.Column('given_by_id', sa.Integer(), nullable=False),
    sa.Column('given_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('answer', sa.Text(), nullable=False),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.CheckConstraint("(answer = '') = (answered_at is null)", name=op.f('ck_pin_answered')),
    sa.CheckConstraint("reason <> '' or text <> ''", name=op.f('ck_pin_said')),
    sa.ForeignKeyConstraint(['case_id'], ['certification_case.id'], name=op.f('fk_pin_case_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['given_by_id'], ['ab_user.id'], name=op.f('fk_pin_given_by_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['submission_id'], ['submission.id'], name=op.f('fk_pin_submission_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_pin'))
    )
    with op.batch_alter_table('pin') as batch_op:
        batch_op.create_index(batch_op.f('ix_pin_case_id'), ['case_id'], unique=False)
    _keep_what_was_given()


def downgrade():
    op.drop_table('pin')
