"""Strongly connected components on compact arrays.

Tarjan 1972 in the form of Pearce 2016 ("A space-efficient algorithm for finding strongly connected
components"), without recursion: one number for each state tells when it was met, then how far up it
leads, and in the end which component it is in. Apart from that a state takes 9 bytes while it runs:
its place on one of two stacks, which share an array since no state is on both, and how far its
edges were walked through.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from deliverycheck.explore.native.arrays import Bytes, Numbers, int64
from deliverycheck.explore.native.jit import kernel


@dataclass(frozen=True, slots=True)
class Parts:
    """States side by side by their component: what leads to others comes first.

    The states of component c are `members[starts[c] : starts[c + 1]]`, in ascending order.
    """

    members: Numbers
    starts: Numbers

    def __len__(self) -> int:
        return len(self.starts) - 1


def parts_of(
    starts: Numbers, targets: Numbers, states: Numbers, home: Numbers, label: Numbers
) -> Parts:
    """The components of some states, in ascending order, along edges between those of one home.

    A state that is none of them has the home 0. `label`, by state, is 0 for these; then it is a
    number of its component, the same for all its states.
    """
    kind = label.dtype
    top = int(np.iinfo(kind).max)
    stack, walked = np.empty(len(states), kind), np.empty(len(states), np.uint32)
    leads_up = np.empty(len(states), np.uint8)
    count = _label(starts, targets, states, home, label, stack, walked, leads_up, top)
    del stack, walked, leads_up
    places = np.zeros(count + 2, kind)
    members = np.empty(len(states), kind)
    # The component that was finished first, so which leads to no other, has the number `top`.
    _gather(states, label, top - count + 1, places, members)
    return Parts(members, places[: count + 1])


@kernel
def _label(
    starts: Numbers,
    targets: Numbers,
    states: Numbers,
    home: Numbers,
    label: Numbers,
    stack: Numbers,
    walked: Numbers,
    leads_up: Bytes,
    top: int,
) -> int:
    """Number the components, downwards from `top`; how many there are.

    A state that was met has a number from 1 on, in the order they were met; then that of the first
    one it leads to that is still in hand. `stack` holds the way to the state in hand at its front,
    and the states that wait for a first one of their component at its end.
    """
    size = len(states)
    count, met, waiting = 0, 0, size
    for root in states:
        if label[root] != 0:
            continue
        here = home[root]
        met += 1
        label[root] = met
        stack[0], walked[0], leads_up[0] = root, 0, 0
        deep = 1
        while deep > 0:
            state = int64(stack[deep - 1])
            edge, end = starts[state] + int64(walked[deep - 1]), starts[state + 1]
            low = int64(label[state])
            following = int64(-1)
            while edge < end:
                target = int64(targets[edge])
                if home[target] == here:
                    there = int64(label[target])
                    if there == 0:
                        following = target  # this edge is looked at again on return
                        break
                    if there < low:
                        low = there
                        leads_up[deep - 1] = 1
                edge += 1
            label[state] = low
            walked[deep - 1] = edge - starts[state]
            if following >= 0:
                met += 1
                label[following] = met
                stack[deep], walked[deep], leads_up[deep] = following, 0, 0
                deep += 1
                continue
            deep -= 1
            if leads_up[deep]:
                waiting -= 1
                stack[waiting] = state
                continue
            while waiting < size and int64(label[stack[waiting]]) >= low:
                label[stack[waiting]] = top - count
                waiting += 1
            label[state] = top - count
            count += 1
    return count


@kernel
def _gather(states: Numbers, label: Numbers, first: int, places: Numbers, members: Numbers) -> None:
    """Put states side by side by their label, and say in `places` where each label starts.

    Each start is moved to where the next one is while that is done, so they are one place too far
    to the right at first.
    """
    for state in states:
        places[int64(label[state]) - first + 2] += 1
    for at in range(2, len(places)):
        places[at] += places[at - 1]
    for state in states:
        at = int64(label[state]) - first + 1
        members[places[at]] = state
        places[at] += 1
