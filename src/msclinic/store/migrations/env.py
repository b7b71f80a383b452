"""Runs migrations on the connection that the store hands over; reads no ini file."""

from alembic import context

context.configure(connection=context.config.attributes["connection"], transactional_ddl=True)
context.run_migrations()
