"""Floor 1, on paper: systems and certificates as JSON, written and read back."""
