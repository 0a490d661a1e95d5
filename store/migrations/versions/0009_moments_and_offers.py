"""Moments, the offers that came of them, the outbox of e-mails with the codes in their links; whether a page follows a conversation."""

import sqlalchemy as sa
from alembic import op

from store.columns import Json, Moment

revision = "0009"
down_revision = "0008"

_OUTCOMES = "outcome in ('chat', 'desk', 'email', 'held_out', 'nothing', 'late', 'failed')"
_OFFERED = "state in ('shown', 'told', 'to_staff', 'held_out', 'accepted', 'declined', 'ignored')"


def upgrade() -> None:
    """One step up."""
    op.create_table(
        "moments",
        sa.Column("id", sa.String(120), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("traveller_id", sa.String(80), nullable=False),
        sa.Column("booking_id", sa.String(40)),
        sa.Column("leg_id", sa.String(60)),
        sa.Column("rating", sa.Integer()),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("told_at", Moment(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(12)),
        sa.Column("why", sa.Text()),
        sa.Column("handled_at", Moment()),
        sa.CheckConstraint(_OUTCOMES, name=op.f("ck_moments_outcome")),
        sa.CheckConstraint("(outcome is null) = (handled_at is null)", name=op.f("ck_moments_handled")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moments")),
    )
    op.create_index(op.f("ix_moments_handled_at"), "moments", ["handled_at"])
    op.create_index(op.f("ix_moments_traveller_id"), "moments", ["traveller_id"])
    op.create_table(
        "offers",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("moment_id", sa.String(120), nullable=False),
        sa.Column("moment", sa.String(20), nullable=False),
        sa.Column("traveller_id", sa.String(80), nullable=False),
        sa.Column("rule_id", sa.String(120), nullable=False),
        sa.Column("right", sa.String(60), nullable=False),
        sa.Column("door", sa.String(8), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("worth", sa.Float(), nullable=False),
        sa.Column("conversation_id", sa.String(40)),
        sa.Column("proposal_id", sa.String(40)),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("ended_at", Moment()),
        sa.CheckConstraint(_OFFERED, name=op.f("ck_offers_state")),
        sa.CheckConstraint("door in ('chat', 'desk', 'email', 'none')", name=op.f("ck_offers_door")),
        sa.ForeignKeyConstraint(["moment_id"], ["moments.id"], name=op.f("fk_offers_moment_id")),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name=op.f("fk_offers_conversation_id")),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposals.id"], name=op.f("fk_offers_proposal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offers")),
        sa.UniqueConstraint("moment_id", name=op.f("uq_offers_moment_id")),
        sa.UniqueConstraint("proposal_id", name=op.f("uq_offers_proposal_id")),
    )
    op.create_index(op.f("ix_offers_traveller_id_at"), "offers", ["traveller_id", "at"])
    op.create_index(op.f("ix_offers_state"), "offers", ["state"])
    op.create_table(
        "outbox",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("purpose", sa.String(10), nullable=False),
        sa.Column("traveller_id", sa.String(80), nullable=False),
        sa.Column("mail", Json(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("due_at", Moment(), nullable=False),
        sa.Column("useless_at", Moment()),
        sa.Column("holder", sa.String(60)),
        sa.Column("held_until", Moment()),
        sa.Column("problem", sa.Text()),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("ended_at", Moment()),
        sa.CheckConstraint("state in ('waiting', 'sending', 'sent', 'dead', 'dropped')", name=op.f("ck_outbox_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
    )
    op.create_index(op.f("ix_outbox_state_due_at"), "outbox", ["state", "due_at"])
    op.create_table(
        "mail_codes",
        sa.Column("code_hash", sa.String(64), nullable=False),
        sa.Column("purpose", sa.String(12), nullable=False),
        sa.Column("traveller_id", sa.String(80), nullable=False),
        sa.Column("conversation_id", sa.String(40)),
        sa.Column("expires_at", Moment(), nullable=False),
        sa.Column("used_at", Moment()),
        sa.CheckConstraint("purpose in ('resume', 'unsubscribe')", name=op.f("ck_mail_codes_purpose")),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name=op.f("fk_mail_codes_conversation_id")),
        sa.PrimaryKeyConstraint("code_hash", name=op.f("pk_mail_codes")),
    )
    op.create_index(op.f("ix_mail_codes_expires_at"), "mail_codes", ["expires_at"])
    op.create_table(
        "opt_outs",
        sa.Column("traveller_id", sa.String(80), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("traveller_id", name=op.f("pk_opt_outs")),
    )
    with op.batch_alter_table("conversations") as conversations:
        conversations.add_column(sa.Column("listened_at", Moment(), nullable=True))


def downgrade() -> None:
    """One step down: what was offered is forgotten, what waits to be sent is not sent."""
    with op.batch_alter_table("conversations") as conversations:
        conversations.drop_column("listened_at")
    for table in ("opt_outs", "mail_codes", "outbox", "offers", "moments"):
        op.drop_table(table)
