"""Wiring: paths, settings, log, language, clock."""
