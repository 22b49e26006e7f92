"""Flattening: a method's body as linear code, with helpers inlined and conditions made jumps.

Everything that is refused by its form alone is refused here, all of a method's refusals together.
"""

from __future__ import annotations

import ast
import inspect

from deliverycheck.lang.protocol import Protocol
from deliverycheck.lang.source import function_node
from deliverycheck.lift.code.flow import (
    TIMERS,
    Ask,
    Blocked,
    Branch,
    Demand,
    End,
    Enter,
    Flow,
    Function,
    Give,
    Jump,
    Label,
    Leave,
    Loop,
    Next,
    Run,
    Scope,
    Stop,
)
from deliverycheck.lift.code.grammar import refuse_expression, refused_statement
from deliverycheck.lift.code.helpers import asks, helper_of, repeated_places, returned_expression
from deliverycheck.lift.code.refusal import Refusal, shown


def flatten_method(cls: type[Protocol], function: Function) -> Flow:
    """The linear code of a method of `cls`; refusals are collected in it."""
    owner = _owner(cls, function)
    node = function_node(function)
    parameters = tuple(inspect.signature(function).parameters)[1:]
    scope = Scope((), function, owner, parameters)
    flow = Flow([], scope)
    if node is None:
        text = f"the source of `{function.__name__}` cannot be found"
        flow.refusals.append((Refusal("DC105", text, "Define models in a file."), function))
        return flow
    writer = _Writer(cls, flow)
    writer.block(node.body, scope, None, None, Label())
    flow.code.append(End())
    flow.refusals += [(refusal, function) for refusal in repeated_places(flow)]
    return flow


def _owner(cls: type, function: Function) -> type:
    for base in cls.__mro__:
        if vars(base).get(function.__name__) is function:
            return base
    return cls


