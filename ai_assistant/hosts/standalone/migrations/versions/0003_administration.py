"""Providers that administrators add, and users who may not sign in."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0003"
down_revision = "0002"

_LongText = sa.Text().with_variant(mysql.LONGTEXT(), "mysql", "mariadb")
_COLLATION: Any = {"mysql_collate": "utf8mb4_bin", "mariadb_collate": "utf8mb4_bin"}


def upgrade() -> None:
	op.add_column("users", sa.Column("is_disabled", sa.Boolean(), nullable=False, server_default=sa.false()))
	op.create_table(
		"providers",
		sa.Column("name", sa.String(length=140), nullable=False),
		sa.Column("priority", sa.Integer(), nullable=False),
		sa.Column("is_enabled", sa.Boolean(), nullable=False),
		sa.Column("details", _LongText, nullable=True),
		sa.Column("api_key", _LongText, nullable=True),
		sa.PrimaryKeyConstraint("name"),
		**_COLLATION,
	)


def downgrade() -> None:
	op.drop_table("providers")
	op.drop_column("users", "is_disabled")
