"""What is known of an answer: what a staff member says of it (right or wrong); and what an article's author says is at stake."""

import sqlalchemy as sa
from alembic import op

from store.columns import Json

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """One step up; nobody has said anything yet."""
    op.add_column("messages", sa.Column("label", sa.String(length=5), nullable=True))
    op.add_column("articles", sa.Column("stakes", Json(), nullable=True))


def downgrade() -> None:
    """One step down; what was said is lost."""
    with op.batch_alter_table("articles") as articles:
        articles.drop_column("stakes")
    with op.batch_alter_table("messages") as messages:
        messages.drop_column("label")
