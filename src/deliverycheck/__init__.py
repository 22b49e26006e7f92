"""deliverycheck: prove your message pipeline, or see the exact run that breaks it.

PYTEST_DONT_REWRITE: pytest rewrites the assertions of whatever brings a plugin, and warns where it
comes too late. Here are none, so whoever imports deliverycheck before pytest need not be warned.
"""
