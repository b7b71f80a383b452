"""Backups on screen: the place where they are looked after, and what runs by itself."""
