"""Branches of a conversation, feedback, preferences, and what answers cost."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0002"
down_revision = "0001"

_LongText = sa.Text().with_variant(mysql.LONGTEXT(), "mysql", "mariadb")
_COLLATION: Any = {"mysql_collate": "utf8mb4_bin", "mariadb_collate": "utf8mb4_bin"}

_CHAIN = """
update messages set parent = (
	select earlier.id from messages earlier
	where earlier.conversation = messages.conversation and earlier.number < messages.number
	order by earlier.number desc limit 1
)
"""
_LEAVES = """
update conversations set leaf = (
	select messages.id from messages where messages.conversation = conversations.number
	order by messages.number desc limit 1
)
"""


def upgrade() -> None:
	op.add_column(
		"conversations", sa.Column("status", sa.String(length=16), nullable=False, server_default="active")
	)
	op.add_column("conversations", sa.Column("leaf", sa.String(length=64), nullable=True))
	op.add_column("messages", sa.Column("parent", sa.String(length=64), nullable=True))
	op.add_column("messages", sa.Column("feedback", _LongText, nullable=True))
	op.create_index(op.f("ix_messages_parent"), "messages", ["parent"], unique=False)
	op.execute(_CHAIN)
	op.execute(_LEAVES)
	op.create_table(
		"preferences",
		sa.Column("user", sa.String(length=140), nullable=False),
		sa.Column("details", _LongText, nullable=False),
		sa.PrimaryKeyConstraint("user"),
		**_COLLATION,
	)
	op.create_table(
		"spendings",
		sa.Column("run", sa.String(length=64), nullable=False),
		sa.Column("attempt", sa.Integer(), nullable=False),
		sa.Column("user", sa.String(length=140), nullable=False),
		sa.Column("provider", sa.String(length=140), nullable=False),
		sa.Column("model", sa.String(length=140), nullable=False),
		sa.Column("day", sa.String(length=10), nullable=False),
		sa.Column("input_tokens", sa.BigInteger(), nullable=False),
		sa.Column("output_tokens", sa.BigInteger(), nullable=False),
		sa.Column("is_estimated", sa.Boolean(), nullable=False),
		sa.Column("cost", sa.Float(precision=53), nullable=True),
		sa.Column("outcome", sa.String(length=16), nullable=False),
		sa.Column("ended", sa.Float(precision=53), nullable=False),
		sa.PrimaryKeyConstraint("run", "attempt"),
		**_COLLATION,
	)
	op.create_index(op.f("ix_spendings_day"), "spendings", ["day"], unique=False)
	op.create_index("spendings_user_day", "spendings", ["user", "day"], unique=False)


def downgrade() -> None:
	op.drop_table("spendings")
	op.drop_table("preferences")
	op.drop_index(op.f("ix_messages_parent"), table_name="messages")
	op.drop_column("messages", "feedback")
	op.drop_column("messages", "parent")
	op.drop_column("conversations", "leaf")
	op.drop_column("conversations", "status")
