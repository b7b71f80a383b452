"""Read models to PDF, signing and checking: never the store."""
