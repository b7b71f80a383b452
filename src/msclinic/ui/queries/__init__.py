"""Queries beside what they are about: read, raised, answered and closed."""
