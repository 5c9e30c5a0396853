"""recordings, seating plans, codes of the instruments

Revision ID: 0002
Revises: 0001
Create Date: 2026-11-23 15:35:21.569296

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def _forbid_changes() -> None:
    """The log of a recording only grows; `refuse_change` came with the first tables."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "create trigger recording_op_append_only before update or delete on recording_op "
            "for each row execute function refuse_change()"
        )
        return
    for verb in ("update", "delete"):
        op.execute(
            f"create trigger recording_op_no_{verb} before {verb} on recording_op "
            "begin select raise(abort, 'recording_op is append-only'); end"
        )


def upgrade():
    op.create_table('instrument_code_set',
    sa.Column('instrument', sa.String(length=40), nullable=False),
    sa.Column('code', sa.String(length=60), nullable=False),
    sa.Column('sort', sa.Integer(), nullable=False),
    sa.Column('confirmed', sa.Boolean(), nullable=False),
    sa.Column('source', sa.String(length=300), nullable=False),
    sa.Column('note', sa.String(length=500), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('label_zh', sa.String(length=200), nullable=False),
    sa.Column('label_en', sa.String(length=200), nullable=False),
    sa.Column('retired_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_instrument_code_set')),
    sa.UniqueConstraint('code', name=op.f('uq_instrument_code_set_code'))
    )
    with op.batch_alter_table('instrument_code_set', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_instrument_code_set_instrument'), ['instrument'], unique=False)

    op.create_table('instrument_code',
    sa.Column('set_id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(length=40), nullable=False),
    sa.Column('direction', sa.String(length=20), nullable=False),
    sa.Column('on_task', sa.Boolean(), nullable=False),
    sa.Column('counts', sa.Boolean(), nullable=False),
    sa.Column('code', sa.String(length=60), nullable=False),
    sa.Column('sort', sa.Integer(), nullable=False),
    sa.Column('confirmed', sa.Boolean(), nullable=False),
    sa.Column('source', sa.String(length=300), nullable=False),
    sa.Column('note', sa.String(length=500), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('label_zh', sa.String(length=200), nullable=False),
    sa.Column('label_en', sa.String(length=200), nullable=False),
    sa.Column('retired_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("direction in ('to_pupil', 'from_pupil', 'between', 'any')", name=op.f('ck_instrument_code_direction')),
    sa.ForeignKeyConstraint(['set_id'], ['instrument_code_set.id'], name=op.f('fk_instrument_code_set_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_instrument_code')),
    sa.UniqueConstraint('code', name=op.f('uq_instrument_code_code')),
    sa.UniqueConstraint('set_id', 'key', name=op.f('uq_instrument_code_set_id_key'))
    )
    op.create_table('recording',
    sa.Column('uid', sa.String(length=36), nullable=False),
    sa.Column('owner_id', sa.Integer(), nullable=False),
    sa.Column('instrument', sa.String(length=40), nullable=False),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('class_name', sa.String(length=100), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('length_ms', sa.Integer(), nullable=True),
    sa.Column('rule', sa.JSON(), nullable=False),
    sa.Column('plan', sa.JSON(none_as_null=True), nullable=True),
    sa.Column('head_at', sa.BigInteger(), nullable=False),
    sa.Column('op_count', sa.Integer(), nullable=False),
    sa.Column('event_count', sa.Integer(), nullable=False),
    sa.Column('share_code', sa.String(length=8), nullable=True),
    sa.Column('deleted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['owner_id'], ['ab_user.id'], name=op.f('fk_recording_owner_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_recording')),
    sa.UniqueConstraint('share_code', name=op.f('uq_recording_share_code')),
    sa.UniqueConstraint('uid', name=op.f('uq_recording_uid'))
    )
    with op.batch_alter_table('recording', schema=None) as batch_op:
        batch_op.create_index('ix_recording_owner', ['owner_id', 'id'], unique=False)

    op.create_table('seating_plan',
    sa.Column('uid', sa.String(length=36), nullable=False),
    sa.Column('owner_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=100), nullable=False),
    sa.Column('data', sa.JSON(), nullable=False),
    sa.Column('deleted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['owner_id'], ['ab_user.id'], name=op.f('fk_seating_plan_owner_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_seating_plan')),
    sa.UniqueConstraint('uid', name=op.f('uq_seating_plan_uid'))
    )
    with op.batch_alter_table('seating_plan', schema=None) as batch_op:
        batch_op.create_index('ix_seating_plan_owner', ['owner_id', 'id'], unique=False)

    op.create_table('recording_op',
    sa.Column('recording_id', sa.Integer(), nullable=False),
    sa.Column('uid', sa.String(length=36), nullable=False),
    sa.Column('n', sa.BigInteger(), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.Column('event_id', sa.String(length=36), nullable=False),
    sa.Column('body', sa.JSON(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.CheckConstraint('n >= 0', name=op.f('ck_recording_op_counter')),
    sa.ForeignKeyConstraint(['recording_id'], ['recording.id'], name=op.f('fk_recording_op_recording_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_recording_op')),
    sa.UniqueConstraint('recording_id', 'uid', name=op.f('uq_recording_op_recording_id_uid'))
    )
    with op.batch_alter_table('recording_op', schema=None) as batch_op:
        batch_op.create_index('ix_recording_op_event', ['recording_id', 'event_id'], unique=False)

    _forbid_changes()


def downgrade():
    with op.batch_alter_table('recording_op', schema=None) as batch_op:
        batch_op.drop_index('ix_recording_op_event')

    op.drop_table('recording_op')
    with op.batch_alter_table('seating_plan', schema=None) as batch_op:
        batch_op.drop_index('ix_seating_plan_owner')

    op.drop_table('seating_plan')
    with op.batch_alter_table('recording', schema=None) as batch_op:
        batch_op.drop_index('ix_recording_owner')

    op.drop_table('recording')
    op.drop_table('instrument_code')
    with op.batch_alter_table('instrument_code_set', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_instrument_code_set_instrument'))

    op.drop_table('instrument_code_set')
