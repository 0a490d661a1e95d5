"""Grants: what staff give beyond the rules, by whom, for which reason, and which lead approved or refused it."""

import sqlalchemy as sa
from alembic import op

from store.columns import Moment

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """One step up; nobody has granted anything yet."""
    op.create_table(
        "grants",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("ticket_id", sa.String(length=40), nullable=False),
        sa.Column("staff_id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("booking_id", sa.String(length=40), nullable=True),
        sa.Column("leg_id", sa.String(length=60), nullable=True),
        sa.Column("choice_id", sa.String(length=80), nullable=True),
        sa.Column("amount", sa.String(length=20), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("decided_by", sa.String(length=40), nullable=True),
        sa.Column("decided_at", Moment(), nullable=True),
        sa.Column("proposal_id", sa.String(length=40), nullable=True),
        sa.Column("at", Moment(), nullable=False),
        sa.CheckConstraint("state in ('waiting_approval', 'offered', 'refused')", name=op.f("ck_grants_state")),
        sa.CheckConstraint("decided_by is null or decided_by <> staff_id", name=op.f("ck_grants_not_their_own")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_grants_ticket_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_grants_staff_id")),
        sa.ForeignKeyConstraint(["decided_by"], ["staff.id"], name=op.f("fk_grants_decided_by")),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposals.id"], name=op.f("fk_grants_proposal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grants")),
    )
    op.create_index(op.f("ix_grants_ticket_id"), "grants", ["ticket_id"])
    op.create_index(op.f("ix_grants_staff_id_at"), "grants", ["staff_id", "at"])


def downgrade() -> None:
    """One step down; who granted what is lost, the proposals stay."""
    op.drop_table("grants")
