"""Dossiers: everything a report tells about one model."""
