"""Runs without end, checked once more: lassos, rankings of states, chains of stages."""
