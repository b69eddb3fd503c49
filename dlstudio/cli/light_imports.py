"""Keeps a package out of the command line's process that nothing there needs."""

import sys
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec


class _HidePandas(MetaPathFinder):
    """Makes pandas look as if it were not installed."""

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        if name == "pandas":
            raise ModuleNotFoundError("pandas is not used by the command line", name=name)
        return None


def hide_pandas() -> None:
    """Hide pandas, which Arrow would import only to ask whether a value is a pandas array.

    That would take 0.4 s and 70 MB in each command that touches data.
    """
    if "pandas" not in sys.modules:
        sys.meta_path.insert(0, _HidePandas())
