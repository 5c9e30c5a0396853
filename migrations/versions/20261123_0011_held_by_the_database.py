"""former posts; held by the database too: sent sheets, numbers, labels of closed campaigns, declared conflicts

Revision ID: 0011
Revises: 0010
Create Date: 2026-11-23 23:20:00.000000

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None

# Of a sent sheet nothing changes but the time of the last write.
SENT = "old.state = 'sent'"


def _published(states):
    op.drop_index('uq_campaign_published', table_name='campaign')
    where = sa.text(f"state in ({states})")
    op.create_index(
        'uq_campaign_published', 'campaign', ['county_id', 'track', 'label_year', 'batch'], unique=True,
        sqlite_where=where, postgresql_where=where,
    )


def upgrade():
    _published("'published', 'closed'")
    op.create_table('former_post',
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('school_id', sa.Integer(), nullable=False),
    sa.Column('until', sa.DateTime(timezone=True), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['school_id'], ['school.id'], name=op.f('fk_former_post_school_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['user_id'], ['ab_user.id'], name=op.f('fk_former_post_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_former_post'))
    )
    op.create_index('ix_former_post_person', 'former_post', ['user_id', 'until'], unique=False)
    from_cases = sa.text("case_id is not null")
    op.create_index(
        'uq_certificate_given', 'certificate', ['county_id', 'number'], unique=True,
        sqlite_where=from_cases, postgresql_where=from_cases,
    )
    for column in ('person_id', 'school_id'):
        where = sa.text(f"{column} is not null and ended_at is null")
        op.create_index(
            f'uq_declared_conflict_{column}', 'declared_conflict', ['reviewer_id', column], unique=True,
            sqlite_where=where, postgresql_where=where,
        )
    if op.get_bind().dialect.name == 'postgresql':
        op.execute(
            f"create trigger sheet_sent before update on sheet for each row when ({SENT}) "
            "execute function refuse_change()"
        )
    else:
        op.execute(
            f"create trigger sheet_sent before update on sheet when {SENT} "
            "begin select raise(abort, 'a sent sheet is frozen'); end"
        )


def downgrade():
    op.execute(
        "drop trigger sheet_sent on sheet" if op.get_bind().dialect.name == 'postgresql' else "drop trigger sheet_sent"
    )
    for column in ('person_id', 'school_id'):
        op.drop_index(f'uq_declared_conflict_{column}', table_name='declared_conflict')
    op.drop_index('uq_certificate_given', table_name='certificate')
    op.drop_table('former_post')
    _published("'published'")
