"""The study as it was activated: schedule, forms, limits, rights."""
