"""The phases of a layered layout: layers, order within them, positions."""
