"""The codes of what weakens a result, or was asked in vain; they do not end a run."""

from __future__ import annotations

from deliverycheck.errors.explanations import Explanation

CAUTIONS: dict[str, Explanation] = {
    "DC401": Explanation(
        "a limit was reached",
        "Not every state was looked at, so the search says of nothing that it holds; only what Z3 "
        "has proved does. Raise `--limit-states`, "
        "`--limit-seconds` or `--limit-memory`, or ask about fewer messages or faults.",
    ),
    "DC402": Explanation(
        "a certificate was refused",
        "An engine claimed a proof, and the independent checker found it wrong. The verdict is "
        "therefore undetermined. This is a fault of a solver or of deliverycheck, not of the "
        "model: please report it with the certificate (`--certificate DIR` keeps it).",
    ),
    "DC403": Explanation(
        "an engine or a checker could not do its part",
        "Two engines answer, and a third party checks the proofs. Here one of them gave no answer "
        "(a limit, a crash, cvc5 not installed), so the verdict rests on the others alone. "
        "`pip install 'deliverycheck[certify]'` brings cvc5.",
    ),
    "DC502": Explanation(
        "a fault that cannot happen",
        "The environment allows it, but here there is nothing for it to strike: no channel with "
        "something to lose or to overtake, no role that has something to lose in a crash, no "
        "timer. The verdicts say nothing about it.",
    ),
    "DC503": Explanation(
        "a bound cut something off",
        "A channel or a natural number has no limit of its own, and more could be in flight, or "
        "it could grow further, than was looked at. The verdict is about runs within the bound. "
        "`--copies` raises the bound of unordered channels.",
    ),
    "DC504": Explanation(
        "a channel no timer sees",
        "`timed_out(m)` fires once nothing about `m` is under way. Items that name no message, "
        "such as bare sequence numbers, are about nothing: the timer fires although they are in "
        "flight, and no `delay` is spent. Let the items carry their message.",
    ),
    "DC510": Explanation(
        "nothing can happen at the start",
        "No step is possible in the initial state, so nothing was looked at but that state, and "
        "what holds in it is `vacuous`. Look at what the fields start with, and at the `require` "
        "of the steps that should come first.",
    ),
    "DC511": Explanation(
        "a step that is never possible",
        "In this environment no reachable state allows the step, for no message and no replica: a "
        "`require` is never true, what it takes is never sent, or its place is never reached. "
        "What the model says there has not been looked at. Code that a setting switches off is "
        "left out. With one message only that counts which is so with two messages as well.",
    ),
    "DC512": Explanation(
        "a step that never does anything",
        "Either the step is possible, but a bound cuts it off each time, so that what comes after "
        "it was never looked at (`--copies` raises the bound of unordered channels); or it is "
        "taken, but leaves the state as it was each time.",
    ),
    "DC513": Explanation(
        "a premise that is never true",
        "The property says something about certain states only, and none of them can be reached, "
        "so it is `vacuous`. In `@always` the premise is the `P` of `not P or Q`, in `@leads_to` "
        "the first expression; the promises of a guarantee speak of messages that were accepted, "
        "had their effect, or were told to be done. Properties that nobody relies on are left out.",
    ),
    "DC514": Explanation(
        "a property that nothing could break",
        "Whatever values its variables have, reachable or not, the property is true: it follows "
        "from their types, and says nothing about the model. Its verdict is `vacuous`. A "
        "`@sometimes` is like that if every state meets it.",
    ),
    "DC515": Explanation(
        "a condition that changes nothing",
        "Without this part of a `require` the model would do the same: wherever everything else "
        "allows the step, the condition is true already. Either it is not needed, or what it "
        "guards against cannot happen in this environment. Of a property, a part that follows "
        "from the other parts, or from the types of its variables. What mentions a setting is left "
        "out, and what a base class asks for all its variants, and `... is not None`, which type "
        "checkers need. Of one step, one condition is named at a time: without it, the next may "
        "matter.",
    ),
}
