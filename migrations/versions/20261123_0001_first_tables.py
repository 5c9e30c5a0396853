"""first tables

Revision ID: 0001
Revises: 
Create Date: 2026-11-23 12:45:03.489241

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


# History, audit and what was sent are append-only: the database itself refuses the rest.
APPEND_ONLY = ("audit_entry", "case_event", "submission", "decision")


def _forbid_changes() -> None:
    dialect = op.get_bind().dialect.name
    if dialect == "postgresql":
        op.execute(
            "create function refuse_change() returns trigger language plpgsql as "
            "$$ begin raise exception '% is append-only', tg_table_name; end $$"
        )
    for table in APPEND_ONLY:
        if dialect == "postgresql":
            op.execute(
                f"create trigger {table}_append_only before update or delete on {table} "
                "for each row execute function refuse_change()"
            )
        else:
            for verb in ("update", "delete"):
                op.execute(
                    f"create trigger {table}_no_{verb} before {verb} on {table} "
                    f"begin select raise(abort, '{table} is append-only'); end"
                )


def _allow_changes() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("drop function refuse_change() cascade")


def upgrade():
    op.create_table('ab_group',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=100), nullable=False),
    sa.Column('label', sa.String(length=150), nullable=True),
    sa.Column('description', sa.String(length=512), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ab_group')),
    sa.UniqueConstraint('name', name=op.f('uq_ab_group_name'))
    )
    op.create_table('ab_permission',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=100), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ab_permission')),
    sa.UniqueConstraint('name', name=op.f('uq_ab_permission_name'))
    )
    op.create_table('ab_register_user',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('first_name', sa.String(length=64), nullable=False),
    sa.Column('last_name', sa.String(length=64), nullable=False),
    sa.Column('username', sa.String(length=128), nullable=False),
    sa.Column('password', sa.String(length=256), nullable=True),
    sa.Column('email', sa.String(length=320), nullable=False),
    sa.Column('registration_date', sa.DateTime(), nullable=True),
    sa.Column('registration_hash', sa.String(length=256), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ab_register_user')),
    sa.UniqueConstraint('email', name=op.f('uq_ab_register_user_email')),
    sa.UniqueConstraint('username', name=op.f('uq_ab_register_user_username'))
    )
    op.create_table('ab_role',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=64), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ab_role')),
    sa.UniqueConstraint('name', name=op.f('uq_ab_role_name'))
    )
    op.create_table('ab_view_menu',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=250), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ab_view_menu')),
    sa.UniqueConstraint('name', name=op.f('uq_ab_view_menu_name'))
    )
    op.create_table('audit_entry',
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('actor_id', sa.Integer(), nullable=True),
    sa.Column('actor_name', sa.String(length=150), nullable=False),
    sa.Column('action', sa.String(length=80), nullable=False),
    sa.Column('object_type', sa.String(length=60), nullable=False),
    sa.Column('object_id', sa.String(length=40), nullable=False),
    sa.Column('detail', sa.JSON(), nullable=False),
    sa.Column('address', sa.String(length=45), nullable=False),
    sa.Column('request_id', sa.String(length=40), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_entry'))
    )
    with op.batch_alter_table('audit_entry', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_audit_entry_actor_id'), ['actor_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_audit_entry_at'), ['at'], unique=False)
        batch_op.create_index('ix_audit_entry_object', ['object_type', 'object_id'], unique=False)

    op.create_table('county',
    sa.Column('short_name', sa.String(length=20), nullable=False),
    sa.Column('short_name_en', sa.String(length=40), nullable=False),
    sa.Column('contact', sa.String(length=300), nullable=False),
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
    sa.PrimaryKeyConstraint('id', name=op.f('pk_county')),
    sa.UniqueConstraint('code', name=op.f('uq_county_code'))
    )
    op.create_table('course_type',
    sa.Column('track', sa.String(length=40), nullable=False),
    sa.Column('hours', sa.Integer(), nullable=False),
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
    sa.PrimaryKeyConstraint('id', name=op.f('pk_course_type')),
    sa.UniqueConstraint('code', name=op.f('uq_course_type_code'))
    )
    with op.batch_alter_table('course_type', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_course_type_track'), ['track'], unique=False)

    op.create_table('download',
    sa.Column('form_code', sa.String(length=60), nullable=False),
    sa.Column('description_zh', sa.Text(), nullable=False),
    sa.Column('description_en', sa.Text(), nullable=False),
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
    sa.PrimaryKeyConstraint('id', name=op.f('pk_download')),
    sa.UniqueConstraint('code', name=op.f('uq_download_code'))
    )
    op.create_table('form_type',
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
    sa.PrimaryKeyConstraint('id', name=op.f('pk_form_type')),
    sa.UniqueConstraint('code', name=op.f('uq_form_type_code'))
    )
    op.create_table('grade',
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
    sa.PrimaryKeyConstraint('id', name=op.f('pk_grade')),
    sa.UniqueConstraint('code', name=op.f('uq_grade_code'))
    )
    op.create_table('identity_type',
    sa.Column('may_apply', sa.Boolean(), nullable=False),
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
    sa.PrimaryKeyConstraint('id', name=op.f('pk_identity_type')),
    sa.UniqueConstraint('code', name=op.f('uq_identity_type_code'))
    )
    op.create_table('message_template',
    sa.Column('event', sa.String(length=60), nullable=False),
    sa.Column('track', sa.String(length=40), nullable=False),
    sa.Column('title_zh', sa.String(length=200), nullable=False),
    sa.Column('title_en', sa.String(length=200), nullable=False),
    sa.Column('body_zh', sa.Text(), nullable=False),
    sa.Column('body_en', sa.Text(), nullable=False),
    sa.Column('source', sa.String(length=300), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('retired_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_message_template')),
    sa.UniqueConstraint('event', 'track', name=op.f('uq_message_template_event_track'))
    )
    op.create_table('outbox_mail',
    sa.Column('key', sa.String(length=120), nullable=False),
    sa.Column('recipient', sa.String(length=320), nullable=False),
    sa.Column('subject', sa.String(length=300), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('state', sa.Enum('waiting', 'sending', 'sent', 'failed', name='state', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('next_attempt_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('lease_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('last_error', sa.String(length=500), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_outbox_mail')),
    sa.UniqueConstraint('key', name=op.f('uq_outbox_mail_key'))
    )
    with op.batch_alter_table('outbox_mail', schema=None) as batch_op:
        batch_op.create_index('ix_outbox_mail_due', ['state', 'next_attempt_at'], unique=False)

    op.create_table('return_reason',
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
    sa.PrimaryKeyConstraint('id', name=op.f('pk_return_reason')),
    sa.UniqueConstraint('code', name=op.f('uq_return_reason_code'))
    )
    op.create_table('rubric',
    sa.Column('version', sa.String(length=20), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('state', sa.Enum('draft', 'published', name='state', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('settings', sa.JSON(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('retired_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_rubric')),
    sa.UniqueConstraint('version', 'revision', name=op.f('uq_rubric_version_revision'))
    )
    op.create_table('school_level',
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
    sa.PrimaryKeyConstraint('id', name=op.f('pk_school_level')),
    sa.UniqueConstraint('code', name=op.f('uq_school_level_code'))
    )
    op.create_table('school_year',
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=False),
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
    sa.CheckConstraint('starts_on < ends_on', name=op.f('ck_school_year_order')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_school_year')),
    sa.UniqueConstraint('code', name=op.f('uq_school_year_code')),
    sa.UniqueConstraint('year', name=op.f('uq_school_year_year'))
    )
    op.create_table('sheet_item',
    sa.Column('track', sa.String(length=40), nullable=False),
    sa.Column('slot', sa.String(length=40), nullable=False),
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
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sheet_item')),
    sa.UniqueConstraint('code', name=op.f('uq_sheet_item_code'))
    )
    with op.batch_alter_table('sheet_item', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_sheet_item_track'), ['track'], unique=False)

    op.create_table('stored_file',
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('media_type', sa.String(length=100), nullable=False),
    sa.Column('pages', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.CheckConstraint('size > 0', name=op.f('ck_stored_file_size_positive')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_stored_file')),
    sa.UniqueConstraint('sha256', name=op.f('uq_stored_file_sha256'))
    )
    op.create_table('subject',
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
    sa.PrimaryKeyConstraint('id', name=op.f('pk_subject')),
    sa.UniqueConstraint('code', name=op.f('uq_subject_code'))
    )
    op.create_table('tutorial',
    sa.Column('body_zh', sa.Text(), nullable=False),
    sa.Column('body_en', sa.Text(), nullable=False),
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
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tutorial')),
    sa.UniqueConstraint('code', name=op.f('uq_tutorial_code'))
    )
    op.create_table('ab_group_role',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('group_id', sa.Integer(), nullable=True),
    sa.Column('role_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['group_id'], ['ab_group.id'], name=op.f('fk_ab_group_role_group_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['role_id'], ['ab_role.id'], name=op.f('fk_ab_group_role_role_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ab_group_role')),
    sa.UniqueConstraint('group_id', 'role_id', name=op.f('uq_ab_group_role_group_id_role_id'))
    )
    with op.batch_alter_table('ab_group_role', schema=None) as batch_op:
        batch_op.create_index('idx_group_id', ['group_id'], unique=False)
        batch_op.create_index('idx_group_role_id', ['role_id'], unique=False)

    op.create_table('ab_permission_view',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('permission_id', sa.Integer(), nullable=False),
    sa.Column('view_menu_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['permission_id'], ['ab_permission.id'], name=op.f('fk_ab_permission_view_permission_id')),
    sa.ForeignKeyConstraint(['view_menu_id'], ['ab_view_menu.id'], name=op.f('fk_ab_permission_view_view_menu_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ab_permission_view')),
    sa.UniqueConstraint('permission_id', 'view_menu_id', name=op.f('uq_ab_permission_view_permission_id_view_menu_id'))
    )
    with op.batch_alter_table('ab_permission_view', schema=None) as batch_op:
        batch_op.create_index('idx_permission_id', ['permission_id'], unique=False)
        batch_op.create_index('idx_view_menu_id', ['view_menu_id'], unique=False)

    op.create_table('campaign',
    sa.Column('county_id', sa.Integer(), nullable=False),
    sa.Column('track', sa.Enum('initial', 'advanced', 'mentor', 'mentor-renewal-1', 'mentor-renewal-2', name='track', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('label_year', sa.Integer(), nullable=False),
    sa.Column('batch', sa.Integer(), nullable=False),
    sa.Column('state', sa.Enum('draft', 'published', 'closed', name='state', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('opens_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('closes_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('regular_months', sa.Integer(), nullable=False),
    sa.Column('teaching_months', sa.Integer(), nullable=False),
    sa.Column('prerequisite_track', sa.String(length=40), nullable=False),
    sa.Column('prerequisite_hours', sa.Integer(), nullable=False),
    sa.Column('hours', sa.JSON(), nullable=False),
    sa.Column('cohorts', sa.JSON(), nullable=False),
    sa.Column('slots', sa.JSON(), nullable=False),
    sa.Column('reopens', sa.JSON(), nullable=False),
    sa.Column('verdicts', sa.JSON(), nullable=False),
    sa.Column('bands', sa.JSON(), nullable=False),
    sa.Column('reviewers_per_case', sa.Integer(), nullable=False),
    sa.Column('checking_office', sa.Enum('county', 'centre', name='checking', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('assigning_office', sa.Enum('county', 'centre', name='assigning', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('deciding_office', sa.Enum('county', 'centre', name='deciding', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('issuing_office', sa.Enum('county', 'centre', name='issuing', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('appeal_days', sa.Integer(), nullable=False),
    sa.Column('revise_days', sa.Integer(), nullable=False),
    sa.Column('number_template', sa.String(length=120), nullable=False),
    sa.Column('number_series', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('appeal_days > 0 and revise_days > 0', name=op.f('ck_campaign_days')),
    sa.CheckConstraint('opens_at < closes_at', name=op.f('ck_campaign_window')),
    sa.CheckConstraint('reviewers_per_case between 1 and 5', name=op.f('ck_campaign_reviewers')),
    sa.ForeignKeyConstraint(['county_id'], ['county.id'], name=op.f('fk_campaign_county_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_campaign'))
    )
    with op.batch_alter_table('campaign', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_campaign_county_id'), ['county_id'], unique=False)
        batch_op.create_index('uq_campaign_published', ['county_id', 'track', 'label_year', 'batch'], unique=True, sqlite_where=sa.text("state = 'published'"), postgresql_where=sa.text("state = 'published'"))

    op.create_table('number_series',
    sa.Column('county_id', sa.Integer(), nullable=False),
    sa.Column('letter', sa.String(length=2), nullable=False),
    sa.Column('school_year', sa.Integer(), nullable=False),
    sa.Column('series', sa.Integer(), nullable=False),
    sa.Column('next_serial', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.CheckConstraint('next_serial > 0', name=op.f('ck_number_series_serial_positive')),
    sa.ForeignKeyConstraint(['county_id'], ['county.id'], name=op.f('fk_number_series_county_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_number_series')),
    sa.UniqueConstraint('county_id', 'letter', 'school_year', 'series', name=op.f('uq_number_series_county_id_letter_school_year_series'))
    )
    op.create_table('rubric_item',
    sa.Column('rubric_id', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(length=20), nullable=False),
    sa.Column('level', sa.String(length=20), nullable=False),
    sa.Column('parent_code', sa.String(length=20), nullable=True),
    sa.Column('title_zh', sa.String(length=300), nullable=True),
    sa.Column('title_en', sa.String(length=300), nullable=True),
    sa.Column('optional', sa.Boolean(), nullable=False),
    sa.Column('observable', sa.Boolean(), nullable=False),
    sa.Column('min_evidence', sa.Integer(), nullable=False),
    sa.Column('status', sa.String(length=20), nullable=False),
    sa.Column('source', sa.String(length=300), nullable=False),
    sa.Column('note', sa.String(length=300), nullable=False),
    sa.Column('sort', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.CheckConstraint("level in ('dimension', 'indicator', 'checkpoint')", name=op.f('ck_rubric_item_level')),
    sa.ForeignKeyConstraint(['rubric_id'], ['rubric.id'], name=op.f('fk_rubric_item_rubric_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_rubric_item')),
    sa.UniqueConstraint('rubric_id', 'code', name=op.f('uq_rubric_item_rubric_id_code'))
    )
    op.create_table('school',
    sa.Column('county_id', sa.Integer(), nullable=False),
    sa.Column('level_id', sa.Integer(), nullable=False),
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
    sa.CheckConstraint('length(code) between 6 and 8', name=op.f('ck_school_code_length')),
    sa.ForeignKeyConstraint(['county_id'], ['county.id'], name=op.f('fk_school_county_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['level_id'], ['school_level.id'], name=op.f('fk_school_level_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_school')),
    sa.UniqueConstraint('code', name=op.f('uq_school_code'))
    )
    with op.batch_alter_table('school', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_school_county_id'), ['county_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_school_level_id'), ['level_id'], unique=False)

    op.create_table('ab_permission_view_role',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('permission_view_id', sa.Integer(), nullable=True),
    sa.Column('role_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['permission_view_id'], ['ab_permission_view.id'], name=op.f('fk_ab_permission_view_role_permission_view_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['role_id'], ['ab_role.id'], name=op.f('fk_ab_permission_view_role_role_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ab_permission_view_role')),
    sa.UniqueConstraint('permission_view_id', 'role_id', name=op.f('uq_ab_permission_view_role_permission_view_id_role_id'))
    )
    with op.batch_alter_table('ab_permission_view_role', schema=None) as batch_op:
        batch_op.create_index('idx_permission_view_id', ['permission_view_id'], unique=False)
        batch_op.create_index('idx_role_id', ['role_id'], unique=False)

    op.create_table('ab_user',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('first_name', sa.String(length=64), nullable=False),
    sa.Column('last_name', sa.String(length=64), nullable=False),
    sa.Column('username', sa.String(length=128), nullable=False),
    sa.Column('password', sa.String(length=256), nullable=True),
    sa.Column('active', sa.Boolean(), nullable=True),
    sa.Column('email', sa.String(length=320), nullable=False),
    sa.Column('last_login', sa.DateTime(), nullable=True),
    sa.Column('login_count', sa.Integer(), nullable=True),
    sa.Column('fail_login_count', sa.Integer(), nullable=True),
    sa.Column('created_on', sa.DateTime(), nullable=True),
    sa.Column('changed_on', sa.DateTime(), nullable=True),
    sa.Column('created_by_fk', sa.Integer(), nullable=True),
    sa.Column('changed_by_fk', sa.Integer(), nullable=True),
    sa.Column('county_id', sa.Integer(), nullable=True),
    sa.Column('school_id', sa.Integer(), nullable=True),
    sa.Column('display_name', sa.String(length=100), server_default='', nullable=False),
    sa.Column('locale', sa.String(length=20), server_default='zh_Hant_TW', nullable=False),
    sa.Column('failed_logins', sa.Integer(), server_default='0', nullable=False),
    sa.Column('locked_until', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['changed_by_fk'], ['ab_user.id'], name=op.f('fk_ab_user_changed_by_fk')),
    sa.ForeignKeyConstraint(['county_id'], ['county.id'], name=op.f('fk_ab_user_county_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['created_by_fk'], ['ab_user.id'], name=op.f('fk_ab_user_created_by_fk')),
    sa.ForeignKeyConstraint(['school_id'], ['school.id'], name=op.f('fk_ab_user_school_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ab_user')),
    sa.UniqueConstraint('email', name=op.f('uq_ab_user_email')),
    sa.UniqueConstraint('username', name=op.f('uq_ab_user_username'))
    )
    with op.batch_alter_table('ab_user', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_ab_user_county_id'), ['county_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_ab_user_school_id'), ['school_id'], unique=False)

    op.create_table('ab_api_key',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('uuid', sa.String(length=36), nullable=False),
    sa.Column('name', sa.String(length=256), nullable=False),
    sa.Column('key_hash', sa.String(length=256), nullable=False),
    sa.Column('lookup_hash', sa.String(length=256), nullable=True),
    sa.Column('key_prefix', sa.String(length=16), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('scopes', sa.Text(), nullable=True),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('created_on', sa.DateTime(), nullable=True),
    sa.Column('expires_on', sa.DateTime(), nullable=True),
    sa.Column('revoked_on', sa.DateTime(), nullable=True),
    sa.Column('last_used_on', sa.DateTime(), nullable=True),
    sa.ForeignKeyConstraint(['user_id'], ['ab_user.id'], name=op.f('fk_ab_api_key_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ab_api_key')),
    sa.UniqueConstraint('lookup_hash', name=op.f('uq_ab_api_key_lookup_hash')),
    sa.UniqueConstraint('uuid', name=op.f('uq_ab_api_key_uuid'))
    )
    with op.batch_alter_table('ab_api_key', schema=None) as batch_op:
        batch_op.create_index('idx_api_key_lookup_hash', ['lookup_hash'], unique=True)
        batch_op.create_index('idx_api_key_prefix', ['key_prefix'], unique=False)
        batch_op.create_index('idx_api_key_user_id', ['user_id'], unique=False)

    op.create_table('ab_user_group',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=True),
    sa.Column('group_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['group_id'], ['ab_group.id'], name=op.f('fk_ab_user_group_group_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['ab_user.id'], name=op.f('fk_ab_user_group_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ab_user_group')),
    sa.UniqueConstraint('user_id', 'group_id', name=op.f('uq_ab_user_group_user_id_group_id'))
    )
    with op.batch_alter_table('ab_user_group', schema=None) as batch_op:
        batch_op.create_index('idx_user_group_id', ['group_id'], unique=False)
        batch_op.create_index('idx_user_id', ['user_id'], unique=False)

    op.create_table('ab_user_role',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=True),
    sa.Column('role_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['role_id'], ['ab_role.id'], name=op.f('fk_ab_user_role_role_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['ab_user.id'], name=op.f('fk_ab_user_role_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ab_user_role')),
    sa.UniqueConstraint('user_id', 'role_id', name=op.f('uq_ab_user_role_user_id_role_id'))
    )
    op.create_table('certification_case',
    sa.Column('applicant_id', sa.Integer(), nullable=False),
    sa.Column('campaign_id', sa.Integer(), nullable=False),
    sa.Column('track', sa.Enum('initial', 'advanced', 'mentor', 'mentor-renewal-1', 'mentor-renewal-2', name='track', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('county_id', sa.Integer(), nullable=False),
    sa.Column('school_id', sa.Integer(), nullable=False),
    sa.Column('state', sa.Enum('drafting', 'formal_check', 'returned', 'first_assign', 'first_review', 'first_decision', 'revising', 'second_assign', 'second_review', 'second_decision', 'first_failed', 'second_failed', 'appeal_filed', 'passed', 'issued', 'announced', 'withdrawn', 'lapsed', name='state', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('state_since', sa.DateTime(timezone=True), nullable=False),
    sa.Column('submitted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('reopened', sa.JSON(), nullable=False),
    sa.Column('eligibility', sa.JSON(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['applicant_id'], ['ab_user.id'], name=op.f('fk_certification_case_applicant_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaign.id'], name=op.f('fk_certification_case_campaign_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['county_id'], ['county.id'], name=op.f('fk_certification_case_county_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['school_id'], ['school.id'], name=op.f('fk_certification_case_school_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_certification_case'))
    )
    with op.batch_alter_table('certification_case', schema=None) as batch_op:
        batch_op.create_index('ix_case_county_state', ['county_id', 'state', 'id'], unique=False)
        batch_op.create_index('ix_case_school', ['school_id', 'id'], unique=False)
        batch_op.create_index('ix_case_state', ['state', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_certification_case_applicant_id'), ['applicant_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_certification_case_campaign_id'), ['campaign_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_certification_case_due_at'), ['due_at'], unique=False)
        batch_op.create_index('uq_case_one_open', ['applicant_id', 'track'], unique=True, sqlite_where=sa.text("state not in ('announced', 'first_failed', 'lapsed', 'second_failed', 'withdrawn')"), postgresql_where=sa.text("state not in ('announced', 'first_failed', 'lapsed', 'second_failed', 'withdrawn')"))

    op.create_table('login_session',
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('address', sa.String(length=45), nullable=False),
    sa.Column('agent', sa.String(length=200), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['ab_user.id'], name=op.f('fk_login_session_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_login_session')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_login_session_token_hash'))
    )
    with op.batch_alter_table('login_session', schema=None) as batch_op:
        batch_op.create_index('ix_login_session_user_open', ['user_id', 'ended_at'], unique=False)

    op.create_table('teacher_profile',
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('school_id', sa.Integer(), nullable=False),
    sa.Column('county_id', sa.Integer(), nullable=False),
    sa.Column('identity_type_id', sa.Integer(), nullable=False),
    sa.Column('regular_months', sa.Integer(), nullable=False),
    sa.Column('teaching_months', sa.Integer(), nullable=False),
    sa.Column('subject', sa.String(length=100), nullable=False),
    sa.Column('grade', sa.String(length=60), nullable=False),
    sa.Column('phone', sa.String(length=40), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('regular_months >= 0 and teaching_months >= 0', name=op.f('ck_teacher_profile_months')),
    sa.ForeignKeyConstraint(['county_id'], ['county.id'], name=op.f('fk_teacher_profile_county_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['identity_type_id'], ['identity_type.id'], name=op.f('fk_teacher_profile_identity_type_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['school_id'], ['school.id'], name=op.f('fk_teacher_profile_school_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['user_id'], ['ab_user.id'], name=op.f('fk_teacher_profile_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_teacher_profile')),
    sa.UniqueConstraint('user_id', name=op.f('uq_teacher_profile_user_id'))
    )
    with op.batch_alter_table('teacher_profile', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_teacher_profile_county_id'), ['county_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_teacher_profile_school_id'), ['school_id'], unique=False)

    op.create_table('training_record',
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('county_id', sa.Integer(), nullable=True),
    sa.Column('course_type_id', sa.Integer(), nullable=False),
    sa.Column('hours', sa.Integer(), nullable=False),
    sa.Column('finished_on', sa.Date(), nullable=False),
    sa.Column('school_year', sa.Integer(), nullable=False),
    sa.Column('organiser', sa.String(length=120), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('hours > 0', name=op.f('ck_training_record_hours_positive')),
    sa.ForeignKeyConstraint(['county_id'], ['county.id'], name=op.f('fk_training_record_county_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['course_type_id'], ['course_type.id'], name=op.f('fk_training_record_course_type_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['user_id'], ['ab_user.id'], name=op.f('fk_training_record_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_training_record')),
    sa.UniqueConstraint('user_id', 'course_type_id', 'finished_on', name=op.f('uq_training_record_user_id_course_type_id_finished_on'))
    )
    with op.batch_alter_table('training_record', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_training_record_county_id'), ['county_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_training_record_user_id'), ['user_id'], unique=False)

    op.create_table('assignment',
    sa.Column('case_id', sa.Integer(), nullable=False),
    sa.Column('round', sa.Enum('first', 'second', name='round', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('reviewer_id', sa.Integer(), nullable=False),
    sa.Column('assigned_by_id', sa.Integer(), nullable=True),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['assigned_by_id'], ['ab_user.id'], name=op.f('fk_assignment_assigned_by_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['case_id'], ['certification_case.id'], name=op.f('fk_assignment_case_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['reviewer_id'], ['ab_user.id'], name=op.f('fk_assignment_reviewer_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_assignment')),
    sa.UniqueConstraint('case_id', 'round', 'reviewer_id', name=op.f('uq_assignment_case_id_round_reviewer_id'))
    )
    with op.batch_alter_table('assignment', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_assignment_case_id'), ['case_id'], unique=False)
        batch_op.create_index('ix_assignment_reviewer', ['reviewer_id', 'ended_at'], unique=False)

    op.create_table('case_event',
    sa.Column('case_id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('actor_id', sa.Integer(), nullable=True),
    sa.Column('actor_role', sa.String(length=40), nullable=False),
    sa.Column('transition', sa.String(length=40), nullable=False),
    sa.Column('source', sa.Enum('drafting', 'formal_check', 'returned', 'first_assign', 'first_review', 'first_decision', 'revising', 'second_assign', 'second_review', 'second_decision', 'first_failed', 'second_failed', 'appeal_filed', 'passed', 'issued', 'announced', 'withdrawn', 'lapsed', name='source', native_enum=False, create_constraint=True, length=40), nullable=True),
    sa.Column('target', sa.Enum('drafting', 'formal_check', 'returned', 'first_assign', 'first_review', 'first_decision', 'revising', 'second_assign', 'second_review', 'second_decision', 'first_failed', 'second_failed', 'appeal_filed', 'passed', 'issued', 'announced', 'withdrawn', 'lapsed', name='target', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('reasons', sa.JSON(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.CheckConstraint("source is not null or transition = 'apply'", name=op.f('ck_case_event_source_known')),
    sa.ForeignKeyConstraint(['actor_id'], ['ab_user.id'], name=op.f('fk_case_event_actor_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['case_id'], ['certification_case.id'], name=op.f('fk_case_event_case_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_case_event'))
    )
    with op.batch_alter_table('case_event', schema=None) as batch_op:
        batch_op.create_index('ix_case_event_case', ['case_id', 'id'], unique=False)

    op.create_table('certificate',
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('track', sa.String(length=40), nullable=False),
    sa.Column('county_id', sa.Integer(), nullable=False),
    sa.Column('school_year', sa.Integer(), nullable=False),
    sa.Column('number', sa.String(length=60), nullable=False),
    sa.Column('state', sa.Enum('issued', 'announced', 'imported', 'revoked', name='state', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('issued_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('announced_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('case_id', sa.Integer(), nullable=True),
    sa.Column('verify_code', sa.String(length=20), nullable=True),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("state in ('imported', 'revoked') or case_id is not null", name=op.f('ck_certificate_from_a_case')),
    sa.ForeignKeyConstraint(['case_id'], ['certification_case.id'], name=op.f('fk_certificate_case_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['county_id'], ['county.id'], name=op.f('fk_certificate_county_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['user_id'], ['ab_user.id'], name=op.f('fk_certificate_user_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_certificate')),
    sa.UniqueConstraint('case_id', name=op.f('uq_certificate_case_id')),
    sa.UniqueConstraint('track', 'county_id', 'number', name=op.f('uq_certificate_track_county_id_number')),
    sa.UniqueConstraint('verify_code', name=op.f('uq_certificate_verify_code'))
    )
    with op.batch_alter_table('certificate', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_certificate_county_id'), ['county_id'], unique=False)
        batch_op.create_index('ix_certificate_holder', ['user_id', 'track'], unique=False)

    op.create_table('decision',
    sa.Column('case_id', sa.Integer(), nullable=False),
    sa.Column('round', sa.Enum('first', 'second', name='round', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('verdict', sa.Enum('pass', 'minor', 'revise', 'fail', name='verdict', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('band', sa.Enum('pass', 'minor', 'revise', 'fail', name='band', native_enum=False, create_constraint=True, length=40), nullable=True),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('differs', sa.Boolean(), nullable=False),
    sa.Column('decided_by_id', sa.Integer(), nullable=False),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('detail', sa.JSON(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.CheckConstraint("not differs or reason <> ''", name=op.f('ck_decision_reason_given')),
    sa.ForeignKeyConstraint(['case_id'], ['certification_case.id'], name=op.f('fk_decision_case_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['decided_by_id'], ['ab_user.id'], name=op.f('fk_decision_decided_by_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_decision')),
    sa.UniqueConstraint('case_id', 'round', name=op.f('uq_decision_case_id_round'))
    )
    op.create_table('document',
    sa.Column('case_id', sa.Integer(), nullable=False),
    sa.Column('slot', sa.String(length=40), nullable=False),
    sa.Column('form_code', sa.String(length=60), nullable=False),
    sa.Column('form_version', sa.Integer(), nullable=False),
    sa.Column('chosen', sa.Boolean(), nullable=False),
    sa.Column('answers', sa.JSON(), nullable=False),
    sa.Column('complete', sa.Boolean(), nullable=False),
    sa.Column('file_id', sa.Integer(), nullable=True),
    sa.Column('file_name', sa.String(length=200), nullable=False),
    sa.Column('saved_by_id', sa.Integer(), nullable=True),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['certification_case.id'], name=op.f('fk_document_case_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['file_id'], ['stored_file.id'], name=op.f('fk_document_file_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['saved_by_id'], ['ab_user.id'], name=op.f('fk_document_saved_by_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_document')),
    sa.UniqueConstraint('case_id', 'slot', 'form_code', name=op.f('uq_document_case_id_slot_form_code'))
    )
    with op.batch_alter_table('document', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_document_case_id'), ['case_id'], unique=False)
        batch_op.create_index('uq_document_chosen', ['case_id', 'slot'], unique=True, sqlite_where=sa.text('chosen'), postgresql_where=sa.text('chosen'))

    op.create_table('message',
    sa.Column('key', sa.String(length=120), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('case_id', sa.Integer(), nullable=True),
    sa.Column('event', sa.String(length=60), nullable=False),
    sa.Column('title_zh', sa.String(length=200), nullable=False),
    sa.Column('title_en', sa.String(length=200), nullable=False),
    sa.Column('body_zh', sa.Text(), nullable=False),
    sa.Column('body_en', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('read_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['certification_case.id'], name=op.f('fk_message_case_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['ab_user.id'], name=op.f('fk_message_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_message')),
    sa.UniqueConstraint('key', name=op.f('uq_message_key'))
    )
    with op.batch_alter_table('message', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_message_case_id'), ['case_id'], unique=False)
        batch_op.create_index('ix_message_user', ['user_id', 'id'], unique=False)

    op.create_table('submission',
    sa.Column('case_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('transition', sa.String(length=40), nullable=False),
    sa.Column('submitted_by_id', sa.Integer(), nullable=False),
    sa.Column('submitted_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('content', sa.JSON(), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['certification_case.id'], name=op.f('fk_submission_case_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['submitted_by_id'], ['ab_user.id'], name=op.f('fk_submission_submitted_by_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_submission')),
    sa.UniqueConstraint('case_id', 'number', name=op.f('uq_submission_case_id_number'))
    )
    op.create_table('sheet',
    sa.Column('assignment_id', sa.Integer(), nullable=False),
    sa.Column('state', sa.Enum('draft', 'sent', name='state', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('levels', sa.JSON(), nullable=False),
    sa.Column('comments', sa.JSON(), nullable=False),
    sa.Column('remark', sa.Text(), nullable=False),
    sa.Column('correction', sa.Integer(), nullable=False),
    sa.Column('similar', sa.String(length=10), nullable=False),
    sa.Column('verdict', sa.Enum('pass', 'minor', 'revise', 'fail', name='verdict', native_enum=False, create_constraint=True, length=40), nullable=True),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("state = 'draft' or (sent_at is not null and verdict is not null)", name=op.f('ck_sheet_sent')),
    sa.CheckConstraint('correction between -5 and 5', name=op.f('ck_sheet_correction')),
    sa.ForeignKeyConstraint(['assignment_id'], ['assignment.id'], name=op.f('fk_sheet_assignment_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sheet')),
    sa.UniqueConstraint('assignment_id', name=op.f('uq_sheet_assignment_id'))
    )
    _forbid_changes()


def downgrade():
    _allow_changes()
    op.drop_table('sheet')
    op.drop_table('submission')
    with op.batch_alter_table('message', schema=None) as batch_op:
        batch_op.drop_index('ix_message_user')
        batch_op.drop_index(batch_op.f('ix_message_case_id'))

    op.drop_table('message')
    with op.batch_alter_table('document', schema=None) as batch_op:
        batch_op.drop_index('uq_document_chosen', sqlite_where=sa.text('chosen'), postgresql_where=sa.text('chosen'))
        batch_op.drop_index(batch_op.f('ix_document_case_id'))

    op.drop_table('document')
    op.drop_table('decision')
    with op.batch_alter_table('certificate', schema=None) as batch_op:
        batch_op.drop_index('ix_certificate_holder')
        batch_op.drop_index(batch_op.f('ix_certificate_county_id'))

    op.drop_table('certificate')
    with op.batch_alter_table('case_event', schema=None) as batch_op:
        batch_op.drop_index('ix_case_event_case')

    op.drop_table('case_event')
    with op.batch_alter_table('assignment', schema=None) as batch_op:
        batch_op.drop_index('ix_assignment_reviewer')
        batch_op.drop_index(batch_op.f('ix_assignment_case_id'))

    op.drop_table('assignment')
    with op.batch_alter_table('training_record', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_training_record_user_id'))
        batch_op.drop_index(batch_op.f('ix_training_record_county_id'))

    op.drop_table('training_record')
    with op.batch_alter_table('teacher_profile', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_teacher_profile_school_id'))
        batch_op.drop_index(batch_op.f('ix_teacher_profile_county_id'))

    op.drop_table('teacher_profile')
    with op.batch_alter_table('login_session', schema=None) as batch_op:
        batch_op.drop_index('ix_login_session_user_open')

    op.drop_table('login_session')
    with op.batch_alter_table('certification_case', schema=None) as batch_op:
        batch_op.drop_index('uq_case_one_open', sqlite_where=sa.text("state not in ('announced', 'first_failed', 'lapsed', 'second_failed', 'withdrawn')"), postgresql_where=sa.text("state not in ('announced', 'first_failed', 'lapsed', 'second_failed', 'withdrawn')"))
        batch_op.drop_index(batch_op.f('ix_certification_case_due_at'))
        batch_op.drop_index(batch_op.f('ix_certification_case_campaign_id'))
        batch_op.drop_index(batch_op.f('ix_certification_case_applicant_id'))
        batch_op.drop_index('ix_case_state')
        batch_op.drop_index('ix_case_school')
        batch_op.drop_index('ix_case_county_state')

    op.drop_table('certification_case')
    op.drop_table('ab_user_role')
    with op.batch_alter_table('ab_user_group', schema=None) as batch_op:
        batch_op.drop_index('idx_user_id')
        batch_op.drop_index('idx_user_group_id')

    op.drop_table('ab_user_group')
    with op.batch_alter_table('ab_api_key', schema=None) as batch_op:
        batch_op.drop_index('idx_api_key_user_id')
        batch_op.drop_index('idx_api_key_prefix')
        batch_op.drop_index('idx_api_key_lookup_hash')

    op.drop_table('ab_api_key')
    with op.batch_alter_table('ab_user', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_ab_user_school_id'))
        batch_op.drop_index(batch_op.f('ix_ab_user_county_id'))

    op.drop_table('ab_user')
    with op.batch_alter_table('ab_permission_view_role', schema=None) as batch_op:
        batch_op.drop_index('idx_role_id')
        batch_op.drop_index('idx_permission_view_id')

    op.drop_table('ab_permission_view_role')
    with op.batch_alter_table('school', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_school_level_id'))
        batch_op.drop_index(batch_op.f('ix_school_county_id'))

    op.drop_table('school')
    op.drop_table('rubric_item')
    op.drop_table('number_series')
    with op.batch_alter_table('campaign', schema=None) as batch_op:
        batch_op.drop_index('uq_campaign_published', sqlite_where=sa.text("state = 'published'"), postgresql_where=sa.text("state = 'published'"))
        batch_op.drop_index(batch_op.f('ix_campaign_county_id'))

    op.drop_table('campaign')
    with op.batch_alter_table('ab_permission_view', schema=None) as batch_op:
        batch_op.drop_index('idx_view_menu_id')
        batch_op.drop_index('idx_permission_id')

    op.drop_table('ab_permission_view')
    with op.batch_alter_table('ab_group_role', schema=None) as batch_op:
        batch_op.drop_index('idx_group_role_id')
        batch_op.drop_index('idx_group_id')

    op.drop_table('ab_group_role')
    op.drop_table('tutorial')
    op.drop_table('subject')
    op.drop_table('stored_file')
    with op.batch_alter_table('sheet_item', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_sheet_item_track'))

    op.drop_table('sheet_item')
    op.drop_table('school_year')
    op.drop_table('school_level')
    op.drop_table('rubric')
    op.drop_table('return_reason')
    with op.batch_alter_table('outbox_mail', schema=None) as batch_op:
        batch_op.drop_index('ix_outbox_mail_due')

    op.drop_table('outbox_mail')
    op.drop_table('message_template')
    op.drop_table('identity_type')
    op.drop_table('grade')
    op.drop_table('form_type')
    op.drop_table('download')
    with op.batch_alter_table('course_type', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_course_type_track'))

    op.drop_table('course_type')
    op.drop_table('county')
    with op.batch_alter_table('audit_entry', schema=None) as batch_op:
        batch_op.drop_index('ix_audit_entry_object')
        batch_op.drop_index(batch_op.f('ix_audit_entry_at'))
        batch_op.drop_index(batch_op.f('ix_audit_entry_actor_id'))

    op.drop_table('audit_entry')
    op.drop_table('ab_view_menu')
    op.drop_table('ab_role')
    op.drop_table('ab_register_user')
    op.drop_table('ab_permission')
    op.drop_table('ab_group')
