"""every rule of a campaign, its second person, extensions and amendments

Revision ID: 0005
Revises: 0004
Create Date: 2026-11-23 20:20:00.000000

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None

# From publication on only these move; every other column of the row is frozen.
MOVING = {"state", "updated_at"}
BEFORE, AFTER = ("draft", "published", "closed"), ("draft", "proposed", "published", "closed")


def _state_in(states: tuple[str, ...]) -> str:
    return "state in ({})".format(", ".join(f"'{state}'" for state in states))


def freeze_published() -> None:
    """The database refuses what `campaigns.service` refuses: rules change in drafts alone."""
    bind = op.get_bind()
    if bind.dialect.name == "postgresql":
        moving = " ".join(f"- '{name}'" for name in sorted(MOVING))
        op.execute(f"""
            create or replace function refuse_frozen() returns trigger language plpgsql as $$
            begin
              if tg_op = 'DELETE' then raise exception 'a published campaign is frozen'; end if;
              if new.state not in ('published', 'closed') or (old.state = 'closed' and new.state <> 'closed')
                 or (to_jsonb(new) {moving}) is distinct from (to_jsonb(old) {moving}) then
                raise exception 'a published campaign is frozen';
              end if;
              return new;
            end $$
        """)
        op.execute(
            "create trigger campaign_frozen before update or delete on campaign for each row "
            "when (old.state in ('published', 'closed')) execute function refuse_frozen()"
        )
        op.execute(
            "create trigger campaign_amendment_frozen before update or delete on campaign_amendment for each row "
            "when (old.approved_at is not null) execute function refuse_change()"
        )
        op.execute(
            "create trigger campaign_extension_append_only before update or delete on campaign_extension "
            "for each row execute function refuse_change()"
        )
        return
    columns = [c["name"] for c in sa.inspect(bind).get_columns("campaign") if c["name"] not in MOVING]
    changed = " or ".join(f"new.{name} is not old.{name}" for name in columns)
    for verb, what in (
        ("update", f"and (new.state not in ('published', 'closed') or (old.state = 'closed' and new.state <> 'closed') or {changed})"),
        ("delete", ""),
    ):
        op.execute(
            f"create trigger campaign_frozen_{verb} before {verb} on campaign "
            f"when old.state in ('published', 'closed') {what} "
            "begin select raise(abort, 'a published campaign is frozen'); end"
        )
        op.execute(
            f"create trigger campaign_amendment_frozen_{verb} before {verb} on campaign_amendment "
            "when old.approved_at is not null "
            "begin select raise(abort, 'campaign_amendment is append-only'); end"
        )
        op.execute(
            f"create trigger campaign_extension_no_{verb} before {verb} on campaign_extension "
            "begin select raise(abort, 'campaign_extension is append-only'); end"
        )


def upgrade():
    with op.batch_alter_table('campaign', schema=None) as batch_op:
        # The defaults are those that every campaign had so far; new rows get theirs from the application.
        for column, before in (
            (sa.Column('band_basis', sa.Enum('mean', 'worst', name='band_basis', native_enum=False, create_constraint=True, length=40), nullable=False), "mean"),
            (sa.Column('correction_limit', sa.Integer(), nullable=False), "5"),
            (sa.Column('reviewed', sa.Boolean(), nullable=False), sa.true()),
            (sa.Column('review_days', sa.Integer(), nullable=False), "21"),
            (sa.Column('disagreement', sa.Enum('none', 'third', 'talk', name='disagreement', native_enum=False, create_constraint=True, length=40), nullable=False), "third"),
            (sa.Column('disagreement_levels', sa.Integer(), nullable=False), "2"),
            (sa.Column('similar_revise', sa.Integer(), nullable=False), "60"),
            (sa.Column('similar_fail', sa.Integer(), nullable=False), "90"),
            (sa.Column('course_hours', sa.Integer(), nullable=False), "0"),
            (sa.Column('recommend_share', sa.Integer(), nullable=False), "50"),
            (sa.Column('texts', sa.JSON(), nullable=False), "{}"),
        ):
            column.server_default = sa.DefaultClause(before)
            batch_op.add_column(column)
        batch_op.add_column(sa.Column('proposed_by_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('proposed_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('approved_by_id', sa.Integer(), nullable=True))
        batch_op.create_foreign_key(batch_op.f('fk_campaign_proposed_by_id'), 'ab_user', ['proposed_by_id'], ['id'], ondelete='RESTRICT')
        batch_op.create_foreign_key(batch_op.f('fk_campaign_approved_by_id'), 'ab_user', ['approved_by_id'], ['id'], ondelete='RESTRICT')
        batch_op.drop_constraint(batch_op.f('ck_campaign_state'), type_='check')
        batch_op.drop_constraint(batch_op.f('ck_campaign_days'), type_='check')
        for name, rule in (
            ('state', _state_in(AFTER)),
            ('days', 'appeal_days > 0 and revise_days > 0 and review_days > 0'),
            ('similar', '0 < similar_revise and similar_revise < similar_fail and similar_fail <= 100'),
            ('correction', 'correction_limit >= 0'),
            ('disagreement_levels', 'disagreement_levels between 1 and 3'),
            ('course', 'course_hours >= 0'),
            ('share', 'recommend_share between 1 and 100'),
            ('proposer', "state <> 'proposed' or proposed_by_id is not null"),
            ('second_person', 'approved_by_id <> proposed_by_id'),
        ):
            batch_op.create_check_constraint(batch_op.f(f'ck_campaign_{name}'), rule)

    op.create_table('campaign_extension',
    sa.Column('campaign_id', sa.Integer(), nullable=False),
    sa.Column('school_id', sa.Integer(), nullable=True),
    sa.Column('user_id', sa.Integer(), nullable=True),
    sa.Column('until', sa.DateTime(timezone=True), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('created_by_id', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.CheckConstraint("trim(reason) <> ''", name=op.f('ck_campaign_extension_reason')),
    sa.CheckConstraint('school_id is null or user_id is null', name=op.f('ck_campaign_extension_one_reach')),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaign.id'], name=op.f('fk_campaign_extension_campaign_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['school_id'], ['school.id'], name=op.f('fk_campaign_extension_school_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['user_id'], ['ab_user.id'], name=op.f('fk_campaign_extension_user_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['created_by_id'], ['ab_user.id'], name=op.f('fk_campaign_extension_created_by_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_campaign_extension'))
    )
    with op.batch_alter_table('campaign_extension', schema=None) as batch_op:
        batch_op.create_index('ix_campaign_extension_campaign', ['campaign_id', 'until'], unique=False)

    op.create_table('campaign_amendment',
    sa.Column('campaign_id', sa.Integer(), nullable=False),
    sa.Column('round', sa.String(length=40), nullable=False),
    sa.Column('low', sa.Integer(), nullable=False),
    sa.Column('high', sa.Integer(), nullable=False),
    sa.Column('verdict', sa.String(length=40), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('proposed_by_id', sa.Integer(), nullable=False),
    sa.Column('proposed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('approved_by_id', sa.Integer(), nullable=True),
    sa.Column('approved_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.CheckConstraint('(approved_at is null) = (approved_by_id is null)', name=op.f('ck_campaign_amendment_approval')),
    sa.CheckConstraint('approved_by_id <> proposed_by_id', name=op.f('ck_campaign_amendment_second_person')),
    sa.CheckConstraint('low <= high', name=op.f('ck_campaign_amendment_range')),
    sa.CheckConstraint("trim(reason) <> ''", name=op.f('ck_campaign_amendment_reason')),
    sa.ForeignKeyConstraint(['approved_by_id'], ['ab_user.id'], name=op.f('fk_campaign_amendment_approved_by_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaign.id'], name=op.f('fk_campaign_amendment_campaign_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['proposed_by_id'], ['ab_user.id'], name=op.f('fk_campaign_amendment_proposed_by_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_campaign_amendment'))
    )
    with op.batch_alter_table('campaign_amendment', schema=None) as batch_op:
        batch_op.create_index('ix_campaign_amendment_campaign', ['campaign_id'], unique=False)

    freeze_published()


def downgrade():
    if op.get_bind().dialect.name == "postgresql":
        op.execute("drop trigger campaign_frozen on campaign")
        op.execute("drop function refuse_frozen() cascade")
    else:
        op.execute("drop trigger campaign_frozen_update")
        op.execute("drop trigger campaign_frozen_delete")
    op.drop_table('campaign_amendment')
    op.drop_table('campaign_extension')
    op.execute("update campaign set state = 'draft' where state = 'proposed'")
    with op.batch_alter_table('campaign', schema=None) as batch_op:
        for name in ('state', 'days', 'similar', 'correction', 'disagreement_levels', 'course', 'share', 'proposer', 'second_person', 'band_basis', 'disagreement'):
            batch_op.drop_constraint(batch_op.f(f'ck_campaign_{name}'), type_='check')
        batch_op.drop_constraint(batch_op.f('fk_campaign_proposed_by_id'), type_='foreignkey')
        batch_op.drop_constraint(batch_op.f('fk_campaign_approved_by_id'), type_='foreignkey')
        for name in (
            'approved_by_id', 'proposed_at', 'proposed_by_id', 'texts', 'recommend_share', 'course_hours', 'similar_fail',
            'similar_revise', 'disagreement_levels', 'disagreement', 'review_days', 'reviewed', 'correction_limit', 'band_basis',
        ):
            batch_op.drop_column(name)
        batch_op.create_check_constraint(batch_op.f('ck_campaign_state'), _state_in(BEFORE))
        batch_op.create_check_constraint(batch_op.f('ck_campaign_days'), 'appeal_days > 0 and revise_days > 0')
