"""appeals, third readers, talks, and the states they need

Revision ID: 0006
Revises: 0005
Create Date: 2026-11-23 20:20:00.000000

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None

STATES = (
    'drafting', 'formal_check', 'returned', 'first_assign', 'first_review', 'first_decision', 'revising',
    'second_assign', 'second_review', 'second_decision', 'first_failed', 'second_failed', 'appeal_filed',
    'passed', 'issued', 'announced', 'withdrawn', 'lapsed',
)
NEW_STATES = (
    'appeal_accepted', 'appeal_review', 'appeal_decision', 'appeal_refused', 'appeal_failed', 'course',
)
ROUNDS = ('first', 'second')
OPEN = "state not in ('announced', 'first_failed', 'lapsed', 'second_failed', 'withdrawn')"
OPEN_NOW = (
    "state not in ('announced', 'appeal_failed', 'appeal_refused', 'first_failed', 'lapsed', 'second_failed', "
    "'withdrawn')"
)
# (table, column, may be null, values before, values after)
ENUMS = (
    ('certification_case', 'state', False, STATES, STATES + NEW_STATES),
    ('case_event', 'source', True, STATES, STATES + NEW_STATES),
    ('case_event', 'target', False, STATES, STATES + NEW_STATES),
    ('assignment', 'round', False, ROUNDS, ROUNDS + ('appeal',)),
    ('decision', 'round', False, ROUNDS, ROUNDS + ('appeal',)),
)
APPEND_ONLY = ('case_event', 'decision')


def _forbid_changes(*tables):
    for table in tables:
        if op.get_bind().dialect.name == 'postgresql':
            op.execute(
                f"create trigger {table}_append_only before update or delete on {table} "
                "for each row execute function refuse_change()"
            )
            continue
        for verb in ('update', 'delete'):
            op.execute(
                f"create trigger {table}_no_{verb} before {verb} on {table} "
                f"begin select raise(abort, '{table} is append-only'); end"
            )


def _allow(values_at):
    """Let each column take the values at that place of its row in ENUMS."""
    for table, column, nullable, *values in ENUMS:
        allowed = ', '.join(f"'{value}'" for value in values[values_at])
        name = op.f(f'ck_{table}_{column}')
        if op.get_bind().dialect.name == 'postgresql':
            op.drop_constraint(name, table, type_='check')
            op.create_check_constraint(name, table, f"{column} in ({allowed})")
            continue
        old, new = (
            sa.Enum(*some, name=column, native_enum=False, create_constraint=True, length=40)
            for some in (values[1 - values_at], values[values_at])
        )
        with op.batch_alter_table(table, recreate='always') as batch_op:
            batch_op.alter_column(column, existing_type=old, type_=new, existing_nullable=nullable)
    # SQLite makes the table anew, and a trigger goes with the old one.
    if op.get_bind().dialect.name == 'sqlite':
        _forbid_changes(*APPEND_ONLY)


def _one_open(where):
    op.create_index(
        'uq_case_one_open', 'certification_case', ['applicant_id', 'track'], unique=True,
        sqlite_where=sa.text(where), postgresql_where=sa.text(where),
    )


def upgrade():
    op.drop_index('uq_case_one_open', table_name='certification_case')
    _allow(1)
    _one_open(OPEN_NOW)
    with op.batch_alter_table('assignment') as batch_op:
        batch_op.add_column(sa.Column('ended_by_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('end_reason', sa.Text(), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('extra', sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column('reason', sa.Text(), nullable=False, server_default=''))
        batch_op.create_foreign_key(
            batch_op.f('fk_assignment_ended_by_id'), 'ab_user', ['ended_by_id'], ['id'], ondelete='RESTRICT'
        )
    op.execute("update assignment set end_reason = '-' where ended_at is not null")
    with op.batch_alter_table('assignment') as batch_op:
        batch_op.create_check_constraint(batch_op.f('ck_assignment_end_reason'), "ended_at is null or end_reason <> ''")
        for column, kind in (('end_reason', sa.Text()), ('extra', sa.Boolean()), ('reason', sa.Text())):
            batch_op.alter_column(column, existing_type=kind, server_default=None)
    op.create_table('appeal_ground',
    sa.Column('accepts', sa.Boolean(), nullable=False),
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
    sa.PrimaryKeyConstraint('id', name=op.f('pk_appeal_ground')),
    sa.UniqueConstraint('code', name=op.f('uq_appeal_ground_code'))
    )
    op.create_table('appeal',
    sa.Column('case_id', sa.Integer(), nullable=False),
    sa.Column('accepted', sa.Boolean(), nullable=False),
    sa.Column('grounds', sa.JSON(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('answered_by_id', sa.Integer(), nullable=False),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.CheckConstraint("accepted or reason <> ''", name=op.f('ck_appeal_reason_given')),
    sa.ForeignKeyConstraint(['answered_by_id'], ['ab_user.id'], name=op.f('fk_appeal_answered_by_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['case_id'], ['certification_case.id'], name=op.f('fk_appeal_case_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_appeal')),
    sa.UniqueConstraint('case_id', name=op.f('uq_appeal_case_id'))
    )
    op.create_table('talk',
    sa.Column('case_id', sa.Integer(), nullable=False),
    sa.Column('round', sa.Enum('first', 'second', 'appeal', name='round', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('recorded_by_id', sa.Integer(), nullable=False),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.CheckConstraint("text <> ''", name=op.f('ck_talk_said')),
    sa.ForeignKeyConstraint(['case_id'], ['certification_case.id'], name=op.f('fk_talk_case_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['recorded_by_id'], ['ab_user.id'], name=op.f('fk_talk_recorded_by_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_talk')),
    sa.UniqueConstraint('case_id', 'round', name=op.f('uq_talk_case_id_round'))
    )
    _forbid_changes('appeal', 'talk')


def downgrade():
    op.drop_table('talk')
    op.drop_table('appeal')
    op.drop_table('appeal_ground')
    with op.batch_alter_table('assignment') as batch_op:
        batch_op.drop_constraint(batch_op.f('ck_assignment_end_reason'), type_='check')
        batch_op.drop_constraint(batch_op.f('fk_assignment_ended_by_id'), type_='foreignkey')
        for column in ('reason', 'extra', 'end_reason', 'ended_by_id'):
            batch_op.drop_column(column)
    op.drop_index('uq_case_one_open', table_name='certification_case')
    _allow(0)
    _one_open(OPEN)
