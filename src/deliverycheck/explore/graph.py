"""The reachable graph for people and for networkx."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deliverycheck.explore.explored import Explored

if TYPE_CHECKING:
    import networkx as nx


def graph_of(found: Explored) -> nx.MultiDiGraph[int]:
    """The reachable states as a networkx graph.

    A node is a state's number in order of discovery, with `values` (by variable), `depth`,
    `initial` and `expanded`; an edge is one enabled action, with `action`, `actor`, `fault` and
    `message`.
    """
    import networkx as nx  # heavy, and most runs do not draw

    graph: nx.MultiDiGraph[int] = nx.MultiDiGraph(name=found.system.name)
    for number in range(len(found.states)):
        graph.add_node(
            number,
            values=found.system.valuation(found.state(number)),
            depth=found.depth_of(number),
            initial=number < len(found.level(0)),
            expanded=number < found.expanded,
        )
    for number in range(found.expanded):
        for at, word in found.code.edges(found.states[number]):
            action = found.system.actions[at]
            graph.add_edge(
                number,
                found.index[word],
                action=action.name,
                actor=action.actor,
                fault=action.fault,
                message=action.message,
            )
    return graph
