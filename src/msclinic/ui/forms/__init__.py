"""Any form of the study, drawn from its definition."""
