"""Reminders of what waits, each once."""

import sqlalchemy as sa
from alembic import op

from store.columns import Moment

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """One step up."""
    op.create_table(
        "reminders",
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("cause", sa.String(length=12), nullable=False),
        sa.Column("address", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("due_at", Moment(), nullable=False),
        sa.Column("holder", sa.String(length=60), nullable=True),
        sa.Column("held_until", Moment(), nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.CheckConstraint("state in ('waiting', 'sending', 'sent', 'dead')", name=op.f("ck_reminders_state")),
        sa.PrimaryKeyConstraint("subject", "cause", "address", name=op.f("pk_reminders")),
    )
    op.create_index(op.f("ix_reminders_state_ended_at"), "reminders", ["state", "ended_at"])


def downgrade() -> None:
    """One step down."""
    op.drop_index(op.f("ix_reminders_state_ended_at"), table_name="reminders")
    op.drop_table("reminders")
