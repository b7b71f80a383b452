"""One use case per intention; role and zone are checked here."""
