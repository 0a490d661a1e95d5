"""leases: of several workers one does each duty."""

import sqlalchemy as sa
from alembic import op

from store.columns import Moment

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """One step up."""
    op.create_table(
        "leases",
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("holder", sa.String(length=60), nullable=False),
        sa.Column("until", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_leases")),
    )


def downgrade() -> None:
    """One step down."""
    op.drop_table("leases")
