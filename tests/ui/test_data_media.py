"""The Data page on images and sequences: overview, columns and rows."""

import re
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dlstudio.data.catalog import add_dataset, open_dataset
from dlstudio.data.collection.remarks import COLLECTION_CODES
from dlstudio.data.edit import ColumnChange
from dlstudio.data.jobs import IngestStatus, find_jobs
from dlstudio.data.options import ReadOptions
from dlstudio.settings import Settings, studio_folder
from dlstudio.spec.dataset import ColumnInfo, ColumnKind, ColumnRole, DatasetInfo
from dlstudio.spec.media import AudioSummary, ImageSummary, SequenceSummary, Spread, VideoSummary
from dlstudio.ui.column_chart import spark_values
from dlstudio.ui.data_columns import example_of, fixed_kinds, kinds_of
from dlstudio.ui.data_media_words import file_name, media_lines
from dlstudio.ui.data_overview import WARNING_TITLES
from dlstudio.ui.data_rows import readable
from dlstudio.ui.sources import remember_source
from tests.ui.opened import open_page, words_of
from tests.ui.test_data_adding import press, write_pictures

# Each opens the page many times.
pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("workspace")]

VARIED, SAME = Spread(min=8, median=16, max=640), Spread(min=28, median=28, max=28)


@pytest.fixture
def pets(settings: Settings, tmp_path: Path) -> DatasetInfo:
    return add_dataset(settings, write_pictures(tmp_path / "pets")).info


@pytest.fixture
def motions(settings: Settings, tmp_path: Path) -> DatasetInfo:
    readings = [[float(step) for step in range(200)] for _ in range(12)]
    table = pa.table(
        {
            "reading": pa.array([*readings[:-1], None], pa.list_(pa.float32())),
            "label": ["a", "b"] * 6,
        }
    )
    path = tmp_path / "motions.parquet"
    pq.write_table(table, path)
    return add_dataset(settings, path).info


def test_the_overview_says_what_the_images_are(pets: DatasetInfo) -> None:
    app = open_page("data", dataset="pets")
    assert not app.exception
    text = words_of(app)
    assert "**Image: image**" in text
    assert "- 8 by 8 pixels" in text
    assert "- 8 PNG" in text


def test_files_of_another_kind_can_be_chosen_where_the_hint_says_so(
    settings: Settings, tmp_path: Path
) -> None:
    folder = write_pictures(tmp_path / "mixed")
    for number in range(4):
        for name in ("cat", "dog"):
            (folder / name / f"{number}.txt").write_text(f"{name} number {number} is asleep")
    info = add_dataset(settings, folder, options=ReadOptions(file_kind="image")).info
    assert "Kind of files" in next(one.fix for one in info.warnings if one.code == "other-files")
    remember_source(settings, info.fingerprint, folder)
    app = open_page("data", dataset="mixed", tab="How it was read")
    box = next(box for box in app.selectbox if box.label == "Kind of files")
    assert (box.value, "texts" in box.options) == ("image", True)
    text = words_of(app)
    assert "Every file that was taken could be read." in text
    assert "8 other files were left out" in text
    app.session_state[f"file_kind_{info.fingerprint}"] = "text"
    press(app, "Read again")
    deadline = time.monotonic() + 60
    while any(job.poll().status is IngestStatus.RUNNING for job in find_jobs(settings)):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    app.run()
    kinds = {column.kind for column in open_dataset(settings, "mixed").info.columns}
    assert ColumnKind.TEXT in kinds and ColumnKind.IMAGE not in kinds


def test_only_columns_with_answers_can_be_predicted(pets: DatasetInfo) -> None:
    app = open_page("data", dataset="pets")
    (target,) = [box for box in app.selectbox if box.label.startswith("What should")]
    assert target.options == ["label"]


