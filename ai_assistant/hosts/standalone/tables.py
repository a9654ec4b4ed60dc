"""The tables of a standalone site. `migrations` builds them; times are Unix seconds, JSON is text."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
	BigInteger,
	Boolean,
	Column,
	Dialect,
	Float,
	ForeignKey,
	Index,
	Integer,
	MetaData,
	String,
	Table,
	Text,
	TypeDecorator,
	UniqueConstraint,
	false,
)
from sqlalchemy.dialects.mysql import LONGTEXT

from ai_assistant.core.text import storable

metadata = MetaData()

_Number = BigInteger().with_variant(Integer(), "sqlite")
"""Counted up by the database; SQLite does that for INTEGER only."""
_LongText = Text().with_variant(LONGTEXT(), "mysql", "mariadb")


class _Short(TypeDecorator[str]):
	"""Text from outside."""

	impl: Any = String
	cache_ok = True

	def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
		return None if value is None else storable(value)


class _Prose(_Short):
	"""What people and models wrote."""

	impl: Any = _LongText
	cache_ok = True


_Name = _Short(140)
_Id = _Short(64)


def _table(name: str, *items: Any) -> Table:
	"""Names and ids are compared byte by byte on every database: `ann` and `Ann` are two users."""
	return Table(name, metadata, *items, mysql_collate="utf8mb4_bin", mariadb_collate="utf8mb4_bin")


users = _table(
	"users",
	Column("name", _Name, primary_key=True),
	Column("full_name", _Name, nullable=False),
	Column("password_hash", String(255)),
	Column("is_admin", Boolean, nullable=False),
	Column("created", Float(53), nullable=False),
	Column("is_disabled", Boolean, nullable=False, server_default=false()),
)

sessions = _table(
	"sessions",
	Column("sid_hash", _Id, primary_key=True),
	Column("user", _Name, nullable=False, index=True),
	Column("created", Float(53), nullable=False),
	Column("expires", Float(53), nullable=False),
)

tokens = _table(
	"tokens",
	Column("key", _Id, primary_key=True),
	Column("secret_hash", _Id, nullable=False),
	Column("user", _Name, nullable=False, index=True),
	Column("created", Float(53), nullable=False),
)

owners = _table("owners", Column("user", _Name, primary_key=True))
"""Who has conversations. Writers of one user wait for each other at this row."""

conversations = _table(
	"conversations",
	Column("number", _Number, primary_key=True),
	Column("user", _Name, nullable=False),
	Column("id", _Id, nullable=False),
	Column("title", _Name, nullable=False),
	Column("created", Float(53), nullable=False),
	Column("modified", Float(53), nullable=False),
	Column("status", String(16), nullable=False, server_default="active"),
	Column("leaf", _Id),
	UniqueConstraint("user", "id", name="conversations_user_id"),
	Index("conversations_user_modified", "user", "modified", "id"),
)

messages = _table(
	"messages",
	Column("number", _Number, primary_key=True),
	Column("id", _Id, nullable=False, unique=True),
	Column("conversation", ForeignKey("conversations.number", ondelete="CASCADE"), nullable=False),
	Column("role", String(16), nullable=False),
	Column("content", _Prose, nullable=False),
	Column("reasoning", _Prose, nullable=False),
	Column("details", _LongText, nullable=False),
	Column("is_empty", Boolean, nullable=False),
	Column("run", _Id),
	Column("created", Float(53), nullable=False),
	Column("parent", _Id, index=True),
	Column("feedback", _LongText),
	Index("messages_conversation_number", "conversation", "number"),
)

attachments = _table(
	"attachments",
	Column("id", _Id, primary_key=True),
	Column("message", ForeignKey("messages.id", ondelete="CASCADE"), nullable=False, index=True),
	Column("kind", String(16), nullable=False),
	Column("name", _Name, nullable=False),
	Column("media_type", _Name, nullable=False),
	Column("size", BigInteger, nullable=False),
	Column("content", _Prose, nullable=False),
)

runs = _table(
	"runs",
	Column("id", _Id, primary_key=True),
	Column("user", _Name, nullable=False),
	Column(
		"conversation", ForeignKey("conversations.number", ondelete="CASCADE"), nullable=False, index=True
	),
	Column("conversation_id", _Id, nullable=False),
	Column("user_message_id", _Id, nullable=False),
	Column("message_id", _Id),
	Column("state", String(16), nullable=False),
	Column("attempts", Integer, nullable=False),
	Column("generation", _LongText, nullable=False),
	Column("request_id", _Name),
	Column("digest", _Id, nullable=False),
	Column("result", _LongText),
	Column("created", Float(53), nullable=False),
	UniqueConstraint("user", "request_id", name="runs_user_request"),
	Index("runs_user_state", "user", "state"),
	Index("runs_state_created", "state", "created"),
)

preferences = _table(
	"preferences", Column("user", _Name, primary_key=True), Column("details", _LongText, nullable=False)
)

spendings = _table(
	"spendings",
	Column("run", _Id, primary_key=True),
	Column("attempt", Integer, primary_key=True),
	Column("user", _Name, nullable=False),
	Column("provider", _Name, nullable=False),
	Column("model", _Name, nullable=False),
	Column("day", String(10), nullable=False, index=True),
	Column("input_tokens", BigInteger, nullable=False),
	Column("output_tokens", BigInteger, nullable=False),
	Column("is_estimated", Boolean, nullable=False),
	Column("cost", Float(53)),
	Column("outcome", String(16), nullable=False),
	Column("ended", Float(53), nullable=False),
	Index("spendings_user_day", "user", "day"),
)

providers = _table(
	"providers",
	Column("name", _Name, primary_key=True),
	Column("priority", Integer, nullable=False),
	Column("is_enabled", Boolean, nullable=False),
	Column("details", _LongText),
	Column("api_key", _LongText),
)
"""Without details, a provider of the settings file that was put elsewhere in the order, or disabled."""
