"""The tables of a standalone site. `migrations` builds them; times are Unix seconds, JSON is text."""

from __future__ import annotations

from sqlalchemy import (
	Boolean,
	Column,
	Float,
	ForeignKey,
	Index,
	Integer,
	MetaData,
	String,
	Table,
	Text,
	UniqueConstraint,
)
from sqlalchemy.dialects.mysql import LONGTEXT

metadata = MetaData()

_Name = String(140)
_Id = String(64)
_LongText = Text().with_variant(LONGTEXT(), "mysql", "mariadb")

users = Table(
	"users",
	metadata,
	Column("name", _Name, primary_key=True),
	Column("full_name", _Name, nullable=False),
	Column("password_hash", String(255)),
	Column("is_admin", Boolean, nullable=False),
	Column("created", Float(53), nullable=False),
)

sessions = Table(
	"sessions",
	metadata,
	Column("sid_hash", _Id, primary_key=True),
	Column("user", _Name, nullable=False, index=True),
	Column("created", Float(53), nullable=False),
	Column("expires", Float(53), nullable=False),
)

tokens = Table(
	"tokens",
	metadata,
	Column("key", _Id, primary_key=True),
	Column("secret_hash", _Id, nullable=False),
	Column("user", _Name, nullable=False, index=True),
	Column("created", Float(53), nullable=False),
)

conversations = Table(
	"conversations",
	metadata,
	Column("number", Integer, primary_key=True),
	Column("user", _Name, nullable=False),
	Column("id", _Id, nullable=False),
	Column("title", _Name, nullable=False),
	Column("created", Float(53), nullable=False),
	Column("modified", Float(53), nullable=False),
	UniqueConstraint("user", "id", name="conversations_user_id"),
	Index("conversations_user_modified", "user", "modified", "id"),
)

messages = Table(
	"messages",
	metadata,
	Column("number", Integer, primary_key=True),
	Column("id", _Id, nullable=False, unique=True),
	Column("conversation", ForeignKey("conversations.number", ondelete="CASCADE"), nullable=False),
	Column("role", String(16), nullable=False),
	Column("content", _LongText, nullable=False),
	Column("reasoning", _LongText, nullable=False),
	Column("details", _LongText, nullable=False),
	Column("run", _Id),
	Column("created", Float(53), nullable=False),
	Index("messages_conversation_number", "conversation", "number"),
)

runs = Table(
	"runs",
	metadata,
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
