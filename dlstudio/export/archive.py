"""A look into a .keras file before TensorFlow sees it.

Keras builds every layer that the file describes before it reads a weight, so a few kilobytes of
description can ask for gigabytes of memory; and the weights may be compressed zeros. Here the parts
of the archive, the sizes of its weights and the sizes of its layers are counted first.
"""

import io
import json
import math
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from dlstudio.errors import DataError
from dlstudio.settings import GIGABYTE, MEGABYTE

METADATA_FILE = "metadata.json"
CONFIG_FILE = "config.json"
WEIGHTS_FILE = "model.weights.h5"
ASSETS_FOLDER = "assets/"

MOST_CONFIG_BYTES = 256 * MEGABYTE
MOST_MODEL_BYTES = 16 * GIGABYTE
FREE_BYTES = 64 * MEGABYTE
MOST_GROWTH = 20  # weights that were trained hardly compress; Keras does not even try

# The fields whose product with the width of the input is the number of weights of a layer.
WIDTH_FIELDS = ("units", "filters", "output_dim")
SIZE_FIELDS = (*WIDTH_FIELDS, "input_dim", "num_heads", "key_dim", "max_tokens", "num_bins")


def check_archive(path: Path) -> None:
    """Refuse a model file that is damaged or asks for more than its size can mean.

    Args:
        path: A .keras file.

    Raises:
        DataError: Says what is wrong with the file.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            _check_parts(archive, path)
            config = json.loads(archive.read(CONFIG_FILE))
            num_bytes = _weight_bytes(archive, path)
    except (zipfile.BadZipFile, json.JSONDecodeError, KeyError, OSError, EOFError) as error:
        raise _refusal(path, f"it is damaged ({error})") from error
    allowed = min(MOST_MODEL_BYTES, max(FREE_BYTES, MOST_GROWTH * path.stat().st_size))
    if num_bytes > allowed:
        raise _refusal(path, f"its weights would take {num_bytes / GIGABYTE:.1f} GB of memory")
    asked = 4 * sum(_layer_size(layer) for layer in _layers(config))
    # Layers hold at most a little more than the file's weights: some are not saved, such as seeds.
    if asked > max(FREE_BYTES, 4 * num_bytes):
        raise _refusal(path, f"its layers would take {asked / GIGABYTE:.1f} GB of memory")


def _check_parts(archive: zipfile.ZipFile, path: Path) -> None:
    names = {METADATA_FILE, CONFIG_FILE, WEIGHTS_FILE}
    parts = archive.infolist()
    found = {part.filename for part in parts}
    if not names <= found:
        raise _refusal(path, f"it lacks {', '.join(sorted(names - found))}")
    strange = [name for name in found - names if not name.startswith(ASSETS_FOLDER)]
    if strange or any(".." in Path(name).parts for name in found) or len(parts) != len(found):
        raise _refusal(path, f"it holds parts that no model has: {sorted(strange)[:5]}")
    if archive.getinfo(CONFIG_FILE).file_size > MOST_CONFIG_BYTES:
        raise _refusal(path, "its description is too large")
    unpacked = sum(part.file_size for part in parts)
    if unpacked > max(FREE_BYTES, MOST_GROWTH * path.stat().st_size):
        raise _refusal(path, f"it unpacks to {unpacked / GIGABYTE:.1f} GB")


def _weight_bytes(archive: zipfile.ZipFile, path: Path) -> int:
    """Memory that the declared arrays take, whatever they take in the file."""
    import h5py

    total = 0

    def add(_name: str, entry: object) -> None:
        nonlocal total
        if isinstance(entry, h5py.Dataset):
            total += math.prod(entry.shape or ()) * max(1, entry.dtype.itemsize)

    # Arrays that live in another file, or behind a link to it, are not counted: refuse them.
    with h5py.File(io.BytesIO(archive.read(WEIGHTS_FILE)), "r") as file:
        file.visititems(add)
        if any(_is_foreign(file, name) for name in _link_names(file)):
            raise _refusal(path, "its weights are links to other files")
    return total


def _link_names(group: Any) -> Iterator[str]:  # noqa: ANN401 - h5py has no types
    import h5py

    for name in group:
        yield f"{group.name}/{name}"
        if isinstance(group.get(name, getlink=True), h5py.HardLink):
            entry = group[name]
            if isinstance(entry, h5py.Group):
                yield from _link_names(entry)


def _is_foreign(file: Any, name: str) -> bool:  # noqa: ANN401 - h5py has no types
    import h5py

    if not isinstance(file.get(name, getlink=True), h5py.HardLink):
        return True
    entry = file[name]
    return isinstance(entry, h5py.Dataset) and bool(entry.external or entry.is_virtual)


def _layers(config: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401 - any JSON
    """Every object of a description, however deep, that has a config of its own."""
    waiting = [config]
    while waiting:
        entry = waiting.pop()
        if isinstance(entry, dict):
            if isinstance(entry.get("config"), dict):
                yield entry
            waiting.extend(entry.values())
        elif isinstance(entry, list):
            waiting.extend(entry)


def _layer_size(layer: dict[str, Any]) -> int:
    """About how many weights a layer asks for; too few rather than too many."""
    fields = layer["config"]
    sizes = {name: _as_size(fields.get(name)) for name in SIZE_FIELDS}
    width = max(sizes[name] for name in WIDTH_FIELDS)
    if layer.get("class_name") == "Embedding":
        return sizes["input_dim"] * sizes["output_dim"]
    if not width:
        return max(sizes.values())
    shape = (layer.get("build_config") or {}).get("input_shape")
    depth = _as_size(shape[-1]) if isinstance(shape, list) and shape else 1
    kernel = fields.get("kernel_size")
    window = math.prod(_as_size(size) for size in kernel) if isinstance(kernel, list) else 1
    return width * max(1, depth) * max(1, window)


def _as_size(value: object) -> int:
    return value if isinstance(value, int) and value > 0 else 0


def _refusal(path: Path, reason: str) -> DataError:
    return DataError(
        f"{path.name} is not a model that can be loaded: {reason}.",
        "Use the file that DL Studio wrote, unchanged.",
        where=path.name,
    )
