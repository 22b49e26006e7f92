"""Floor 3: the independent certificate checker; shares no code with the engines."""
