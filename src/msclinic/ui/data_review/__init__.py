"""Data review: what is compared with its source, what is asked, what is locked."""
