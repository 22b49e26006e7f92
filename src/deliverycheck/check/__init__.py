"""Floor 4: run the engines, replay, cross-examine, give the verdict."""
