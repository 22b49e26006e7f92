"""Floor 4: from names on a command line to questions about models."""
