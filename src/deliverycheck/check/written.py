"""Written runs: states that somebody wrote down, held against a model, step by step.

Whoever wrote them, the reference interpreter decides: the first state must be initial, and each
other one must follow from the one before by a step of the model, the named one if one is named.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from deliverycheck.check.traces import replay_by_cpython, trace_of_run
from deliverycheck.errors import Diagnostic, InputError, did_you_mean
from deliverycheck.lift.lifting import Lifted
from deliverycheck.semantics.interpreter import ModelFault, evaluate, perform
from deliverycheck.system.model import Action, State, System
from deliverycheck.system.naming import parted
from deliverycheck.system.sorts import Value, contains
from deliverycheck.system.verdicts import Trace

FEW = 5
"""Differences and names that are told at a time."""


@dataclass(frozen=True, slots=True)
class Named:
    """What is written about the step that leads to a state; None: nothing is."""

    action: str | None = None
    """The action's name, or the name without its choices, or that with the actor before it."""
    picks: Mapping[str, str] = field(default_factory=dict[str, str])
    """The choices it was made with: `actor` and `message`, of those that have a meaning here."""
    exact: tuple[str, str, str | None] | None = None
    """The actor, the action and the fault."""


@dataclass(frozen=True, slots=True)
class Written:
    """A run as states."""

    file: str
    variables: tuple[str, ...]
    states: tuple[Mapping[str, Value], ...]
    steps: tuple[Named, ...]
    """Of each state but the first: the step that leads to it."""
    loop: int | None
    """From which state on it repeats for ever: after the last state comes that one again."""
    back: Named | None
    """The step from the last state to there, if it is written down."""


def trace_in(lifted: Lifted, written: Written) -> Trace:
    """The run as a trace that the interpreter and CPython have both taken.

    Raises InputError that names the first thing that no run of the model does, DisagreementError
    if CPython sees it otherwise than the interpreter.
    """
    system = lifted.system
    states = _typed(system, written)
    if states[0] not in system.initial:
        near = min(system.initial, key=lambda one: len(_differences(system, one, states[0])))
        where = _told(system, near, states[0])
        raise _refused(written, f"state 0 is not where the model starts: {where}")
    loop = _loop(written)
    if loop == len(states) - 2 and states[-1] == states[-2] and written.back is None:
        del states[-1]  # it stays where it is for ever, which may be written as one step more
    actions = [
        _step(system, written, number, written.steps[number - 1], states)
        for number in range(1, len(states))
    ]
    if loop is not None and _comes_back(written, states, loop):
        number = len(states)
        states.append(states[loop])
        actions.append(_step(system, written, number, written.back or Named(), states))
    trace = trace_of_run(system, states, actions, loop)
    replay_by_cpython(lifted, trace)
    return trace


def _loop(written: Written) -> int | None:
    loop, count = written.loop, len(written.states)
    if loop is not None and not 0 <= loop < count:
        text = f"`loop` is {loop}, but the states are those from 0 to {count - 1}"
        raise _refused(written, text)
    if loop is None and written.back is not None:
        raise _refused(written, "a step leads back, but there is no `loop`")
    return loop


def _comes_back(written: Written, states: Sequence[State], loop: int) -> bool:
    """Whether a step from the last state is still to be taken, back to where the loop starts.

    Not where the last state stays for ever, nor where the state that comes back is written twice.
    """
    return written.back is not None or states[loop] != states[-1]


def _typed(system: System, written: Written) -> list[State]:
    """The states in the system's order. Raises InputError for names and values it does not have."""
    known = [variable.name for variable in system.variables]
    unknown = [name for name in written.variables if name not in system.index]
    missing = [name for name in known if name not in written.variables]
    if unknown or missing:
        raise InputError(tuple(_misnamed(written, unknown, missing, known)))
    states: list[State] = []
    for number, values in enumerate(written.states):
        for variable in system.variables:
            if not contains(variable.sort, values[variable.name]):
                value = _shown(values[variable.name])
                text = f"state {number}: {variable.name} is {value}, which is not in"
                raise _refused(written, f"{text} {_short(str(variable.sort))}")
        states.append(tuple(values[name] for name in known))
    return states


def _misnamed(
    written: Written, unknown: Sequence[str], missing: Sequence[str], known: Sequence[str]
) -> Iterator[Diagnostic]:
    """The names that are no variables (with near ones), and the variables that are not there."""
    for name in unknown[:FEW]:
        text = f"the model has no variable `{_short(name)}`"
        remedy = did_you_mean(name, missing or known)
        if len(remedy) > len("Did you mean ``?") + 80:
            remedy = ""
        yield Diagnostic("DC302", text, remedy, written.file)
    if len(unknown) > FEW:
        text = f"and {len(unknown) - FEW} more names that the model does not have"
        yield Diagnostic("DC302", text, "", written.file)
    if missing:
        names = ", ".join(f"`{name}`" for name in missing[:FEW])
        more = f" and {len(missing) - FEW} more" if len(missing) > FEW else ""
        remedy = "Each state says the value of each variable: `explore` shows which there are."
        yield Diagnostic("DC302", f"not in the file: {names}{more}", remedy, written.file)


