"""Finding models and claims: a folder's files by their names alone; nothing is opened or run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

DESIGN = ".delivery.toml"

CLAIMS = "claims.toml"


def is_model_file(file: Path) -> bool:
    """Whether a file has the name of a model or a design; `_this.py` is for others to import."""
    return not file.name.startswith((".", "_")) and file.name.endswith((DESIGN, ".py"))


def is_claims_file(file: Path) -> bool:
    """Whether a file has the name of a file of claims."""
    return file.name == CLAIMS or file.name.endswith(f".{CLAIMS}")


def files_in(folder: Path, wanted: Callable[[Path], bool] = is_model_file) -> Iterator[Path]:
    """The models and designs of a folder, or whatever is wanted.

    Hidden folders and virtual environments are passed by.
    """
    for path in sorted(folder.iterdir()):
        if path.name.startswith((".", "_")):
            continue
        if path.is_dir():
            if not (path / "pyvenv.cfg").exists():
                yield from files_in(path, wanted)
        elif path.is_file() and wanted(path):
            yield path
