"""The infusion run: items, states, gates, volumes, timers and stop rules as pure functions."""
