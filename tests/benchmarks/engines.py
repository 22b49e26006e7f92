"""Seconds for each model and engine, and for certification: `python tests/benchmarks/engines.py`.

Models may be named; all of `models/` otherwise. `--endless` asks about faults without end.
"""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from pathlib import Path

from deliverycheck.check.certifying import Certifying, certified
from deliverycheck.check.checking import lifted_of
from deliverycheck.check.explicit import judge
from deliverycheck.check.instances import explore_instance
from deliverycheck.check.marked import Marked
from deliverycheck.check.options import Options
from deliverycheck.check.symbolic import concluded
from deliverycheck.load.subjects import parse_faults, questions
from deliverycheck.prove.engine import Budget, Symbolic

MODELS = Path(__file__).parent.parent.parent / "models"

ENDLESS = parse_faults("lose=inf duplicate=inf crash=inf delay=inf")


def main(arguments: list[str]) -> None:
    """Print a line for each model, one run each."""
    endless = "--endless" in arguments
    named = [argument for argument in arguments if argument != "--endless"]
    asked = questions(named or [str(MODELS)])
    heads = ("states", "explicit", "symbolic", "certify")
    print(f"{'model':24} " + " ".join(f"{head:>9}" for head in heads) + "  certificates")
    for question in asked:
        if endless:
            question = replace(question, faults=ENDLESS, settings={})  # noqa: PLW2901 - the same, asked otherwise
        lifted = lifted_of(question)
        began = time.perf_counter()
        found = explore_instance(lifted, Options())
        list(judge(lifted, Marked(found)))
        explored = time.perf_counter()
        symbolic = Symbolic(lifted.system, Budget(60.0))
        symbolic.start()
        symbolic.wait()
        proved = time.perf_counter()
        done = certified(list(concluded(lifted, symbolic)), Certifying(), None)
        ended = time.perf_counter()
        accepted = sum(
            one.evidence.checked is not None and one.evidence.checked.status == "accepted"
            for one in done
        )
        print(
            f"{question.name:24} {len(found.states):>9,} {explored - began:>9.2f} "
            f"{proved - explored:>9.2f} {ended - proved:>9.2f}  {accepted} of {len(done)}"
        )


if __name__ == "__main__":
    main(sys.argv[1:])
