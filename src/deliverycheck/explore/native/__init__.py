"""The explicit engine on whole arrays, compiled: what is too large for one object per state.

Only imported where it pays: numba and numpy (the extra `fast`) take longer to load than most
models take to check.
"""
