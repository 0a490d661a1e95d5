"""Reminders of what waits, each once; and cases, with an owner and a date."""

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
    op.create_table(
        "cases",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("ticket_id", sa.String(length=40), nullable=False),
        sa.Column("conversation_id", sa.String(length=40), nullable=False),
        sa.Column("traveller_id", sa.String(length=80), nullable=True),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("owner_id", sa.String(length=40), nullable=True),
        sa.Column("due_at", Moment(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("opened_at", Moment(), nullable=False),
        sa.Column("closed_at", Moment(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_by", sa.String(length=40), nullable=True),
        sa.CheckConstraint("state in ('open', 'answered', 'closed')", name=op.f("ck_cases_state")),
        sa.CheckConstraint("(state = 'closed') = (closed_at is not null)", name=op.f("ck_cases_end")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_cases_ticket_id")),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name=op.f("fk_cases_conversation_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["staff.id"], name=op.f("fk_cases_owner_id")),
        sa.ForeignKeyConstraint(["changed_by"], ["staff.id"], name=op.f("fk_cases_changed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cases")),
    )
    where = sa.text("state <> 'closed'")
    op.create_index("uq_cases_one_open", "cases", ["ticket_id"], unique=True, sqlite_where=where, postgresql_where=where)
    op.create_index(op.f("ix_cases_state_closed_at"), "cases", ["state", "closed_at"])
    op.create_index(op.f("ix_cases_conversation_id"), "cases", ["conversation_id"])


def downgrade() -> None:
    """One step down."""
    op.drop_table("cases")
    op.drop_index(op.f("ix_reminders_state_ended_at"), table_name="reminders")
    op.drop_table("reminders")
