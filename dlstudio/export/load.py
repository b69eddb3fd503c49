"""Loads a .keras file after a look at what it asks for."""

from pathlib import Path

import keras

from dlstudio.errors import DataError
from dlstudio.export.archive import check_archive


def load_model(path: Path) -> keras.Model:
    """Load the model of a run.

    Args:
        path: A .keras file.

    Returns:
        The model, not compiled.

    Raises:
        DataError: The file is damaged, asks for too much memory or holds what is not a model.
    """
    check_archive(path)
    try:
        model = keras.saving.load_model(path, compile=False, safe_mode=True)
    except (ValueError, TypeError, KeyError, OSError) as error:
        reason = str(error).splitlines()[0][:300]
        raise DataError(
            f"{path.name} cannot be loaded: {reason}",
            "Train the run again, or download the file again.",
            where=path.name,
        ) from error
    assert isinstance(model, keras.Model)
    return model
