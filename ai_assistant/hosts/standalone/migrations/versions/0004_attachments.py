"""Images and attachments leave the rows of their messages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

from ai_assistant.core.former_files import former_files
from ai_assistant.core.messages import references

revision = "0004"
down_revision = "0003"

_LongText = sa.Text().with_variant(mysql.LONGTEXT(), "mysql", "mariadb")
_COLLATION: Any = {"mysql_collate": "utf8mb4_bin", "mariadb_collate": "utf8mb4_bin"}

_COLUMNS = ("id", "message", "kind", "name", "media_type", "size", "content")
_attachments = sa.table("attachments", *(sa.column(name) for name in _COLUMNS))
_messages = sa.table("messages", sa.column("id"), sa.column("details"))


def upgrade() -> None:
	op.create_table(
		"attachments",
		sa.Column("id", sa.String(length=64), nullable=False),
		sa.Column("message", sa.String(length=64), nullable=False),
		sa.Column("kind", sa.String(length=16), nullable=False),
		sa.Column("name", sa.String(length=140), nullable=False),
		sa.Column("media_type", sa.String(length=140), nullable=False),
		sa.Column("size", sa.BigInteger(), nullable=False),
		sa.Column("content", _LongText, nullable=False),
		sa.ForeignKeyConstraint(["message"], ["messages.id"], ondelete="CASCADE"),
		sa.PrimaryKeyConstraint("id"),
		**_COLLATION,
	)
	op.create_index(op.f("ix_attachments_message"), "attachments", ["message"], unique=False)
	for id, details in _with_files():
		files = tuple(former_files(details.pop("images", ()), details.pop("attachments", ())))
		attachments = references(id, files)
		for attachment, file in zip(attachments, files, strict=True):
			row = msgspec.to_builtins(file) | {"id": attachment.id, "message": id}
			op.execute(sa.insert(_attachments).values(row))
		_keep(id, details | {"attachments": attachments})


def downgrade() -> None:
	for id, details in _with_files():
		ids = [reference["id"] for reference in details.pop("attachments", ())]
		found = op.get_bind().execute(sa.select(_attachments).where(_attachments.c.id.in_(ids)))
		files = {row.id: row for row in found}
		kept = [files[id] for id in ids]
		images = [file.content for file in kept if file.kind == "image"]
		texts = [
			{"name": file.name, "media_type": file.media_type, "text": file.content}
			for file in kept
			if file.kind == "text"
		]
		_keep(id, details | {"images": images, "attachments": texts})
	op.drop_table("attachments")


def _with_files() -> Iterator[tuple[str, dict[str, Any]]]:
	"""Messages that may have files and their details, one in memory at a time."""
	may_have = sa.or_(
		_messages.c.details.contains('"images":'), _messages.c.details.contains('"attachments":')
	)
	ids = op.get_bind().execute(sa.select(_messages.c.id).where(may_have)).scalars().all()
	for id in ids:
		query = sa.select(_messages.c.details).where(_messages.c.id == id)
		yield id, msgspec.json.decode(op.get_bind().execute(query).scalar_one())


def _keep(id: str, details: dict[str, Any]) -> None:
	text = msgspec.json.encode(details).decode()
	op.execute(sa.update(_messages).where(_messages.c.id == id).values(details=text))
