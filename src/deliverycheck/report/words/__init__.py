"""The sentences of a report, whatever it is written in: plain text, not wrapped, not escaped."""
