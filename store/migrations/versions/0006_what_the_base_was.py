"""What the base was: of each ingestion, the articles that it touched as they were before, so that it can be taken back."""

import sqlalchemy as sa
from alembic import op

from store.columns import Json, Moment

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """One step up; what was taken in before cannot be taken back."""
    op.create_table(
        "ingestions",
        sa.Column("revision", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("before", Json(), nullable=False),
        sa.PrimaryKeyConstraint("revision", name=op.f("pk_ingestions")),
    )


def downgrade() -> None:
    """One step down."""
    op.drop_table("ingestions")
