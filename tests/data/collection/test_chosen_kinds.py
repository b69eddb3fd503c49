"""Files of several kinds in one collection: the chosen kind decides which are the data."""

from pathlib import Path

from dlstudio.data.catalog import add_dataset
from dlstudio.data.options import ReadOptions
from dlstudio.settings import Settings
from tests.data.collection.files import add_zip, cats_and_dogs, picture, sound, write_zip
from tests.data.files import kinds, refuse

IMAGES = {f"x{number}.png": picture(number) for number in range(4)}
SOUNDS = {f"x{number}.wav": sound(number) for number in range(3)}


def test_a_column_that_names_several_kinds_is_of_the_chosen_one(
    settings: Settings, tmp_path: Path
) -> None:
    rows = "".join(f"{name},{'ab'[place % 2]}\n" for place, name in enumerate([*IMAGES, *SOUNDS]))
    files = {**IMAGES, **SOUNDS, "t.csv": "where,label\n" + rows}
    path = write_zip(tmp_path / "data.zip", files)
    error = refuse(lambda: add_dataset(settings, path))
    assert "3 of 7 files" in error.problem
    assert "'x0.wav' is not of the kind image like the others" in str(error)
    options = ReadOptions(file_kind="audio", leave_out_broken=True)
    dataset = add_dataset(settings, path, options=options)
    assert kinds(dataset)["where"] == "audio" and dataset.info.num_rows == 3
    assert dataset.info.source.options["file_kind"] == "audio"
    assert dataset.info.source.num_rows_rejected == 4


def test_columns_of_other_kinds_stay_names(settings: Settings, tmp_path: Path) -> None:
    rows = "".join(f"x{n}.png,x{n}.wav,{'ab'[n % 2]}\n" for n in range(3))
    files = {**IMAGES, **SOUNDS, "t.csv": "photo,voice,label\n" + rows}
    path = write_zip(tmp_path / "data.zip", files)
    both = add_dataset(settings, path, "both").info
    assert [both.column(name).kind for name in ("photo", "voice")] == ["image", "audio"]
    assert both.source.options["file_kind"] is None
    one = add_dataset(settings, path, "one", ReadOptions(file_kind="audio")).info
    assert one.column("voice").kind == "audio" and one.column("photo").image is None
    hint = next(warning for warning in one.warnings if warning.code == "other-files")
    assert "4 other files were left out (4 .png)" in hint.problem
    assert "Choose image under Kind of files (file_kind=image)" in hint.fix


def test_an_identifier_names_the_file_of_the_chosen_kind(
    settings: Settings, tmp_path: Path
) -> None:
    files = {**IMAGES, **SOUNDS, "t.csv": "id,label\nx0,a\nx1,b\nx2,a\n"}
    dataset = add_zip(settings, tmp_path, files, file_kind="audio")
    assert kinds(dataset) == {"id": "audio", "label": "category"}


def test_class_folders_of_the_chosen_kind_are_read_beside_a_table_of_other_files(
    settings: Settings, tmp_path: Path
) -> None:
    table = "path,label\nx0.wav,a\nx1.wav,b\nx2.wav,a\n"
    files = {**cats_and_dogs(), **SOUNDS, "t.csv": table}
    dataset = add_zip(settings, tmp_path, files, file_kind="image")
    assert dataset.info.num_rows == 6 and kinds(dataset)["label"] == "category"
