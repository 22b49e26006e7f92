"""Floor 2: from the source of a model to a system of guarded actions."""
