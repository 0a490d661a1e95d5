"""Changes of every kind: an outcome may be unknown or taken back; a use of a right says of whom, for what and when."""

import sqlalchemy as sa
from alembic import op

from store.columns import Moment

revision = "0008"
down_revision = "0007"

_BEFORE = "state in ('offered', 'pending', 'executed', 'declined', 'expired', 'failed')"
_NOW = "state in ('offered', 'pending', 'unknown', 'executed', 'declined', 'expired', 'failed', 'undone')"


def upgrade() -> None:
    """One step up; earlier uses are of the right that their proposal was for, at the moment of its yes."""
    with op.batch_alter_table("proposals") as proposals:
        proposals.drop_constraint(op.f("ck_proposals_state"), type_="check")
        proposals.create_check_constraint(op.f("ck_proposals_state"), _NOW)
        proposals.add_column(sa.Column("kind", sa.String(length=12), nullable=False, server_default="rebooking"))
        proposals.add_column(sa.Column("unknown_since", Moment(), nullable=True))
        proposals.add_column(sa.Column("tried_at", Moment(), nullable=True))
        proposals.add_column(sa.Column("handed_at", Moment(), nullable=True))
        proposals.add_column(sa.Column("undo_until", Moment(), nullable=True))
        proposals.alter_column("booking_id", existing_type=sa.String(40), nullable=True)
    with op.batch_alter_table("right_uses") as uses:
        uses.add_column(sa.Column("right", sa.String(length=60), nullable=True))
        uses.add_column(sa.Column("traveller_id", sa.String(length=80), nullable=True))
        uses.add_column(sa.Column("company_id", sa.String(length=80), nullable=True))
        uses.add_column(sa.Column("booking_id", sa.String(length=40), nullable=True))
        uses.add_column(sa.Column("leg_id", sa.String(length=60), nullable=True))
        uses.add_column(sa.Column("at", Moment(), nullable=True))
        uses.create_index(op.f("ix_right_uses_traveller_id"), ["traveller_id"])
        uses.create_index(op.f("ix_right_uses_company_id"), ["company_id"])
        uses.create_index(op.f("ix_right_uses_booking_id"), ["booking_id"])
    asked = sa.table("proposals", *(sa.column(c) for c in ("id", "traveller_id", "booking_id", "confirmed_at", "created_at")))
    right_uses = sa.table("right_uses", *(sa.column(c) for c in ("proposal_id", "right", "traveller_id", "booking_id", "at")))

    def of(column: str) -> sa.ScalarSelect[object]:
        return sa.select(asked.c[column]).where(asked.c.id == right_uses.c.proposal_id).scalar_subquery()

    op.execute(
        right_uses.update().values(
            right="free_change",
            traveller_id=of("traveller_id"),
            booking_id=of("booking_id"),
            at=sa.func.coalesce(of("confirmed_at"), of("created_at")),
        )
    )


def downgrade() -> None:
    """One step down: what was unknown is pending again, what was taken back counts as carried out."""
    op.execute("update proposals set state = 'pending' where state = 'unknown'")
    op.execute("update proposals set state = 'executed' where state = 'undone'")
    with op.batch_alter_table("right_uses") as uses:
        for column in ("traveller_id", "company_id", "booking_id"):
            uses.drop_index(op.f(f"ix_right_uses_{column}"))
        for column in ("right", "traveller_id", "company_id", "booking_id", "leg_id", "at"):
            uses.drop_column(column)
    op.execute("update proposals set booking_id = '' where booking_id is null")
    with op.batch_alter_table("proposals") as proposals:
        proposals.drop_constraint(op.f("ck_proposals_state"), type_="check")
        proposals.create_check_constraint(op.f("ck_proposals_state"), _BEFORE)
        proposals.alter_column("booking_id", existing_type=sa.String(40), nullable=False)
        for column in ("kind", "unknown_since", "tried_at", "handed_at", "undo_until"):
            proposals.drop_column(column)
