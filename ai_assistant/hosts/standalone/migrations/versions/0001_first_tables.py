"""The first tables."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0001"
down_revision = None

_Number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_LongText = sa.Text().with_variant(mysql.LONGTEXT(), "mysql", "mariadb")


def _create(name: str, *items: Any) -> None:
	op.create_table(name, *items, mysql_collate="utf8mb4_bin", mariadb_collate="utf8mb4_bin")


def upgrade() -> None:
	_create(
		"owners", sa.Column("user", sa.String(length=140), nullable=False), sa.PrimaryKeyConstraint("user")
	)
	_create(
		"conversations",
		sa.Column("number", _Number, nullable=False),
		sa.Column("user", sa.String(length=140), nullable=False),
		sa.Column("id", sa.String(length=64), nullable=False),
		sa.Column("title", sa.String(length=140), nullable=False),
		sa.Column("created", sa.Float(precision=53), nullable=False),
		sa.Column("modified", sa.Float(precision=53), nullable=False),
		sa.PrimaryKeyConstraint("number"),
		sa.UniqueConstraint("user", "id", name="conversations_user_id"),
	)
	op.create_index("conversations_user_modified", "conversations", ["user", "modified", "id"], unique=False)
	_create(
		"sessions",
		sa.Column("sid_hash", sa.String(length=64), nullable=False),
		sa.Column("user", sa.String(length=140), nullable=False),
		sa.Column("created", sa.Float(precision=53), nullable=False),
		sa.Column("expires", sa.Float(precision=53), nullable=False),
		sa.PrimaryKeyConstraint("sid_hash"),
	)
	op.create_index(op.f("ix_sessions_user"), "sessions", ["user"], unique=False)
	_create(
		"tokens",
		sa.Column("key", sa.String(length=64), nullable=False),
		sa.Column("secret_hash", sa.String(length=64), nullable=False),
		sa.Column("user", sa.String(length=140), nullable=False),
		sa.Column("created", sa.Float(precision=53), nullable=False),
		sa.PrimaryKeyConstraint("key"),
	)
	op.create_index(op.f("ix_tokens_user"), "tokens", ["user"], unique=False)
	_create(
		"users",
		sa.Column("name", sa.String(length=140), nullable=False),
		sa.Column("full_name", sa.String(length=140), nullable=False),
		sa.Column("password_hash", sa.String(length=255), nullable=True),
		sa.Column("is_admin", sa.Boolean(), nullable=False),
		sa.Column("created", sa.Float(precision=53), nullable=False),
		sa.PrimaryKeyConstraint("name"),
	)
	_create(
		"messages",
		sa.Column("number", _Number, nullable=False),
		sa.Column("id", sa.String(length=64), nullable=False),
		sa.Column("conversation", _Number, nullable=False),
		sa.Column("role", sa.String(length=16), nullable=False),
		sa.Column("content", _LongText, nullable=False),
		sa.Column("reasoning", _LongText, nullable=False),
		sa.Column("details", _LongText, nullable=False),
		sa.Column("is_empty", sa.Boolean(), nullable=False),
		sa.Column("run", sa.String(length=64), nullable=True),
		sa.Column("created", sa.Float(precision=53), nullable=False),
		sa.ForeignKeyConstraint(["conversation"], ["conversations.number"], ondelete="CASCADE"),
		sa.PrimaryKeyConstraint("number"),
		sa.UniqueConstraint("id"),
	)
	op.create_index("messages_conversation_number", "messages", ["conversation", "number"], unique=False)
	_create(
		"runs",
		sa.Column("id", sa.String(length=64), nullable=False),
		sa.Column("user", sa.String(length=140), nullable=False),
		sa.Column("conversation", _Number, nullable=False),
		sa.Column("conversation_id", sa.String(length=64), nullable=False),
		sa.Column("user_message_id", sa.String(length=64), nullable=False),
		sa.Column("message_id", sa.String(length=64), nullable=True),
		sa.Column("state", sa.String(length=16), nullable=False),
		sa.Column("attempts", sa.Integer(), nullable=False),
		sa.Column("generation", _LongText, nullable=False),
		sa.Column("request_id", sa.String(length=140), nullable=True),
		sa.Column("digest", sa.String(length=64), nullable=False),
		sa.Column("result", _LongText, nullable=True),
		sa.Column("created", sa.Float(precision=53), nullable=False),
		sa.ForeignKeyConstraint(["conversation"], ["conversations.number"], ondelete="CASCADE"),
		sa.PrimaryKeyConstraint("id"),
		sa.UniqueConstraint("user", "request_id", name="runs_user_request"),
	)
	op.create_index(op.f("ix_runs_conversation"), "runs", ["conversation"], unique=False)
	op.create_index("runs_state_created", "runs", ["state", "created"], unique=False)
	op.create_index("runs_user_state", "runs", ["user", "state"], unique=False)


def downgrade() -> None:
	op.drop_index("runs_user_state", table_name="runs")
	op.drop_index("runs_state_created", table_name="runs")
	op.drop_index(op.f("ix_runs_conversation"), table_name="runs")
	op.drop_table("runs")
	op.drop_index("messages_conversation_number", table_name="messages")
	op.drop_table("messages")
	op.drop_table("users")
	op.drop_index(op.f("ix_tokens_user"), table_name="tokens")
	op.drop_table("tokens")
	op.drop_index(op.f("ix_sessions_user"), table_name="sessions")
	op.drop_table("sessions")
	op.drop_index("conversations_user_modified", table_name="conversations")
	op.drop_table("conversations")
	op.drop_table("owners")
