"""The linear code of a method: from its syntax, with helpers inlined, and what cannot be lifted."""
