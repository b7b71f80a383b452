"""Documents of a visit: the real pages, their signatures, and what may be done with them."""
