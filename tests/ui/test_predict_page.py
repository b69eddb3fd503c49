"""The Predict page: a form made from the columns that the network was trained on."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
import soundfile
from PIL import Image
from streamlit.testing.v1 import AppTest

from dlstudio.errors import DataError
from dlstudio.runs.store import Store
from dlstudio.settings import studio_folder
from dlstudio.spec.dataset import ClassCount, ColumnInfo, ColumnKind, DatasetInfo, SourceInfo
from dlstudio.spec.media import SequenceSummary, Spread
from dlstudio.spec.run import RunSpec
from dlstudio.ui.predict_form import typical_row
from dlstudio.ui.predict_media import NUM_FRAMES, checked_file
from dlstudio.ui.predict_steps import read_steps, steps_of
from tests.ui.past_runs import finished_run, iris_spec

pytestmark = pytest.mark.slow  # each opens a page

ROUTER = studio_folder() / "dlstudio" / "ui" / "router.py"

COLUMNS = (
    ColumnInfo(name="age", kind=ColumnKind.NUMBER, is_integer=True, quantiles=(1, 2, 3, 4, 41)),
    ColumnInfo(
        name="plan",
        kind=ColumnKind.CATEGORY,
        top_values=(ClassCount(value="pro", num_rows=9), ClassCount(value="basic", num_rows=2)),
    ),
    ColumnInfo(name="joined", kind=ColumnKind.DATETIME, last="2026-01-02T03:04:05"),
    ColumnInfo(name="note", kind=ColumnKind.TEXT),
)

IMAGE = ColumnInfo(name="photo", kind=ColumnKind.IMAGE)


def info(columns: tuple[ColumnInfo, ...]) -> DatasetInfo:
    return DatasetInfo(
        name="people",
        fingerprint="ab" * 16,
        num_rows=100,
        columns=columns,
        source=SourceInfo(file_name="people.csv", size_bytes=1, format="csv"),
        created_at="2026-01-01T00:00:00Z",
    )


def add_model(
    store: Store,
    columns: tuple[ColumnInfo, ...],
    task: Mapping[str, object] | None = None,
    preprocessing: Mapping[str, object] | None = None,
) -> str:
    fields = iris_spec().model_dump(mode="json")
    fields["preprocessing"] |= preprocessing or {}
    fields["task"] |= {"inputs": [column.name for column in columns], **(task or {})}
    run = finished_run(store, RunSpec.model_validate(fields), "people-fnn", 0.8)
    folder = store.folder(run.id)
    folder.dataset.write_text(info(columns).model_dump_json())
    folder.model.write_bytes(b"only its presence matters here")
    return run.id


def open_predict(**address: str) -> AppTest:
    app = AppTest.from_file(str(ROUTER), default_timeout=30).run()
    app.switch_page("../../pages/predict.py")
    for key, value in address.items():
        app.query_params[key] = value
    return app.run()


def test_without_a_model_the_page_says_what_to_do(store: Store) -> None:
    app = open_predict()

    assert not app.exception
    assert any("No trained network yet" in block.value for block in app.markdown)


def test_a_run_without_a_model_is_told_and_not_silently_replaced(store: Store) -> None:
    add_model(store, COLUMNS)
    waiting = store.submit(iris_spec(), "still waiting")

    app = open_predict(run=waiting.id)

    assert not app.exception
    (said,) = [warning.value for warning in app.warning]
    assert said.startswith("**still waiting** has no trained network to use: it has not ended yet.")
    assert "Another network is shown here." in said


def test_a_network_that_makes_samples_is_named_and_leads_to_the_others(store: Store) -> None:
    maker = finished_run(store, iris_spec(), "maker", 0.8).id
    store.folder(maker).generator.touch()
    alone = open_predict(run=maker)
    other = add_model(store, COLUMNS)
    app = open_predict(run=maker)

    assert not alone.exception and not app.exception
    assert "**maker** makes new examples" in app.info[0].value
    label = "Use another network"
    assert label not in [button.label for button in alone.button]
    next(button for button in app.button if button.label == label).click().run()
    assert app.query_params["run"] == other
    assert not app.info


def test_each_column_has_a_field_with_a_typical_value(store: Store) -> None:
    app = open_predict(run=add_model(store, COLUMNS))

    assert not app.exception
    assert app.number_input[0].label == "age"
    assert app.number_input[0].value == 41
    plan = next(box for box in app.selectbox if box.label == "plan")
    assert plan.value == "pro"
    assert [field.label for field in app.text_input] == ["note"]


def test_times_of_any_century_can_be_chosen(store: Store) -> None:
    born = ColumnInfo(
        name="born", kind=ColumnKind.DATETIME, first="1871-05-05", last="1950-01-02T03:04:05"
    )

    app = open_predict(run=add_model(store, (born,)))

    assert not app.exception
    field = app.datetime_input[0]
    assert field.value == datetime(1950, 1, 2, 3, 4, 5)
    assert (field.min, field.max) == ("1821-01-01T00:00", "2000-12-31T23:59")


def test_a_checked_file_shows_every_score_of_every_class() -> None:
    def page() -> None:
        from dlstudio.export.scoring import ScoringResult
        from dlstudio.reports.evaluation import ClassReport
        from dlstudio.ui.predict_file import _show_metrics

        entry = ClassReport(name="pro", precision=0.5, recall=0.25, f1=1 / 3, num_rows=8)
        metrics = {"accuracy": 0.875, "rmse": 2.0, "rmse_price": 3.5}
        _show_metrics(ScoringResult(num_rows=8, metrics=metrics, classes=(entry,)))

    app = AppTest.from_function(page, default_timeout=60).run()

    assert not app.exception
    assert [(tile.label, tile.value) for tile in app.metric] == [
        ("Accuracy", "87.5\xa0%"),
        ("RMSE", "2"),
    ]
    assert app.table[0].value.values.tolist() == [["RMSE of price", "3.5"]]
    (row,) = app.dataframe[0].value.values.tolist()
    assert row[0] == "pro"
    assert row[1:] == pytest.approx([50, 25, 100 / 3, 8])


def test_very_many_columns_are_filled_in_a_table(store: Store) -> None:
    many = tuple(ColumnInfo(name=f"c{i}", kind=ColumnKind.NUMBER, mean=i) for i in range(80))

    app = open_predict(run=add_model(store, many))

    assert not app.exception
    assert not app.number_input


def test_a_typical_row_has_medians_and_frequent_values() -> None:
    assert typical_row(COLUMNS) == {
        "age": 41,
        "plan": "pro",
        "joined": "2026-01-02T03:04:05",
        "note": None,
    }


MOVES = ColumnInfo(
    name="moves",
    kind=ColumnKind.SEQUENCE,
    sequence=SequenceSummary(channels=("x", "y"), length=Spread(min=2, median=2, max=2)),
)
STORY = ColumnInfo(name="story", kind=ColumnKind.TEXT, max_length=900)


def page_of_a_file() -> None:
    from dlstudio.ui.predict_file import show_file
    from dlstudio.ui.services import store

    show_file(store().list_runs()[0])


@pytest.mark.parametrize(
    ("column", "offered"),
    [(column, ["Codes", "Reconstructions"]) for column in (COLUMNS[0], IMAGE)],
)
def test_codes_and_rebuilt_values_can_be_asked_for_where_there_are_any(
    store: Store, column: ColumnInfo, offered: list[str]
) -> None:
    add_model(store, (column,), {"kind": "anomaly_detection", "targets": []})
    app = AppTest.from_function(page_of_a_file, default_timeout=60).run()

    assert not app.exception
    (also,) = app.get("button_group")[1:]
    assert [option.content for option in also.proto.options] == offered


def test_what_is_done_with_a_file_stands_in_the_address(store: Store) -> None:
    run = add_model(store, (COLUMNS[0],), {"kind": "anomaly_detection", "targets": []})
    app = open_predict(run=run, tab="A file", also="Reconstructions")
    assert app.session_state["also"] == ["Reconstructions"]

    app = open_predict(run=run, tab="A file", mode="Check against the truth")
    assert not app.exception
    assert app.segmented_control(key="mode").value == "Check against the truth"


def test_files_and_sequences_have_boxes_and_long_texts_have_lines(store: Store) -> None:
    app = open_predict(run=add_model(store, (IMAGE, MOVES, STORY)))

    assert not app.exception
    said = [block.value for block in app.markdown]
    assert "**photo**" in said and "**moves**" in said
    assert [field.label for field in app.text_area] == ["story"]
    assert "A typical row" not in [button.label for button in app.button]


def test_a_picture_that_was_given_is_shown(store: Store, tmp_path: Path) -> None:
    run_id = add_model(store, (IMAGE, MOVES, STORY))
    path = tmp_path / "cat.png"
    Image.new("RGB", (9, 7)).save(path)
    app = AppTest.from_file(str(ROUTER), default_timeout=30).run()
    app.switch_page("../../pages/predict.py")
    app.query_params["run"] = run_id
    app.session_state[f"predict_field_{run_id}_photo"] = checked_file(ColumnKind.IMAGE, path)
    app.session_state[f"predict_field_{run_id}_moves"] = "[[1, 2], [null, 3]]"
    app.run()

    assert not app.exception
    assert "2 time steps" in [block.value for block in app.caption]


@pytest.mark.parametrize(
    ("steps", "is_cut"),
    [("[[9, 9], [1, 2], [null, 3]]", True), ("[[1, 2], [3, 4], [null, null]]", False)],
)
def test_a_sequence_that_is_longer_than_the_network_takes_is_told(
    store: Store, steps: str, is_cut: bool
) -> None:
    run_id = add_model(store, (IMAGE, MOVES, STORY))
    app = AppTest.from_file(str(ROUTER), default_timeout=30).run()
    app.switch_page("../../pages/predict.py")
    app.query_params["run"] = run_id
    app.session_state[f"predict_field_{run_id}_moves"] = steps
    app.run()

    assert not app.exception
    told = [block.value for block in app.warning]
    assert len(told) == is_cut
    assert all("has 3 time steps, more than the 2 that the network takes" in text for text in told)


VOICE = ColumnInfo(name="voice", kind=ColumnKind.AUDIO)


@pytest.mark.parametrize(("seconds", "is_cut"), [(1.0, False), (2.5, True)])
def test_a_sound_that_is_longer_than_the_network_takes_is_told(
    store: Store, tmp_path: Path, seconds: float, is_cut: bool
) -> None:
    soundfile.write(tmp_path / "a.wav", np.full(round(8_000 * seconds), 0.1), 8_000)
    run_id = add_model(store, (VOICE, STORY))
    app = AppTest.from_file(str(ROUTER), default_timeout=30).run()
    app.switch_page("../../pages/predict.py")
    app.query_params["run"] = run_id
    app.session_state[f"predict_field_{run_id}_voice"] = str(tmp_path / "a.wav")
    app.run()

    assert not app.exception
    told = [block.value for block in app.warning]
    assert len(told) == is_cut
    assert all("lasts 2.5 seconds, more than the 1 that the network takes" in text for text in told)


CLIP = ColumnInfo(name="clip", kind=ColumnKind.VIDEO)


def write_clip(path: Path, num_frames: int) -> Path:
    """An animation that grows lighter, ten pictures a second."""
    frames = [Image.new("L", (8, 6), 10 * number) for number in range(num_frames)]
    frames[0].save(path, save_all=True, append_images=frames[1:], duration=100)
    return path


@pytest.mark.parametrize(("rate", "is_cut"), [(None, False), (2.0, True)])
def test_a_video_is_shown_by_frames_and_told_if_it_is_longer_than_the_network_takes(
    store: Store, tmp_path: Path, rate: float | None, is_cut: bool
) -> None:
    run_id = add_model(
        store, (CLIP, STORY), preprocessing={"clip": {"num_frames": 3, "frame_rate": rate}}
    )
    app = AppTest.from_file(str(ROUTER), default_timeout=30).run()
    app.switch_page("../../pages/predict.py")
    app.query_params["run"] = run_id
    app.session_state[f"predict_field_{run_id}_clip"] = str(write_clip(tmp_path / "a.gif", 24))
    app.run()

    assert not app.exception
    assert "Nothing is given yet." not in [block.value for block in app.caption]
    assert len(app.get("image")) == NUM_FRAMES
    told = [block.value for block in app.warning]
    assert len(told) == is_cut
    assert all("lasts 2.4 seconds, more than the 1.5 that the network" in text for text in told)


def test_a_damaged_video_is_told_where_its_frames_would_be(store: Store, tmp_path: Path) -> None:
    run_id = add_model(store, (CLIP, STORY))
    app = AppTest.from_file(str(ROUTER), default_timeout=30).run()
    app.switch_page("../../pages/predict.py")
    app.query_params["run"] = run_id
    path = tmp_path / "a.gif"
    path.write_bytes(write_clip(path, 24).read_bytes()[:100])
    app.session_state[f"predict_field_{run_id}_clip"] = str(path)
    app.run()

    assert not app.exception
    assert not app.get("image")
    assert any("a.gif" in block.value for block in app.error)


def page_of_a_video(path: str, frame_rate: float | None) -> None:
    from dlstudio.spec.inputs.video import VideoPreprocessing
    from dlstudio.ui.predict_cut import show_cut

    show_cut("clip", path, VideoPreprocessing(num_frames=4, frame_rate=frame_rate))


@pytest.mark.parametrize(("frame_rate", "is_cut"), [(None, False), (2.0, False), (4.0, True)])
def test_a_video_that_is_longer_than_the_network_takes_is_told(
    tmp_path: Path, frame_rate: float | None, is_cut: bool
) -> None:
    path = write_clip(tmp_path / "a.gif", 20)
    app = AppTest.from_function(page_of_a_video, args=(str(path), frame_rate)).run()

    assert not app.exception
    told = [block.value for block in app.warning]
    assert len(told) == is_cut
    assert all("lasts 2 seconds, more than the 1 that the network takes" in text for text in told)


def page_of_scored_rows() -> None:
    from pathlib import Path

    from dlstudio.export.scoring import ScoringJob, ScoringResult
    from dlstudio.ui.predict_file import _show_result

    job = ScoringJob(Path("no table to offer"))
    _show_result(job, ScoringResult(num_rows=3, notes=("2 of 3 texts in 'a_b' are longer.",)))


def test_notes_on_a_scored_file_stand_out() -> None:
    app = AppTest.from_function(page_of_scored_rows).run()

    assert not app.exception
    assert [block.value for block in app.info] == [r"2 of 3 texts in 'a\_b' are longer."]


def page_of_a_text(text: str, encoding: str) -> None:
    from dlstudio.spec.inputs.text import TextPreprocessing
    from dlstudio.ui.predict_cut import show_cut_texts

    read = TextPreprocessing.model_validate({"encoding": encoding, "unit": "word", "length": 3})
    show_cut_texts({"story": text, "title": text, "age": 3.0}, {"story": read})


@pytest.mark.parametrize(
    ("text", "encoding", "is_cut"),
    [
        ("one two, three four", "tokens", True),
        ("a b c", "tokens", False),
        ("a b c d", "tf_idf", False),
    ],
)
def test_a_text_that_is_longer_than_the_network_takes_is_told(
    text: str, encoding: str, is_cut: bool
) -> None:
    app = AppTest.from_function(page_of_a_text, args=(text, encoding)).run()

    assert not app.exception
    told = [block.value for block in app.warning]
    assert len(told) == is_cut
    assert all("has 4 words, more than the 3 that the network takes" in text for text in told)


def test_a_file_that_is_no_picture_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "note.png"
    path.write_text("not a picture")

    with pytest.raises(DataError) as refused:
        checked_file(ColumnKind.IMAGE, path)

    assert "note.png" in refused.value.problem
    assert refused.value.fix == "Give another image."


def test_a_sound_that_is_too_slow_is_refused_with_what_helps(tmp_path: Path) -> None:
    path = tmp_path / "slow.wav"
    soundfile.write(path, np.zeros(100), 8)

    with pytest.raises(DataError) as refused:
        checked_file(ColumnKind.AUDIO, path)

    assert refused.value.fix.startswith("Record or convert it at 1,000 Hz or more")


def test_a_sequence_is_read_by_the_names_of_its_channels(tmp_path: Path) -> None:
    path = tmp_path / "steps.csv"
    path.write_text("t,y,x\n0,1,2\n1,,4\n")

    assert steps_of(read_steps(path, ("x", "y"))) == [[2, 1], [4, None]]


def test_a_sequence_needs_no_line_of_names(tmp_path: Path) -> None:
    path = tmp_path / "steps.csv"
    path.write_text("1;2\n3;4\n")

    assert steps_of(read_steps(path, ("x", "y"))) == [[1, 2], [3, 4]]


def test_a_sequence_of_one_channel_is_one_column(tmp_path: Path) -> None:
    path = tmp_path / "steps.csv"
    path.write_text("value\n1.5\n2.5\n")

    assert steps_of(read_steps(path, ("value",))) == [[1.5], [2.5]]


def test_a_sequence_with_other_channels_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "steps.csv"
    path.write_text("a,b,c\n1,2,3\n")

    with pytest.raises(DataError, match="3 columns of numbers, but the network knows 2"):
        read_steps(path, ("x", "y"))


def test_a_file_that_is_no_table_is_no_sequence(tmp_path: Path) -> None:
    path = tmp_path / "empty.csv"
    path.write_text("")

    with pytest.raises(DataError, match="cannot be read as a table"):
        read_steps(path, ("x", "y"))


@pytest.mark.parametrize(
    ("kind", "labels"),
    [("anomaly_detection", ["Threshold"]), ("dimensionality_reduction", [])],
)
def test_another_threshold_can_be_typed_where_anomalies_are_looked_for(
    store: Store, kind: str, labels: list[str]
) -> None:
    add_model(store, COLUMNS, {"kind": kind, "targets": []})
    app = AppTest.from_function(page_of_a_file, default_timeout=60).run()

    assert not app.exception
    assert [field.label for field in app.number_input] == labels
    assert [field.value for field in app.number_input] == [None] * len(labels)
