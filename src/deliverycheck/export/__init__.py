"""Floor 3: a system in the languages of other checkers, for a second opinion."""
