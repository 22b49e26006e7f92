"""Drawings: SVG made by hand, and the text that says the same."""
