"""`python -m deliverycheck.certify [FILE...]`: one JSON line for each certificate.

Without files, certificates are read as JSON lines from standard input and answered one by one; with
`--serve` as well, for the process that has started this one and looks after it.
Ends with 0 if there were certificates and all were accepted, with 1 otherwise.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from deliverycheck.certify.checking import Outcome, certify
from deliverycheck.errors import InputError
from deliverycheck.exchange.certificates import certificate_from
from deliverycheck.exchange.reading import Reader, document_of
from deliverycheck.supervise.serving import serve


def answer_to(document: bytes, file: str | None = None) -> Outcome:
    """The answer to a certificate as it stands in a file."""
    try:
        return _judged(document_of(document.decode(), file))
    except InputError as error:
        return Outcome("refused", reason=error.diagnostics[0].message)
    except (ValueError, RecursionError) as error:
        # No UTF-8, a text that is none, or too deep for what looks at the system.
        return Outcome("refused", reason=f"this is no certificate: {error}")


def _judged(reader: Reader) -> Outcome:
    try:
        certificate = certificate_from(reader)
    except InputError as error:
        return Outcome("refused", reason=error.diagnostics[0].message)
    return certify(certificate)


def _answers(files: list[str]) -> Iterator[tuple[str | None, Outcome]]:
    for file in files:
        try:
            document = Path(file).read_bytes()
        except (OSError, ValueError) as error:
            yield file, Outcome("refused", reason=f"the file cannot be read: {error}")
        else:
            yield file, answer_to(document, file)
    if not files:
        for line in sys.stdin.buffer:
            yield None, answer_to(line)


def main() -> int:
    """Answer every certificate on a line of its own."""
    if sys.argv[1:] == ["--serve"]:
        serve(lambda request: asdict(_judged(Reader(None, "", request))))
    accepted: list[bool] = []
    for file, outcome in _answers(sys.argv[1:]):
        print(json.dumps({"file": file, **asdict(outcome)}), flush=True)
        accepted.append(outcome.status == "accepted")
    return 0 if accepted and all(accepted) else 1


if __name__ == "__main__":
    sys.exit(main())
