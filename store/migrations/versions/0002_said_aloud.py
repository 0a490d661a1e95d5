"""a reply that is said sentence by sentence can be finished by another worker; what models cost, by day."""

import sqlalchemy as sa
from alembic import op

from store.columns import Json

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """One step up."""
    with op.batch_alter_table("turns") as turns:
        turns.add_column(sa.Column("plan", Json(), nullable=True))
    op.create_table(
        "spending",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("model", sa.String(length=120), nullable=False),
        sa.Column("tokens_in", sa.BigInteger(), nullable=False),
        sa.Column("tokens_out", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("day", "model", name=op.f("pk_spending")),
    )


def downgrade() -> None:
    """And down again."""
    op.drop_table("spending")
    with op.batch_alter_table("turns") as turns:
        turns.drop_column("plan")
