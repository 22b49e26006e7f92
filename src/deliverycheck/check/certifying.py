"""Certifying: what an engine claims is checked again by a process that imports no engine."""

from __future__ import annotations

import json
import re
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

from deliverycheck.certify.states import line_of
from deliverycheck.check.finding import Finding
from deliverycheck.check.notes import is_witness
from deliverycheck.errors import Diagnostic, InputError
from deliverycheck.exchange.certificates import certificate_document, kind_of_proof
from deliverycheck.exchange.writing import write_whole
from deliverycheck.explore.explored import Explored
from deliverycheck.supervise.child import Child
from deliverycheck.supervise.lost import ChildLost
from deliverycheck.system.certificates import (
    Certificate,
    Claimed,
    Class,
    Proof,
    Ranking,
    ReachableSet,
)
from deliverycheck.system.verdicts import Checked, Json

COMMAND = (sys.executable, "-P", "-m", "deliverycheck.certify", "--serve")

MOST_STATES = 50_000
"""States of a reachable set that is computed a second time, by slow and simple code."""


@dataclass(frozen=True, slots=True)
class Certifying:
    """How certificates are checked: by which process, how long each, and where they are kept."""

    command: Sequence[str] = COMMAND
    seconds: float = 60.0
    megabytes: float | None = 4_096.0
    folder: Path | None = None


def certified(
    findings: Sequence[Finding], how: Certifying, deadline: float | None
) -> list[Finding]:
    """The findings as they stand once their certificates were checked, until the deadline.

    A verdict whose certificate is refused becomes `undetermined`.
    """
    done: list[Finding] = []
    child: Child | None = None
    try:
        for finding in findings:
            if finding.certificate is None:
                if how.folder is not None:
                    _drop(how.folder, finding.prop.name)
                done.append(finding)
                continue
            document = certificate_document(finding.certificate)
            if how.folder is not None:
                _keep(how.folder, finding.prop.name, document)
            left = how.seconds
            if deadline is not None:
                left = min(left, deadline - time.monotonic())
            kind = kind_of_proof(finding.certificate.proof)
            if left <= 0:
                late = Checked(kind, "unchecked", (), "no time was left to check it")
                done.append(_judged(finding, late))
                continue
            try:
                if child is None or not child.alive:
                    child = Child(how.command, how.megabytes)
                checked = _read(kind, child.ask(document, left))
            except ChildLost as lost:
                checked = Checked(kind, "unchecked", (), f"the checker was lost: {lost.text}")
            done.append(_judged(finding, checked))
    finally:
        if child is not None:
            child.close()
    return done


def checked_by(certificate: Certificate, how: Certifying) -> Checked:
    """What an independent checker says of a certificate."""
    kind = kind_of_proof(certificate.proof)
    try:
        with Child(how.command, how.megabytes) as child:
            return _read(kind, child.ask(certificate_document(certificate), how.seconds))
    except ChildLost as lost:
        return Checked(kind, "unchecked", (), f"the checker was lost: {lost.text}")


def _read(kind: str, answer: Mapping[str, object]) -> Checked:
    """A checker's answer."""
    status, by, reason = answer.get("status"), answer.get("by"), answer.get("reason")
    if status not in ("accepted", "refused", "unchecked") or not isinstance(by, list):
        return Checked(kind, "unchecked", (), "the checker answered something else")
    names = tuple(map(str, cast("list[object]", by)))
    return Checked(kind, status, names, str(reason or ""))


def _judged(finding: Finding, checked: Checked) -> Finding:
    evidence = replace(finding.evidence, checked=checked)
    if checked.status != "refused":
        return replace(finding, evidence=evidence)
    return replace(
        finding,
        verdict="undetermined",
        evidence=evidence,
        trace=None,
        reason=f"its certificate was refused: {checked.reason}",
    )


def exhausted(found: Explored, finding: Finding, digest: Callable[[], str]) -> Finding:
    """The explicit engine's finding with its certificate: the run, or the reachable states.

    Too many states to compute them a second time are left uncertified. `digest` gives the digest of
    the states, once for all properties.
    """
    kept = tuple(prop for prop in found.system.properties if not is_witness(prop.name))
    system = replace(found.system, properties=kept)
    if finding.certificate is not None:
        return replace(finding, certificate=replace(finding.certificate, system=system))
    if finding.verdict not in ("holds", "vacuous") or finding.prop.kind == "sometimes":
        return finding
    if not found.complete:
        return finding
    if len(found.states) > MOST_STATES:
        checked = Checked("REACH", "unchecked", (), "too many states to be computed a second time")
        return replace(finding, evidence=replace(finding.evidence, checked=checked))
    verdict: Claimed = "holds" if finding.verdict == "holds" else "vacuous"
    proof: Proof = ReachableSet(len(found.states), digest())
    if verdict == "holds" and finding.prop.kind == "leads-to":
        lines = [line_of(found.state(number)) for number in range(len(found.states))]
        order = sorted(range(len(lines)), key=lines.__getitem__)
        numbers = {state: number for number, state in enumerate(order)}
        clauses = tuple(_numbered(one, numbers) for one in finding.classes)
        proof = Ranking(len(found.states), digest(), clauses)
    return replace(finding, certificate=Certificate(system, finding.prop.name, verdict, proof))


def _numbered(classes: Sequence[Class], numbers: Mapping[int, int]) -> tuple[Class, ...]:
    """The classes with the numbers that certificates give to states."""
    return tuple(
        Class(
            tuple(sorted(numbers[state] for state in one.states)),
            one.helpful,
            _numbered(one.inner, numbers),
        )
        for one in classes
    )


def file_name(name: str) -> str:
    """A name as a file or folder may bear it anywhere."""
    return re.sub(r"[^A-Za-z0-9_-]", "_", name)


def _keep(folder: Path, name: str, document: Mapping[str, Json]) -> None:
    """Write a certificate into the folder, which is made where it is missing."""
    file = folder / f"{file_name(name)}.json"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        text = f"{folder} cannot be made: {error.strerror or type(error).__name__}"
        raise InputError(Diagnostic("DC003", text)) from None
    write_whole(file, json.dumps(document, indent=1) + "\n")


def _drop(folder: Path, name: str) -> None:
    """Remove the certificate of an earlier run: it says nothing about this one."""
    with suppress(OSError):
        (folder / f"{file_name(name)}.json").unlink()
