"""Parts: halves of protocols that many designs share. Extend one and write the other half."""

from deliverycheck.lang.parts.acknowledging import AcknowledgingQueue as AcknowledgingQueue
from deliverycheck.lang.parts.deduplicating import DeduplicatingQueue as DeduplicatingQueue
from deliverycheck.lang.parts.ordered import OrderedQueue as OrderedQueue
from deliverycheck.lang.parts.queues import ConfirmedQueue as ConfirmedQueue
from deliverycheck.lang.parts.queues import LeasedQueue as LeasedQueue
from deliverycheck.lang.parts.queues import broker as broker
from deliverycheck.lang.parts.queues import consumer as consumer
from deliverycheck.lang.parts.queues import producer as producer
from deliverycheck.lang.parts.redelivering import RedeliveringQueue as RedeliveringQueue
from deliverycheck.lang.parts.requeued import RequeueingQueue as RequeueingQueue
from deliverycheck.lang.parts.sending import RetryUntilAcknowledged as RetryUntilAcknowledged
from deliverycheck.lang.parts.sending import sender as sender
from deliverycheck.lang.parts.sending import worker as worker
from deliverycheck.lang.parts.webhooks import Webhook as Webhook
from deliverycheck.lang.parts.webhooks import endpoint as endpoint
from deliverycheck.lang.parts.webhooks import provider as provider
