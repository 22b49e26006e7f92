"""Floor 3: the explicit engine: every reachable state, and what follows from having them all."""
