"""Samples are taken away as files that other programs open; paths between rows."""

import base64
import io
import zipfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pv
import pyarrow.parquet as pq
import pytest
from PIL import Image

from dlstudio.reports.generated import GeneratedSamples
from dlstudio.ui.drawn_view import channel_names, codes_request, left_out
from dlstudio.ui.report_between import codes_of, first_pair, path_requests
from dlstudio.ui.report_samples import files_of


def drawn(kind: str, values: np.ndarray, captions: tuple[str, ...] = ()) -> GeneratedSamples:
    data = base64.b64encode(values.tobytes()).decode()
    fields = {"data": data, "dtype": str(values.dtype), "shape": values.shape}
    return GeneratedSamples(kind=kind, captions=captions, **fields)


@pytest.mark.parametrize("channels", [1, 3])
def test_images_are_offered_as_a_picture_and_as_an_archive(channels: int) -> None:
    pixels = np.random.default_rng(0).integers(0, 255, (6, 8, 9, channels)).astype("uint8")
    files = files_of(drawn("image", pixels, ("a", "b") * 3))

    assert list(files) == ["samples.png", "samples.zip"]
    with Image.open(io.BytesIO(files["samples.png"])) as picture:
        assert picture.width >= 9
    with zipfile.ZipFile(io.BytesIO(files["samples.zip"])) as archive:
        names = archive.namelist()
        assert {name.split("/")[0] for name in names} == {"a", "b"}
        with Image.open(io.BytesIO(archive.read(names[0]))) as picture:
            found = np.asarray(picture).reshape(8, 9, channels)
    np.testing.assert_array_equal(found, pixels[0])


def test_sounds_are_offered_as_pictures_of_their_spectrograms() -> None:
    loud = np.random.default_rng(0).normal(size=(4, 60, 64, 1)).astype("float32")
    files = files_of(drawn("sound", loud))

    assert list(files) == ["samples.png", "samples.zip"]
    with zipfile.ZipFile(io.BytesIO(files["samples.zip"])) as archive:
        assert len(archive.namelist()) == 4
        with Image.open(io.BytesIO(archive.read(archive.namelist()[0]))) as picture:
            assert picture.size == (60, 64)


def test_sequences_are_offered_as_a_row_a_step() -> None:
    values = np.arange(12, dtype="float32").reshape(2, 3, 2)
    files = files_of(drawn("series", values, ("x", "y")))
    table = pv.read_csv(io.BytesIO(files["samples.csv"]))

    assert table.column_names == ["sample", "step", "value_0", "value_1", "class"]
    assert table.column("value_1").to_pylist() == [1, 3, 5, 7, 9, 11]


def test_channels_of_sequences_keep_their_names() -> None:
    made = drawn("series", np.zeros((2, 3, 2), "float32"))
    named = made.model_copy(update={"channels": ("speed", "heat")})
    table = pv.read_csv(io.BytesIO(files_of(named)["samples.csv"]))

    assert table.column_names == ["sample", "step", "speed", "heat"]
    assert channel_names(named) == ("speed", "heat")
    assert channel_names(made) == ("channel 1", "channel 2")


@pytest.mark.parametrize(
    ("shape", "said"),
    [
        ((6, 5, 3), ""),
        ((72, 5, 3), "Shown: the first 6 of 72 samples."),
        ((1, 5, 12), "Shown: the first 3 of 12 channels."),
        ((72, 5, 12), "Shown: the first 6 of 72 samples, the first 3 of 12 channels."),
    ],
)
def test_sequences_and_channels_that_are_not_drawn_are_told(
    shape: tuple[int, int, int], said: str
) -> None:
    assert left_out(drawn("series", np.zeros(shape, "float32"))) == said


def test_tables_are_offered_as_csv() -> None:
    rows = ({"age": 3, "home": "own"}, {"age": None, "home": "rent"})
    files = files_of(GeneratedSamples(kind="table", rows=rows))
    table = pv.read_csv(io.BytesIO(files["samples.csv"]))
    assert table.to_pylist() == list(rows)


def test_a_pair_begins_with_two_classes() -> None:
    rows = np.asarray([7, 9, 4])
    assert first_pair(rows, ["a", "a", "b"]) == (7, 4)
    assert first_pair(rows, ["a", "a", "a"]) == (7, 9)
    assert first_pair(rows, []) == (7, 9)
    assert first_pair(rows[:1], []) == (7, 7)


def test_codes_are_read_in_the_order_that_is_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "predictions.parquet"
    pq.write_table(pa.table({"row": [5, 2], "code_0": [0.5, 0.2], "code_1": [1.5, 1.2]}), path)
    codes = codes_of(path, (2, 5))
    assert codes is not None
    np.testing.assert_array_equal(codes, [[0.2, 1.2], [0.5, 1.5]])
    assert codes_of(path, (2, 3)) is None


def test_a_path_between_classes_blends_them_or_has_a_line_each() -> None:
    codes = np.zeros((3, 2))
    ((said, blended),) = path_requests(codes, ("a*", "b"), is_blended=True)
    assert said == "From a\\* to b:"
    assert blended["classes"] == ("a*", "b")
    assert blended["shares"] == [0.0, 0.5, 1.0]
    apart = path_requests(codes, ("a", "b"), is_blended=False)
    assert [(said, request["classes"]) for said, request in apart] == [
        ("Made as a:", ("a",)),
        ("Made as b:", ("b",)),
    ]
    assert all("shares" not in request for _, request in apart)


def test_a_path_within_a_class_or_without_classes_is_one_line() -> None:
    codes = np.zeros((3, 2))
    ((_, same),) = path_requests(codes, ("a", "a"), is_blended=True)
    assert same["classes"] == ("a",) and "shares" not in same
    assert path_requests(codes, (), is_blended=True) == [("", codes_request(codes, ()))]


def test_codes_without_classes_ask_for_none() -> None:
    assert codes_request(np.zeros((1, 2)), []) == {"codes": [[0.0, 0.0]]}
    assert codes_request(np.zeros((1, 2)), ["a"])["classes"] == ("a",)
