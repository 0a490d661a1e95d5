"""The name of the embedder: workers follow one of them that has embedded the base again with another model."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """One step up; of a base that stands already the name is not known until it is embedded again."""
    with op.batch_alter_table("base") as base:
        base.add_column(sa.Column("embedder", sa.String(length=400), nullable=True))


def downgrade() -> None:
    """One step down."""
    with op.batch_alter_table("base") as base:
        base.drop_column("embedder")
