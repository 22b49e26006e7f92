"""deliverycheck: prove your message pipeline, or see the exact run that breaks it."""
