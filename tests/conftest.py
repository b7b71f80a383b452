"""Shared by all tests: Qt draws offscreen and nothing reaches a network."""

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
