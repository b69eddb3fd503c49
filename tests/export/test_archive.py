"""Model files that ask for more than they are, and files that are no models."""

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import pytest

from dlstudio.errors import DataError
from dlstudio.export.archive import check_archive


def dense_config(units: int, inputs: int) -> dict[str, object]:
    return {
        "class_name": "Functional",
        "config": {
            "layers": [
                {
                    "class_name": "Dense",
                    "config": {"name": "dense", "units": units},
                    "build_config": {"input_shape": [None, inputs]},
                }
            ]
        },
    }


def weights(fill: Callable[[h5py.File], None]) -> bytes:
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        fill(file)
    return buffer.getvalue()


def honest_weights(file: h5py.File) -> None:
    file["layers/dense/vars/0"] = np.zeros((10, 4), np.float32)


def write_archive(
    path: Path,
    config: object | None = None,
    fill: Callable[[h5py.File], None] = honest_weights,
    extra: dict[str, bytes] | None = None,
) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("metadata.json", "{}")
        archive.writestr("config.json", json.dumps(config or dense_config(4, 10)))
        archive.writestr("model.weights.h5", weights(fill))
        for name, content in (extra or {}).items():
            archive.writestr(name, content)
    return path


def test_an_honest_model_passes(tmp_path: Path) -> None:
    check_archive(write_archive(tmp_path / "m.keras", extra={"assets/vocabulary": b"a\nb\n"}))


def test_a_small_file_with_compressed_weights_of_8_gigabytes_is_refused(tmp_path: Path) -> None:
    def fill(file: h5py.File) -> None:
        file.create_dataset("w", shape=(2**31,), dtype="f4", chunks=(2**20,), compression="gzip")

    path = write_archive(tmp_path / "m.keras", fill=fill)
    assert path.stat().st_size < 2_000_000
    with pytest.raises(DataError, match=r"its weights would take 8\.0 GB of memory"):
        check_archive(path)


def test_a_description_of_a_huge_layer_is_refused(tmp_path: Path) -> None:
    path = write_archive(tmp_path / "m.keras", dense_config(1_000_000, 100_000))
    with pytest.raises(DataError, match=r"its layers would take 372\.5 GB of memory"):
        check_archive(path)


@pytest.mark.parametrize(
    ("class_name", "fields"),
    [
        ("Embedding", {"input_dim": 10**8, "output_dim": 64}),
        ("Conv2D", {"filters": 10**6, "kernel_size": [99, 99]}),
        ("LSTM", {"units": 10**10}),
        ("MultiHeadAttention", {"num_heads": 10**9, "key_dim": 64}),
    ],
)
def test_huge_layers_of_other_kinds_are_refused(
    tmp_path: Path, class_name: str, fields: dict[str, object]
) -> None:
    layer = {
        "class_name": class_name,
        "config": fields,
        "build_config": {"input_shape": [None, 16]},
    }
    config = {"class_name": "Functional", "config": {"layers": [{"config": {"inner": layer}}]}}
    with pytest.raises(DataError, match="its layers would take"):
        check_archive(write_archive(tmp_path / "m.keras", config))


def test_a_part_that_unpacks_to_gigabytes_is_refused(tmp_path: Path) -> None:
    path = write_archive(tmp_path / "m.keras", extra={"assets/zeros": bytes(200_000_000)})
    with pytest.raises(DataError, match=r"it unpacks to 0\.2 GB"):
        check_archive(path)


def test_weights_that_lie_in_another_file_are_refused(tmp_path: Path) -> None:
    def link(file: h5py.File) -> None:
        file["w"] = h5py.ExternalLink("/etc/passwd", "/w")

    with pytest.raises(DataError, match="its weights are links to other files"):
        check_archive(write_archive(tmp_path / "m.keras", fill=link))

    def external(file: h5py.File) -> None:
        file.create_dataset("w", shape=(4,), dtype="f4", external=[("/etc/passwd", 0, 16)])

    with pytest.raises(DataError, match="its weights are links to other files"):
        check_archive(write_archive(tmp_path / "n.keras", fill=external))


def test_parts_that_no_model_has_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="it holds parts that no model has: \\['evil.py'\\]"):
        check_archive(write_archive(tmp_path / "m.keras", extra={"evil.py": b"boom"}))


def test_missing_parts_are_named(tmp_path: Path) -> None:
    path = tmp_path / "m.keras"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("config.json", "{}")
    with pytest.raises(DataError, match=r"it lacks metadata\.json, model\.weights\.h5"):
        check_archive(path)


@pytest.mark.parametrize("content", [b"", b"junk" * 100, b"PK\x03\x04" + bytes(100)])
def test_what_is_no_archive_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "m.keras"
    path.write_bytes(content)
    with pytest.raises(DataError, match=r"m\.keras is not a model .* it is damaged"):
        check_archive(path)


def test_a_description_that_is_no_json_and_weights_that_are_no_hdf5_are_refused(
    tmp_path: Path,
) -> None:
    path = tmp_path / "m.keras"
    for config, content in (("{", weights(honest_weights)), ("{}", b"no hdf5")):
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("metadata.json", "{}")
            archive.writestr("config.json", config)
            archive.writestr("model.weights.h5", content)
        with pytest.raises(DataError, match="it is damaged"):
            check_archive(path)


def test_a_truncated_file_is_refused(tmp_path: Path) -> None:
    path = write_archive(tmp_path / "m.keras")
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(DataError, match="it is damaged"):
        check_archive(path)
