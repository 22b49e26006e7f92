"""Floor 3: the symbolic engine. Shortest violations by bounded search, proofs for any number."""
