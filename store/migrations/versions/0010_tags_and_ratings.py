"""Tags that staff and the bot set."""

import sqlalchemy as sa
from alembic import op

from store.columns import Json, Moment

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """One step up."""
    op.create_table(
        "tags",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("traveller_id", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("title", Json(), nullable=False),
        sa.Column("source", sa.String(length=10), nullable=False),
        sa.Column("set_by", sa.String(length=80), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("since", Moment(), nullable=False),
        sa.Column("until", Moment(), nullable=True),
        sa.Column("ended_by", sa.String(length=80), nullable=True),
        sa.CheckConstraint("source in ('staff', 'bot')", name=op.f("ck_tags_source")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tags")),
    )
    op.create_index(op.f("ix_tags_traveller_id"), "tags", ["traveller_id"])


def downgrade() -> None:
    """One step down."""
    op.drop_index(op.f("ix_tags_traveller_id"), table_name="tags")
    op.drop_table("tags")
