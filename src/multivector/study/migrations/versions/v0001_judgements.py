"""The table of judgements; a study older than migrations has it already."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision: str | None = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table unless it is there."""
    if sa.inspect(op.get_bind()).has_table("judgements"):
        return
    op.create_table(
        "judgements",
        sa.Column("judgement", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("subject", sa.String(200), nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        sa.Column("coder", sa.String(80), nullable=False),
        sa.Column("decided_at", sa.String(32), nullable=False),
        sa.Column("note", sa.Text),
        sa.Column("supersedes", sa.Integer),
    )


def downgrade() -> None:
    """Drop the table and all that was judged."""
    op.drop_table("judgements")
