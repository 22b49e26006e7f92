"""The solver's process: `python -m deliverycheck.prove`, for the engine only."""

from deliverycheck.prove.worker import Desk
from deliverycheck.supervise.serving import serve

serve(Desk().answer)
