"""What waits at the site."""
