"""Parts: halves of protocols that many designs share. Extend one and write the other half."""

from deliverycheck.lang.parts.logs import Log as Log
from deliverycheck.lang.parts.logs import Offset as Offset
from deliverycheck.lang.parts.logs import reader as reader
from deliverycheck.lang.parts.logs import writer as writer
from deliverycheck.lang.parts.numbering import Number as Number
from deliverycheck.lang.parts.numbering import NumberedSender as NumberedSender
from deliverycheck.lang.parts.numbering import leader as leader
from deliverycheck.lang.parts.numbering import publisher as publisher
from deliverycheck.lang.parts.queues import ConfirmedQueue as ConfirmedQueue
from deliverycheck.lang.parts.queues import LeasedQueue as LeasedQueue
from deliverycheck.lang.parts.queues import broker as broker
from deliverycheck.lang.parts.queues import consumer as consumer
from deliverycheck.lang.parts.queues import producer as producer
from deliverycheck.lang.parts.sending import RetryUntilAcknowledged as RetryUntilAcknowledged
from deliverycheck.lang.parts.sending import sender as sender
from deliverycheck.lang.parts.sending import worker as worker
