"""Parts: halves of protocols that many designs share. Extend one and write the other half."""

from deliverycheck.lang.parts.queues import ConfirmedQueue as ConfirmedQueue
from deliverycheck.lang.parts.queues import LeasedQueue as LeasedQueue
from deliverycheck.lang.parts.queues import broker as broker
from deliverycheck.lang.parts.queues import consumer as consumer
from deliverycheck.lang.parts.queues import producer as producer
from deliverycheck.lang.parts.redelivering import RedeliveringQueue as RedeliveringQueue
from deliverycheck.lang.parts.sending import RetryUntilAcknowledged as RetryUntilAcknowledged
from deliverycheck.lang.parts.sending import sender as sender
from deliverycheck.lang.parts.sending import worker as worker
