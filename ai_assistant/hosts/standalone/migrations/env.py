"""Runs migrations over the connection that `database.migrate` hands in."""

from alembic import context

from ai_assistant.hosts.standalone.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
	context.run_migrations()
