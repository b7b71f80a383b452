"""Form definitions, expressions and the entry session: never a screen, never a store."""
