"""Migrations of the kept tables; they never rewrite the journal and never touch read tables."""
