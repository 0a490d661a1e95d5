"""Answers by e-mail: where a conversation's answers go that nobody looked at, how far a page has seen it, and how far it was mailed."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """One step up; of older conversations nothing is mailed."""
    op.add_column("conversations", sa.Column("reply_to", sa.String(length=254), nullable=True))
    op.add_column("conversations", sa.Column("seen_to", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("conversations", sa.Column("mailed_to", sa.Integer(), nullable=False, server_default="0"))
    shown = "select last_number from streams where name = 'conversation:' || conversations.id"
    op.execute(f"update conversations set mailed_to = coalesce(({shown}), 0)")  # noqa: S608
    op.create_index(op.f("ix_messages_role_at"), "messages", ["role", "at"])


def downgrade() -> None:
    """One step down; who left an address has to leave it again."""
    with op.batch_alter_table("messages") as messages:
        messages.drop_index(op.f("ix_messages_role_at"))
    with op.batch_alter_table("conversations") as conversations:
        for name in ("reply_to", "seen_to", "mailed_to"):
            conversations.drop_column(name)