def _step(
    system: System, written: Written, number: int, named: Named, states: Sequence[State]
) -> int:
    """The number of the action that leads to a state. Raises InputError if none does."""
    before, after = states[number - 1], states[number]
    for at, state in _possible(system, before, named):
        if state == after:
            return at
    to = "back" if number == len(written.states) else "on"
    to += f" to state {written.loop if to == 'back' else number}"
    why = _why(system, named, before, after)
    raise _refused(written, f"step {number}, from state {number - 1} {to}: {why}")


def _possible(system: System, state: State, named: Named) -> Iterator[tuple[int, State]]:
    """The actions that are meant and can be taken, with the state each leads to."""
    now = system.valuation(state)
    for at, action in enumerate(system.actions):
        if not _is_meant(action, named) or not evaluate(action.guard, now):
            continue
        if all(evaluate(bound.term, now) for bound in action.bounds):
            try:
                yield at, perform(system, action, now)
            except ModelFault:
                continue  # the step goes wrong, so it leads nowhere


def _is_meant(action: Action, named: Named) -> bool:
    """Whether an action is the one that is written down, as far as anything is."""
    if named.exact not in (None, (action.actor, action.name, action.fault)):
        return False
    if named.action is not None and named.action not in _names(action):
        return False
    picks = named.picks
    return picks.get("actor", action.actor) == action.actor and picks.get(
        "message", action.message
    ) in (action.message, None)


def _names(action: Action) -> tuple[str, ...]:
    """What an action may be called."""
    found = parted(action.name)
    plain = (action.name, found.short, found.method)
    return (*plain, *(f"{action.actor}.{name}" for name in plain))


def _why(system: System, named: Named, before: State, after: State) -> str:
    """Why a step is illegal: what is wrong with its name, or what the nearest step would do."""
    wanted = named.exact[1] if named.exact else named.action
    exactly = [one for one in system.actions if _is_meant(one, Named(exact=named.exact))]
    if named.exact and exactly and not any(_is_meant(one, named) for one in exactly):
        return f"it is `{_short(named.exact[1])}` in `#meta`, but not in `mbt::actionTaken`"
    if wanted is not None and not any(_is_meant(action, named) for action in system.actions):
        names = dict.fromkeys(name for action in system.actions for name in _names(action))
        hint = did_you_mean(wanted, tuple(names)) if wanted not in names else ""
        hint = f" {hint}" if hint.startswith("Did") else ""
        return f"the model has no such step as `{_short(wanted)}`{_with(named)}.{hint}"
    meant = list(_possible(system, before, named))
    if wanted is not None and not meant:
        text = f"`{_short(wanted)}`{_with(named)} is not possible there"
    elif wanted is not None:
        text = f"`{_short(wanted)}`{_with(named)} does not lead there"
    else:
        text = "no step of the model leads there"
    able = meant or list(_possible(system, before, Named()))
    if not able:
        return f"{text}; no step at all is possible"
    at, state = min(able, key=lambda one: len(_differences(system, one[1], after)))
    action = system.actions[at]
    nearest = f"the nearest is `{action.name}` of {action.actor}"
    if state == after:
        return f"{text}; but {nearest.removeprefix('the nearest is ')} does"
    return f"{text}; {nearest}, after which {_told(system, state, after)}"


def _with(named: Named) -> str:
    """The choices that are written down, in words."""
    if named.exact is not None:
        return f" of {_short(named.exact[0])}"
    actor, message = named.picks.get("actor"), named.picks.get("message")
    of = f" of {_short(actor)}" if actor is not None else ""
    return of + (f" with {_short(message)}" if message is not None else "")


def _differences(system: System, one: State, other: State) -> list[int]:
    return [at for at in range(len(system.variables)) if one[at] != other[at]]


def _told(system: System, right: State, written: State) -> str:
    """Which variables differ, and how: `told[m1] is done, not nothing`."""
    found = _differences(system, right, written)
    parts = [
        f"{system.variables[at].name} is {_shown(right[at])}, not {_shown(written[at])}"
        for at in found[:FEW]
    ]
    more = f", and {len(found) - FEW} more differ" if len(found) > FEW else ""
    return ", ".join(parts) + more


def _shown(value: Value) -> str:
    return str(value).lower() if isinstance(value, bool) else _short(str(value))


def _short(text: str) -> str:
    return text if len(text) <= 80 else f"{text[:77]}..."


def _refused(written: Written, text: str) -> InputError:
    remedy = "It is no run of this model, in this environment."
    return InputError(Diagnostic("DC302", text, remedy, written.file))
