"""Parts: halves of protocols that many designs share. Extend one and write the other half."""

from deliverycheck.lang.parts.acknowledging import AcknowledgingQueue as AcknowledgingQueue
from deliverycheck.lang.parts.deduplicating import DeduplicatingQueue as DeduplicatingQueue
from deliverycheck.lang.parts.numbers import Count as Count
from deliverycheck.lang.parts.numbers import Epoch as Epoch
from deliverycheck.lang.parts.numbers import NumberedLink as NumberedLink
from deliverycheck.lang.parts.numbers import Receipt as Receipt
from deliverycheck.lang.parts.numbers import Segment as Segment
from deliverycheck.lang.parts.numbers import checker as checker
from deliverycheck.lang.parts.numbers import numberer as numberer
from deliverycheck.lang.parts.ordered import OrderedQueue as OrderedQueue
from deliverycheck.lang.parts.queues import ConfirmedQueue as ConfirmedQueue
from deliverycheck.lang.parts.queues import LeasedQueue as LeasedQueue
from deliverycheck.lang.parts.queues import broker as broker
from deliverycheck.lang.parts.queues import consumer as consumer
from deliverycheck.lang.parts.queues import producer as producer
from deliverycheck.lang.parts.redelivering import RedeliveringQueue as RedeliveringQueue
from deliverycheck.lang.parts.sending import RetryUntilAcknowledged as RetryUntilAcknowledged
from deliverycheck.lang.parts.sending import sender as sender
from deliverycheck.lang.parts.sending import worker as worker
from deliverycheck.lang.parts.windows import Number as Number
from deliverycheck.lang.parts.windows import Numbered as Numbered
from deliverycheck.lang.parts.windows import NumberedWindow as NumberedWindow
from deliverycheck.lang.parts.windows import Place as Place
from deliverycheck.lang.parts.windows import far_end as far_end
from deliverycheck.lang.parts.windows import near_end as near_end
