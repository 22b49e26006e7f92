"""Every code a message can bear, explained as `deliverycheck explain CODE` prints it."""

from __future__ import annotations

from deliverycheck.errors.cautions import CAUTIONS
from deliverycheck.errors.explanations import Explanation as Explanation

CODES: dict[str, Explanation] = {
    "DC001": Explanation(
        "wrong use of the command line",
        "An option or argument is missing, unknown or of the wrong form. `--help` after any verb "
        "lists what it takes.",
    ),
    "DC002": Explanation(
        "nothing to check",
        "A name must be a model file (.py, or `file.py:Class`), a design (*.delivery.toml), or a "
        "folder with at least one of these in it. Files whose names start with `_` are left out.",
    ),
    "DC003": Explanation(
        "a file cannot be read or written",
        "It is not there, not readable, not writable, not UTF-8 text, or a folder without what is "
        "needed.",
    ),
    "DC004": Explanation(
        "no such setting, or not such a value",
        "Settings are the class attributes of a model that no step assigns, such as "
        '`retries: int = 3` or `ack: Literal["before", "after"] = "after"`.',
    ),
    "DC005": Explanation(
        "no such fault",
        "Every model knows lose, duplicate, reorder, crash, delay and expire; a model may add its "
        "own with `@fault`. lose, duplicate and reorder can be narrowed to a channel "
        "(`lose.replies=1`), crash to a role (`crash.worker=1`).",
    ),
    "DC006": Explanation(
        "no such property",
        "Every model is checked for no-loss, no-silent-loss, honest-ack, no-duplicate-effect, "
        "no-phantom-effect, in-order, no-stale-effect, eventual-effect and no-deadlock; a model "
        "may add its own with `@always`, `@sometimes` and `@leads_to`, whose underscores become "
        "hyphens.",
    ),
    "DC007": Explanation(
        "a wrong number",
        "A budget is a whole number, or `inf` for without end. 0 means that it cannot happen.",
    ),
    "DC008": Explanation(
        "a wrong number of messages",
        "At least one message. Two find nearly everything; each one more multiplies the states.",
    ),
    "DC009": Explanation(
        "too many combinations",
        "`sweep` looks at every combination of what is varied, and each thing more multiplies "
        "them. Vary less at a time, or name fewer values: `--vary mark=together,workers=1|4`.",
    ),
    "DC011": Explanation(
        "nothing to draw",
        "`draw` draws the state machine of each actor, the state graph of a property (up to "
        "300,000 steps are looked through), or the lanes of a counterexample, if there is one.",
    ),
    "DC010": Explanation(
        "a wrong report",
        "Write `--report KIND=PATH`, such as `html=page.html` or `junit=results.xml`; several with "
        "commas between, or with several `--report`. A path without a suffix is a folder. Kinds: "
        "html, markdown, json, itf, junit, sarif, mermaid, dot, svg, pytest.",
    ),
    "DC012": Explanation(
        "the compiled explorer is not installed",
        "`--explorer native` needs numba, numpy and llvmlite: `pip install 'deliverycheck[fast]'`. "
        "`auto` and `plain` do without, and find the same.",
    ),
    "DC013": Explanation(
        "a checkpoint that cannot be gone on from",
        "It is damaged, of another version, or of another search: another model, other settings, "
        "faults or messages. Name another folder, or remove it and begin anew.",
    ),
    "DC101": Explanation(
        "the file is not Python",
        "Python itself could not read it; the message is Python's own.",
    ),
    "DC102": Explanation(
        "running the model file failed",
        "A model file is code, and is run to read it, as a test file is. It must import without "
        "an error, and should do nothing but define classes.",
    ),
    "DC103": Explanation(
        "no such model in the file",
        "A model is a class that extends `Protocol` and has at least one action: a method under a "
        "role, such as `@sender`. Classes whose names start with `_` are left out.",
    ),
    "DC104": Explanation(
        "a statement that is not part of the language",
        "A step is written with assignments, `if`, `while` (with a `yield` in each round), `for` "
        "over what does not change, `return`, and calls of channels, containers, the ledger and "
        "own methods. Everything else would hide which steps there are.",
    ),
    "DC105": Explanation(
        "an expression that is not part of the language",
        "There are constants, fields, parameters, local names, and/or/not, comparisons, `in`, "
        "`+` and `-`, min, max, len, any, all, sum over a generator, records, and own methods "
        "that are one returned expression.",
    ),
    "DC106": Explanation(
        "an unknown name",
        "The name is not a parameter, a local that has a value here, something at the top of the "
        "file, or something a model can do.",
    ),
    "DC107": Explanation(
        "no such field",
        "Every field is declared in the class with its type: `outbox: set[Message]`.",
    ),
    "DC108": Explanation(
        "a value of the wrong type",
        "What is assigned, compared or put into a container must be one of the values the other "
        "side can have.",
    ),
    "DC109": Explanation(
        "a type a field cannot have",
        "The state must have finitely many values, apart from natural numbers and channels. Use "
        "bool, Literal, Enum, Annotated[int, Range(..)], Natural, Message, other sorts, T | None, "
        "NamedTuple, set, dict, Annotated[list[..], AtMost(..)], Channel, Fifo or Connection.",
    ),
    "DC110": Explanation(
        "a domain that is too large",
        "The values of elements, keys, items and parameters are listed one by one, so there must "
        "not be too many. Small ranges find the same mistakes.",
    ),
    "DC111": Explanation(
        "a parameter that is no choice",
        "A parameter of an action is a choice over its type: it needs a type with finitely many "
        "values, such as `m: Message`.",
    ),
    "DC112": Explanation(
        "a role is missing or wrong",
        "Every action belongs to a role: write `@sender` above it, also where it replaces an "
        "action of the class it extends.",
    ),
    "DC113": Explanation(
        "a `yield` that cannot be a place",
        'A `yield "received"` ends an atomic step and names the place where the process stands. '
        "It stands on a line of its own, outside `for`, and each place has its own name.",
    ),
    "DC114": Explanation(
        "a step that never ends",
        "A loop went on without a `yield`, so its atomic step has no end. Put a `yield` into each "
        "round.",
    ),
    "DC115": Explanation(
        "a timer in the wrong place",
        "`self.timed_out(m)` and `self.expired(m)` are guards: in `require` or `if`, joined by "
        "and, or, not; one timer in a step; about a message that is a parameter. The channels that "
        "`timed_out` listens to are named as they stand: `self.timed_out(m, self.requests)`.",
    ),
    "DC116": Explanation(
        "a volatile field with several owners",
        "What dies in a crash dies with one role; only that role's steps may use it. What is "
        "shared is durable, or is sent over a channel.",
    ),
    "DC117": Explanation(
        "a method that calls itself",
        "Helpers are written out where they are called, so a helper cannot call itself. Use a "
        "`while` loop.",
    ),
    "DC118": Explanation(
        "what cannot change",
        "Parameters and settings have one value throughout.",
    ),
    "DC119": Explanation(
        "a step looked into the ledger",
        "The ledger records what really happened. No protocol can know that, so only properties "
        "may read it; a protocol keeps fields of its own.",
    ),
    "DC120": Explanation(
        "a wrong claim or expectation",
        "`claims` is at-most-once, at-least-once or exactly-once; `expects` gives `holds` or "
        "`violated` by property.",
    ),
    "DC121": Explanation(
        "a member a model cannot have",
        "`__init__` and other special methods, properties, static and class methods would run "
        "unseen by the lifter. A field starts with the value in the class body; what happens is "
        "written in actions and helper methods.",
    ),
    "DC150": Explanation(
        "the model goes wrong while it runs",
        "In a reachable state a step would raise an exception (a missing key, an index outside a "
        "list) or give a variable a value outside its range. deliverycheck never wraps or clamps "
        "such a value: guard the step with `require`, or widen the range.",
    ),
    "DC201": Explanation(
        "the design is not TOML",
        "The message is the TOML reader's own, or says that the file is too long for a design.",
    ),
    "DC202": Explanation(
        "a key of the design is wrong",
        "A design has `model`, and may have name, about, claims, messages, and the tables "
        "settings, faults and expects. It is data and is never executed.",
    ),
    "DC203": Explanation(
        "the design's model is not found",
        'Write `model = "file.py"` or `model = "file.py:Class"`, seen from the design\'s folder.',
    ),
    "DC204": Explanation(
        "a file of claims is not as it should be",
        "Each `[[claim]]` has a `text`, a `judgement` and its evidence: see models/claims.toml.",
    ),
    "DC205": Explanation(
        "a pytest mark is not as it should be",
        "`@pytest.mark.deliverycheck` marks a model, a class that extends Protocol, and may say "
        "messages, faults, fairness, settings and expects, each by name. For several environments "
        "write designs (*.delivery.toml), which pytest collects as well.",
    ),
    "DC301": Explanation(
        "this is no stored result",
        "`replay` reads what `check --json` wrote, and runs in the Informal Trace Format: "
        "*.itf.json, with `vars` and `states`.",
    ),
    "DC302": Explanation(
        "a stored run is not a run",
        "The model is unchanged, but the stored run is not possible, or does not break its "
        "property: steps were removed, swapped or edited. Of a run that others wrote: a state "
        "has other variables than the model, or does not follow from the one before it.",
    ),
    "DC303": Explanation(
        "a file would be overwritten",
        "Nothing was written. Choose another name, or remove the file yourself.",
    ),
    "DC304": Explanation(
        "a document that cannot be read",
        "A system, a certificate or an answer in JSON is not what its schema says. It was written "
        "by another version, or changed since. Nothing was taken from it.",
    ),
    **CAUTIONS,
    "DC701": Explanation(
        "a system that is not well formed",
        "A system built by hand uses an unknown variable, mixes sorts, or starts outside a domain.",
    ),
    "DC901": Explanation(
        "two engines disagree",
        "The compiled search, the reference interpreter and the model's own code under CPython "
        "must agree on every counterexample. They do not, so no verdict can be trusted: this is "
        "a fault of deliverycheck. Please report it with the model.",
    ),
    "DC902": Explanation(
        "the explicit and the symbolic engine disagree",
        "One engine visits every state, the other solves formulas; they share no code, and must "
        "come to the same verdict and the same length of the shortest run. They do not, so one of "
        "them is wrong, and no verdict is given. Both sides are in the file that is named. "
        "`--engine explicit` or `--engine symbolic` asks one of them alone.",
    ),
}
