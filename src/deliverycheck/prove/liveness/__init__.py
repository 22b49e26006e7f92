"""Does what was promised come in the end: lassos against it, chains of stages for it."""
