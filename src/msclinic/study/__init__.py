"""One versioned study folder, loaded and checked whole."""
