"""The sweep: every combination of some settings and budgets, and what follows from the verdicts."""
