"""Why a run breaks a property: when it was decided, what it took, what would have been better."""
