"""Floor 6: what people and machines are shown. Works on results only, never on engines."""
