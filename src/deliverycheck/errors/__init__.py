"""Floor 0: errors and their codes. Imports nothing of this package."""

from deliverycheck.errors.codes import CODES as CODES
from deliverycheck.errors.codes import Explanation as Explanation
from deliverycheck.errors.diagnostics import DeliveryCheckError as DeliveryCheckError
from deliverycheck.errors.diagnostics import Diagnostic as Diagnostic
from deliverycheck.errors.diagnostics import DisagreementError as DisagreementError
from deliverycheck.errors.diagnostics import InputError as InputError
from deliverycheck.errors.diagnostics import did_you_mean as did_you_mean
from deliverycheck.errors.exits import Exit as Exit
