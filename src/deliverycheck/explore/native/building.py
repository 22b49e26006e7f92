"""Building: from a system to machine code that can be called by its address."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from llvmlite import binding as _binding  # pyright: ignore[reportMissingTypeStubs] # it has none

from deliverycheck.explore.native.functions import Functions, functions_of
from deliverycheck.explore.permuting import Permutation
from deliverycheck.system.model import System

binding: Any = _binding

EFFORT = 2
"""As in `-O2`."""


@dataclass(frozen=True, slots=True)
class Built:
    """The functions of a system, compiled; addresses are good as long as this object lives."""

    functions: Functions
    most_successors: int
    """No state has more."""
    successors: int
    marks: int
    withheld: int
    turned: int
    """This and the next: 0 where there are no permutations."""
    orbit: int
    owner: Any = field(repr=False)
    """What holds the machine code in memory."""


def built(system: System, permutations: Sequence[Permutation] = ()) -> Built:
    """Compile the functions of a system that fits (see `functions.fits`)."""
    functions = functions_of(system, permutations)
    binding.initialize_native_target()
    binding.initialize_native_asmprinter()
    target = binding.Target.from_default_triple()
    machine = target.create_target_machine(
        cpu=binding.get_host_cpu_name(),
        features=binding.get_host_cpu_features().flatten(),
        opt=EFFORT,
    )
    module = binding.parse_assembly(functions.text)
    module.verify()
    tuning = binding.create_pipeline_tuning_options(speed_level=EFFORT)
    passes = binding.create_pass_builder(machine, tuning)
    passes.getModulePassManager().run(module, passes)
    engine = binding.create_mcjit_compiler(module, machine)
    engine.finalize_object()
    return Built(
        functions,
        len(system.actions),
        engine.get_function_address("successors"),
        engine.get_function_address("marks"),
        engine.get_function_address("withheld"),
        engine.get_function_address("turned") if permutations else 0,
        engine.get_function_address("orbit") if permutations else 0,
        engine,
    )
