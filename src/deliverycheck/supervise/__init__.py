"""Floor 0: child processes for dangerous work; the parent owns the clock and the memory cap."""
