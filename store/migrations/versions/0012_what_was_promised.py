"""What was promised, and what came of it: the first promise, the wait that was expected, and when staff first and last said something."""

import sqlalchemy as sa
from alembic import op

from store.columns import Moment

revision = "0012"
down_revision = "0011"
_NEW = ("first_promised_by", "answered_at", "last_said_at")


def upgrade() -> None:
    """One step up; of older tickets it is not known."""
    for name in _NEW:
        op.add_column("tickets", sa.Column(name, Moment(), nullable=True))
    op.add_column("tickets", sa.Column("expected_wait", sa.Float(), nullable=True))
    op.create_index(op.f("ix_tickets_opened_at"), "tickets", ["opened_at"])


def downgrade() -> None:
    """One step down; what was promised first is lost."""
    with op.batch_alter_table("tickets") as tickets:
        tickets.drop_index(op.f("ix_tickets_opened_at"))
        for name in (*_NEW, "expected_wait"):
            tickets.drop_column(name)
