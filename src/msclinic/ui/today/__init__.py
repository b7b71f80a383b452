"""What is expected today: one card a participant, and what is due in the next two hours."""
