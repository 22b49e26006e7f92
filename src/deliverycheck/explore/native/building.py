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
    """Compile the functions of a system that fits (see `fitting.fits`)."""
    functions = functions_of(system, permutations)
    names = ("successors", "marks", "withheld", *(("turned", "orbit") if permutations else ()))
    owner, found = addressed(functions.text, names)
    turned, orbit = found[3:] or (0, 0)
    return Built(functions, len(system.actions), found[0], found[1], found[2], turned, orbit, owner)


def addressed(text: str, names: Sequence[str]) -> tuple[Any, tuple[int, ...]]:
    """Compile a text in LLVM's language: what holds the machine code, and where functions are."""
    binding.initialize_native_target()
    binding.initialize_native_asmprinter()
    target = binding.Target.from_default_triple()
    machine = target.create_target_machine(
        cpu=binding.get_host_cpu_name(),
        features=binding.get_host_cpu_features().flatten(),
        opt=EFFORT,
    )
    module = binding.parse_assembly(text)
    module.verify()
    tuning = binding.create_pipeline_tuning_options(speed_level=EFFORT)
    passes = binding.create_pass_builder(machine, tuning)
    passes.getModulePassManager().run(module, passes)
    engine = binding.create_mcjit_compiler(module, machine)
    engine.finalize_object()
    return engine, tuple(engine.get_function_address(name) for name in names)
