"""Key rings, wrapping and identities: the only place for ciphers."""
