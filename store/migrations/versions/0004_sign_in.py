"""sign-in: tries are counted by name in a table of their own, so that all workers agree; staff have a role."""

import sqlalchemy as sa
from alembic import op

from store.columns import Json, Moment

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """One step up."""
    op.create_table(
        "sign_in_tries",
        sa.Column("name_hash", sa.String(length=64), nullable=False),
        sa.Column("tries", Json(), nullable=False),
        sa.Column("last_at", Moment(), nullable=False),
        sa.Column("locked_until", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("name_hash", name=op.f("pk_sign_in_tries")),
    )
    with op.batch_alter_table("staff") as staff:
        staff.add_column(sa.Column("role", sa.String(length=10), nullable=False, server_default="staff"))
        staff.drop_column("failed")
        staff.drop_column("locked_until")
        staff.create_check_constraint(op.f("ck_staff_role"), "role in ('staff', 'lead')")


def downgrade() -> None:
    """One step down; who was locked out may try again, and a lead is staff like everybody."""
    with op.batch_alter_table("staff") as staff:
        staff.drop_constraint(op.f("ck_staff_role"), type_="check")
        staff.drop_column("role")
        staff.add_column(sa.Column("failed", sa.Integer(), nullable=False, server_default="0"))
        staff.add_column(sa.Column("locked_until", Moment(), nullable=True))
    op.drop_table("sign_in_tries")