def test_the_columns_of_images_have_a_summary_and_a_fixed_kind(
    settings: Settings, pets: DatasetInfo
) -> None:
    app = open_page("data", dataset="pets", tab="Columns")
    assert not app.exception
    assert "Hardly any value" not in words_of(app)
    kind = next(box for box in app.selectbox if box.label == "Kind")
    assert (kind.value, kind.disabled) == ("image", True)
    next(box for box in app.selectbox if box.label == "Role").set_value(ColumnRole.IGNORE).run()
    press(app, "Save this column")
    assert open_dataset(settings, "pets").info.column("image").role is ColumnRole.IGNORE


def test_kinds_of_media_can_neither_be_left_nor_entered(pets: DatasetInfo) -> None:
    leaves = ColumnChange(name="image", kind=ColumnKind.TEXT)
    enters = ColumnChange(name="label", kind=ColumnKind.IMAGE)
    fine = ColumnChange(name="label", kind=ColumnKind.TEXT)
    assert fixed_kinds(pets, [leaves, enters, fine]) == ["image", "label"]
    assert kinds_of(pets)[-1] is ColumnKind.IMAGE


def test_rows_show_file_names_and_short_lines(
    settings: Settings, pets: DatasetInfo, motions: DatasetInfo
) -> None:
    for name in ("pets", "motions"):
        assert not open_page("data", dataset=name, tab="Rows").exception
    images = pa.table({"image": ["files/cat/0.png", None]})
    assert readable(images, pets).column("image").to_pylist() == ["cat/0.png", None]
    cells = pa.table({"reading": pa.array([[1.0, None, 3.0], None, []], pa.list_(pa.float32()))})
    assert readable(cells, motions).column("reading").to_pylist() == [[1.0, 3.0], None, []]
    long = pa.table({"reading": pa.array([list(range(9000))], pa.list_(pa.float32()))})
    (line,) = readable(long, motions).column("reading").to_pylist()
    assert (len(line), line[0], line[-1]) == (60, 0.0, 8999.0)


@pytest.mark.parametrize(
    ("summary", "words"),
    [
        (
            {"image": ImageSummary(width=VARIED, height=SAME, num_channels=3, formats={"png": 2})},
            ["8 to 640 by 28 pixels", "colour", "2 PNG"],
        ),
        (
            {
                "audio": AudioSummary(
                    duration_s=VARIED, sample_rate=SAME, num_channels=Spread(min=2, median=2, max=2)
                )
            },
            ["8 s to 10 min 40 s (16 s in the middle) long", "two channels (stereo)"],
        ),
        (
            {"video": VideoSummary(duration_s=SAME, frame_rate=SAME, width=SAME, height=VARIED)},
            ["28 s long", "28 frames a second", "28 by 8 to 640 pixels"],
        ),
        (
            {"sequence": SequenceSummary(channels=("x_1", "y"), length=SAME, num_missing_values=1)},
            ["28 time steps of 2 channels", "channels: x\\_1, y", "1 reading missing"],
        ),
    ],
)
def test_every_kind_is_described_in_words(summary: dict[str, object], words: list[str]) -> None:
    (kind,) = summary
    column = ColumnInfo.model_validate({"name": "c", "kind": kind, "num_distinct": 5, **summary})
    lines = media_lines(column)
    text = "\n".join(lines)
    assert all(part in text for part in words), text
    assert all(lines)
    assert example_of(column)
    assert spark_values(column) == []


def test_file_names_lose_the_datasets_folder_only() -> None:
    assert file_name("files/a/b.png") == "a/b.png"
    assert file_name(None) is None


def test_every_warning_has_a_title() -> None:
    data = studio_folder() / "dlstudio" / "data"
    texts = [path.read_text("utf-8") for path in data.rglob("*.py")]
    codes = {code for text in texts for code in re.findall(r'code="([a-z-]+)"', text)}
    assert len(codes) > 5
    assert codes | COLLECTION_CODES <= set(WARNING_TITLES)
