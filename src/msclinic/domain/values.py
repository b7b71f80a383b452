"""Answers as values: what a participant's record can hold, and how it is written down.

A missing answer is a value with a reason. Nothing here completes a partial date, turns a
missing answer into zero or a decimal into a float.
"""
