"""Floor 1: what a model is to an engine, and what an engine answers."""
