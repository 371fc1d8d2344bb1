"""The table of codings; a coding can be superseded once, so that no correction is lost."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision: str | None = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table and its indexes."""
    op.create_table(
        "codings",
        sa.Column("coding", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("unit", sa.Text, nullable=False),
        sa.Column("variable", sa.String(80), nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        sa.Column("coder", sa.String(80), nullable=False),
        sa.Column("coder_kind", sa.String(16), nullable=False),
        sa.Column("document", sa.String(64)),
        sa.Column("start", sa.Integer),
        sa.Column("end", sa.Integer),
        sa.Column("quote", sa.Text),
        sa.Column("decided_at", sa.String(32), nullable=False),
        sa.Column("note", sa.Text),
        sa.Column("supersedes", sa.Integer, sa.ForeignKey("codings.coding")),
    )
    op.create_index("codings_superseded_once", "codings", ["supersedes"], unique=True)
    op.create_index("codings_by_document", "codings", ["document", "start"])


def downgrade() -> None:
    """Drop the table and all that was coded."""
    op.drop_table("codings")
