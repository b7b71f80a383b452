"""Rules and values of the clinic: standard library and attrs only, never a file or a screen."""
