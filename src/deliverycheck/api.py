"""The public Python interface: load models, check them, look at what can be reached."""

from deliverycheck.check.checking import check, explored, lifted_of
from deliverycheck.check.options import Options
from deliverycheck.check.question import Question
from deliverycheck.explain.compare import Comparison, compare
from deliverycheck.explore.graph import graph_of
from deliverycheck.explore.search import Explored, Limits, explore
from deliverycheck.export.murphi import murphi_of
from deliverycheck.export.promela import promela_of
from deliverycheck.lift.lifting import Lifted
from deliverycheck.load.subjects import Overrides, parse_faults, questions
from deliverycheck.system.model import Action, Clause, Property, System, Variable
from deliverycheck.system.verdicts import ModelResult, PropertyResult, Trace, Verdict

__all__ = [
    "Action",
    "Clause",
    "Comparison",
    "Explored",
    "Lifted",
    "Limits",
    "ModelResult",
    "Options",
    "Overrides",
    "Property",
    "PropertyResult",
    "Question",
    "System",
    "Trace",
    "Variable",
    "Verdict",
    "check",
    "compare",
    "explore",
    "explored",
    "graph_of",
    "lifted_of",
    "murphi_of",
    "parse_faults",
    "promela_of",
    "questions",
]
