"""Floor 7: the pytest plugin; like the command line, it knows what to ask and how to tell."""
