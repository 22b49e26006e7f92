"""Floor 2: what a system means, in about a hundred lines."""
