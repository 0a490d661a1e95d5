"""Lessons: what a person answered, on its way to becoming a curated article."""

import sqlalchemy as sa
from alembic import op

from store.columns import Json, Moment

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """One step up; nothing has been taught yet."""
    op.create_table(
        "lessons",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("article_id", sa.String(length=120), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.String(length=40), nullable=True),
        sa.Column("staff_id", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("audience", sa.String(length=20), nullable=False),
        sa.Column("record", Json(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("decided_by", sa.String(length=40), nullable=True),
        sa.Column("decided_at", Moment(), nullable=True),
        sa.CheckConstraint("state in ('proposed', 'published', 'withdrawn', 'discarded')", name=op.f("ck_lessons_state")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_lessons_ticket_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_lessons_staff_id")),
        sa.ForeignKeyConstraint(["decided_by"], ["staff.id"], name=op.f("fk_lessons_decided_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lessons")),
        sa.UniqueConstraint("article_id", "version", name=op.f("uq_lessons_article_id_version")),
    )
    op.create_index(op.f("ix_lessons_at"), "lessons", ["at"])


def downgrade() -> None:
    """One step down; the articles that lessons became stay."""
    op.drop_table("lessons")
