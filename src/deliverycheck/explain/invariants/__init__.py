"""Invariants in words: from clauses over variables to sentences about the model."""
