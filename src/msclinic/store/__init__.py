"""SQLCipher tables and the journal's one gateway: the only place for SQLAlchemy."""
