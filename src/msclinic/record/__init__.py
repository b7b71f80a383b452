"""The journal entry, its hash, acts, fold and heads: pure, never a database."""
