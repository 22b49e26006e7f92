"""Why verdicts hold, as text: invariants in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from deliverycheck.report.layout import wrapped
from deliverycheck.report.words.proofs import Proof, proofs
from deliverycheck.system.verdicts import ModelResult, PropertyResult

FEW_LINES = 6
"""Lines of an invariant that are shown unless all are asked for."""


def proofs_text(
    result: ModelResult, told: Sequence[PropertyResult], width: int, *, verbose: bool
) -> Iterator[str]:
    """Why properties hold, or why a loss is for good; each invariant once."""
    for proof in proofs(result, told):
        yield ""
        yield from _why(proof, width, verbose=verbose)


def _why(proof: Proof, width: int, *, verbose: bool) -> Iterator[str]:
    shown = proof.invariant if verbose else proof.invariant[:FEW_LINES]
    yield from wrapped(proof.heading, width, "  ")
    for line in shown:
        yield from wrapped(line, width, "    ", "        ")
    if len(shown) < len(proof.invariant):
        yield f"    and {len(proof.invariant) - len(shown)} more (-v shows them)"
    yield from wrapped(proof.conclusion, width, "    ")
