"""The public Python interface: load models, check them, look at what can be reached."""

from deliverycheck.check.checking import check, explored, lifted_of
from deliverycheck.check.options import Options
from deliverycheck.check.question import Question
from deliverycheck.check.replaying import Replayed
from deliverycheck.explain.compare import Comparison, compare
from deliverycheck.explain.frontier import Frontier, frontier_of
from deliverycheck.explain.sweep.found import Sweep
from deliverycheck.explain.sweep.sweeping import sweep_of
from deliverycheck.explain.why.explaining import check_and_explain
from deliverycheck.explore.explored import Explored
from deliverycheck.explore.graph import graph_of
from deliverycheck.explore.limits import Limits
from deliverycheck.explore.search import explore
from deliverycheck.export.murphi import murphi_of
from deliverycheck.export.promela import promela_of
from deliverycheck.lift.lifting import Lifted
from deliverycheck.load.retaking import replay_run
from deliverycheck.load.subjects import Overrides, parse_faults, questions
from deliverycheck.load.varying import varied_in
from deliverycheck.system.explanations import Explanation
from deliverycheck.system.model import Action, Clause, Property, System, Variable
from deliverycheck.system.verdicts import ModelResult, PropertyResult, Trace, Verdict

__all__ = [
    "Action",
    "Clause",
    "Comparison",
    "Explanation",
    "Explored",
    "Frontier",
    "Lifted",
    "Limits",
    "ModelResult",
    "Options",
    "Overrides",
    "Property",
    "PropertyResult",
    "Question",
    "Replayed",
    "Sweep",
    "System",
    "Trace",
    "Variable",
    "Verdict",
    "check",
    "check_and_explain",
    "compare",
    "explore",
    "explored",
    "frontier_of",
    "graph_of",
    "lifted_of",
    "murphi_of",
    "parse_faults",
    "promela_of",
    "questions",
    "replay_run",
    "sweep_of",
    "varied_in",
]