class _Writer:
    """Writes the code of one method."""

    def __init__(self, cls: type[Protocol], flow: Flow) -> None:
        self.cls = cls
        self.flow = flow
        self.code = flow.code

    def mark(self, label: Label) -> None:
        label.at = len(self.code)

    def refuse(self, refusal: Refusal, scope: Scope) -> None:
        self.flow.refusals.append((refusal, scope.function))

    def fine(self, scope: Scope, *nodes: ast.expr | None) -> bool:
        """Whether expressions have an allowed form; what has not is refused, and left out."""
        refused = [r for node in nodes if node is not None for r in refuse_expression(node)]
        for refusal in refused:
            self.refuse(refusal, scope)
        return not refused

    def block(
        self,
        body: list[ast.stmt],
        scope: Scope,
        again: Label | None,
        out: Label | None,
        end: Label,
    ) -> None:
        """Write statements; `again` and `out` are where continue and break go, `end` is return."""
        for statement in body:
            try:
                self.statement(statement, scope, again, out, end)
            except Refusal as refusal:
                self.refuse(refusal.at(statement, scope.function), scope)

    def statement(
        self,
        node: ast.stmt,
        scope: Scope,
        again: Label | None,
        out: Label | None,
        end: Label,
    ) -> None:
        match node:
            case ast.Pass() | ast.Expr(value=ast.Constant()):
                pass
            case ast.If(test=test, body=body, orelse=orelse):
                other, after = Label(), Label()
                self.condition(test, scope, other)
                self.block(body, scope, again, out, end)
                self.code.append(Jump(after))
                self.mark(other)
                self.block(orelse, scope, again, out, end)
                self.mark(after)
            case ast.While(test=test, body=body, orelse=[]):
                top, after = Label(), Label()
                self.mark(top)
                known = len(self.flow.refusals)
                self.condition(test, scope, after, loop=True)
                self.block(body, scope, top, after, end)
                if len(self.flow.refusals) == known:
                    self.code.append(Jump(top))  # a loop whose test was refused has no end
                self.mark(after)
            case ast.For(target=ast.Name(id=name), iter=iterable, body=body, orelse=[]):
                self.for_loop(name, iterable, body, scope, end)
            case ast.Break() if out is not None:
                self.code.append(Jump(out))
            case ast.Continue() if again is not None:
                self.code.append(Jump(again))
            case ast.Return(value=value):
                if value is not None and scope.path == ():
                    raise Refusal("DC104", "an action returns nothing", "Write `return` alone.")
                if scope.path:
                    self.code.append(Give(value if self.fine(scope, value) else None, scope))
                    self.code.append(Jump(end))
                else:
                    self.code.append(End())
            case ast.Expr(value=ast.Yield(value=value)):
                self.stop(node, value)
            case ast.Expr(value=ast.YieldFrom(value=ast.Call() as call)):
                self.call(call, None, scope, yields=True)
            case ast.Expr(value=ast.Call(func=ast.Name(id="require"), args=[test])):
                self.demand(test, scope)
            case ast.Expr(value=ast.Call() as call) if helper_of(self.cls, call, scope):
                self.call(call, None, scope)
            case ast.Assign(targets=[target], value=ast.Call() as call) if self.is_inlined(
                call, scope
            ):
                if self.fine(scope, target):
                    self.call(call, target, scope)
            case ast.AnnAssign(target=ast.Name() as target, value=ast.Call() as call) if (
                self.is_inlined(call, scope)
            ):
                bare = ast.AnnAssign(target, node.annotation, None, node.simple)
                self.code.append(Run(ast.copy_location(bare, node), scope))
                self.call(call, target, scope)
            case ast.Expr(value=ast.Call() as value):
                if self.fine(scope, value):
                    self.code.append(Run(node, scope))
            case (
                ast.Assign(targets=[target], value=value)
                | ast.AnnAssign(target=target, value=value)
                | ast.AugAssign(target=target, value=value)
            ):
                if self.fine(scope, target, value):
                    self.code.append(Run(node, scope))
            case _:
                raise refused_statement(node)

    def for_loop(
        self, name: str, iterable: ast.expr, body: list[ast.stmt], scope: Scope, end: Label
    ) -> None:
        for inner in body:
            for found in ast.walk(inner):
                if isinstance(found, ast.Yield | ast.YieldFrom):
                    text = "a `for` loop cannot yield"
                    remedy = "Use `while` with a counter, or an action with a parameter."
                    raise Refusal("DC113", text, remedy, found)
        loop, top, after = Label(), Label(), Label()
        listed = iterable if self.fine(scope, iterable) else ast.Tuple([], ast.Load())
        self.code.append(Loop(listed, scope, loop))
        self.mark(top)
        self.code.append(Next(name, iterable, scope, loop, after))
        self.block(body, scope, top, after, end)
        self.code.append(Jump(top))
        self.mark(after)

    def demand(self, test: ast.expr, scope: Scope) -> None:
        """`require`: parts without a timer stay whole."""
        if not asks(test):
            if self.fine(scope, test):
                self.code.append(Demand(test, scope))
            return
        if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And):
            for part in test.values:
                self.demand(part, scope)
            return
        blocked, after = Label(), Label()
        self.condition(test, scope, blocked)
        self.code.append(Jump(after))
        self.mark(blocked)
        self.code.append(Blocked())
        self.mark(after)

    def condition(
        self, test: ast.expr, scope: Scope, otherwise: Label, *, loop: bool = False
    ) -> None:
        """Go on where `test` holds, else jump; timers are asked in Python's short-circuit order."""
        match test:
            case _ if not asks(test):
                if self.fine(scope, test):
                    self.code.append(Branch(test, scope, otherwise, loop))
            case ast.Call(func=ast.Attribute(attr=name), args=[subject, *among], keywords=[]):
                if self.fine(scope, subject, *among):
                    ask = Ask(TIMERS[name], subject, scope, otherwise, tuple(among))
                    self.code.append(ask)
            case ast.UnaryOp(op=ast.Not(), operand=inner):
                yes = Label()
                self.condition(inner, scope, yes, loop=loop)
                self.code.append(Jump(otherwise))
                self.mark(yes)
            case ast.BoolOp(op=ast.And(), values=parts):
                for part in parts:
                    self.condition(part, scope, otherwise, loop=loop)
            case ast.BoolOp(op=ast.Or(), values=[*parts, last]):
                yes = Label()
                for part in parts:
                    more = Label()
                    self.condition(part, scope, more, loop=loop)
                    self.code.append(Jump(yes))
                    self.mark(more)
                self.condition(last, scope, otherwise, loop=loop)
                self.mark(yes)
            case _:
                raise Refusal(
                    "DC115",
                    f"a timer cannot be asked inside `{shown(test)}`",
                    "Ask it in a `require` or an `if`, joined by and, or, not.",
                    test,
                )

    def stop(self, node: ast.stmt, value: ast.expr | None) -> None:
        place = value.value if isinstance(value, ast.Constant) else None
        if not isinstance(place, str) or not place.strip():
            text = "a `yield` must name its place with a text"
            raise Refusal("DC113", text, 'Write `yield "received"`.', node)
        self.code.append(Stop(place, node))

    def is_inlined(self, call: ast.Call, scope: Scope) -> bool:
        """Whether `x = call` needs the helper's statements, not just its one expression."""
        found = helper_of(self.cls, call, scope)
        return found is not None and returned_expression(found[0]) is None

    def call(
        self, call: ast.Call, target: ast.expr | None, scope: Scope, *, yields: bool = False
    ) -> None:
        """Inline a helper; `yields`: it was called by `yield from`."""
        found = helper_of(self.cls, call, scope)
        if found is None:
            text = f"`{shown(call.func)}` is no method of this model"
            raise Refusal("DC106", text, "Only own methods can be called here.", call)
        function, owner = found
        if inspect.isgeneratorfunction(function) != yields:
            text = f"`{function.__name__}` " + ("does not yield" if yields else "yields")
            remedy = "Call it with `yield from` if, and only if, it yields."
            raise Refusal("DC113", text, remedy, call)
        if function in (*scope.callers, scope.function):
            text = f"`{function.__name__}` calls itself"
            raise Refusal("DC117", text, "Use a `while` loop.", call)
        node = function_node(function)
        if node is None:
            raise Refusal("DC105", f"the source of `{function.__name__}` cannot be found", "", call)
        if not self.fine(scope, call):
            return
        parameters = tuple(inspect.signature(function).parameters)[1:]
        callers = (*scope.callers, scope.function)
        callee = Scope((*scope.path, function.__name__), function, owner, parameters, callers)
        end = Label()
        self.code.append(Enter(call, scope, callee, node))
        self.block(node.body, callee, None, None, end)
        self.mark(end)
        self.code.append(Leave(callee, target, scope))
