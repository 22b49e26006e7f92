"""Floor 2: what authors of models write. It runs as plain Python, and is lifted from its source."""

from math import inf as inf

from deliverycheck.lang.channels import Channel as Channel
from deliverycheck.lang.channels import Connection as Connection
from deliverycheck.lang.channels import Fifo as Fifo
from deliverycheck.lang.channels import require as require
from deliverycheck.lang.domains import AtMost as AtMost
from deliverycheck.lang.domains import Message as Message
from deliverycheck.lang.domains import Natural as Natural
from deliverycheck.lang.domains import Range as Range
from deliverycheck.lang.domains import Sort as Sort
from deliverycheck.lang.domains import Volatile as Volatile
from deliverycheck.lang.protocol import Protocol as Protocol
from deliverycheck.lang.roles import Role as Role
from deliverycheck.lang.roles import Steps as Steps
from deliverycheck.lang.roles import always as always
from deliverycheck.lang.roles import fault as fault
from deliverycheck.lang.roles import leads_to as leads_to
from deliverycheck.lang.roles import sometimes as sometimes
