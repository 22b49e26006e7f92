"""Floor 5: why a verdict is what it is."""
