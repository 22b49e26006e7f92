"""Finding models: the files of a folder, by their names alone; nothing is opened or run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

DESIGN = ".delivery.toml"


def is_model_file(file: Path) -> bool:
    """Whether a file has the name of a model or a design; `_this.py` is for others to import."""
    return not file.name.startswith((".", "_")) and file.name.endswith((DESIGN, ".py"))


def files_in(folder: Path) -> Iterator[Path]:
    """The models and designs of a folder; hidden folders and virtual environments are passed by."""
    for path in sorted(folder.iterdir()):
        if path.name.startswith((".", "_")):
            continue
        if path.is_dir():
            if not (path / "pyvenv.cfg").exists():
                yield from files_in(path)
        elif path.is_file() and is_model_file(path):
            yield path
