"""Accounts of the site: who has one, and opening another."""
