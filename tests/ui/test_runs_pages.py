"""The Runs and Compare pages on a real store: what they show and what they change."""

import csv
import io

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from dlstudio.runs.changes import add_event
from dlstudio.runs.records import EventKind, RunEvent, RunRecord
from dlstudio.runs.samples import ORIGINALS, SampleFrame, write_frame
from dlstudio.runs.store import Store
from dlstudio.settings import studio_folder
from dlstudio.spec.architectures.gan import GanSpec
from dlstudio.spec.architectures.vae import VaeSpec
from dlstudio.spec.canvas import CanvasKind
from dlstudio.spec.task import TaskKind, TaskSpec
from dlstudio.ui import recent_runs, runs_panel
from dlstudio.ui.run_log import event_words, events_csv
from dlstudio.ui.runs_columns import (
    available_columns,
    column_looks,
    default_columns,
    run_csv,
    run_table,
)
from dlstudio.ui.sample_pictures import SPECTROGRAMS
from tests.ui.past_runs import finished_run, iris_spec

pytestmark = pytest.mark.slow  # each opens a page

ROUTER = studio_folder() / "dlstudio" / "ui" / "router.py"


@pytest.fixture
def runs(store: Store) -> list[RunRecord]:
    return [
        finished_run(store, iris_spec(), "first", 0.8),
        finished_run(store, iris_spec(learning_rate=0.01), "second", 0.9),
    ]


def open_page(name: str, **address: str | list[str]) -> AppTest:
    app = AppTest.from_file(str(ROUTER), default_timeout=30).run()
    app.switch_page(f"../../pages/{name}.py")
    for key, value in address.items():
        app.query_params[key] = value
    return app.run()


def words(app: AppTest) -> str:
    blocks = [*app.markdown, *app.title, *app.info, *app.success, *app.warning, *app.caption]
    return "\n".join(str(block.value) for block in [*blocks, *app.error])


def test_an_empty_store_says_what_to_do(store: Store) -> None:
    app = open_page("runs")

    assert not app.exception
    assert "No runs yet" in words(app)


def test_every_run_is_in_the_table(runs: list[RunRecord]) -> None:
    app = open_page("runs")

    assert not app.exception
    table = app.dataframe[0].value
    assert list(table["name"]) == ["second", "first"]
    assert list(table["test.accuracy"]) == pytest.approx([90, 80])


def test_a_table_that_does_not_hold_all_runs_says_so(
    runs: list[RunRecord], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs_panel, "MOST_RUNS", 1)

    app = open_page("runs")

    assert list(app.dataframe[0].value["name"]) == ["second"]
    assert "hold the newest 1 of 2 runs." in words(app)


def test_an_old_run_that_the_address_names_is_compared(
    runs: list[RunRecord], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recent_runs, "MOST_RUNS", 1)

    app = open_page("compare", runs=",".join(run.id for run in runs))

    assert not app.exception
    assert app.multiselect[0].value == [run.id for run in runs]


def test_of_very_many_runs_the_first_are_compared(store: Store) -> None:
    many = [finished_run(store, iris_spec(), f"run {number}", 0.8) for number in range(13)]

    app = open_page("compare", runs=",".join(run.id for run in many))

    assert not app.exception
    assert app.multiselect[0].value == [run.id for run in many[:12]]
    assert "Only the first 12 of 13 runs are shown" in words(app)


def test_scores_in_the_table_read_as_on_other_pages(runs: list[RunRecord]) -> None:
    columns = available_columns(runs)
    looks = column_looks([columns["test.accuracy"], columns["test.log_loss"]])

    assert "%.1f\xa0%%".encode("unicode_escape").decode() in str(looks["test.accuracy"])
    assert "'format': '%.4f'" in str(looks["test.log_loss"])
    table = run_table(runs, [columns["test.accuracy"], columns["test.log_loss"]])
    assert table["test.accuracy"] == pytest.approx([80, 90])
    assert table["test.log_loss"] == pytest.approx([0.2, 0.1])


def test_no_table_lets_streamlit_write_percent() -> None:
    for path in (studio_folder() / "dlstudio" / "ui").glob("*.py"):
        assert 'format="percent"' not in path.read_text(encoding="utf-8"), path.name


def test_all_scores_of_a_report_are_explained(runs: list[RunRecord]) -> None:
    scores = open_page("runs", run=runs[0].id).dataframe[0].value

    assert list(scores["Score"]) == ["Accuracy", "Log loss"]
    assert list(scores["Test rows"]) == ["80\xa0%", "0.2"]
    assert all(scores["What it means"])


def test_progress_is_a_whole_number_of_percent(store: Store) -> None:
    finished_run(store, iris_spec(epochs=7), "stopped early", 0.8)  # after 3 epochs
    assert list(open_page("runs").dataframe[0].value["progress"]) == [43]


def test_a_search_narrows_the_table_and_stands_in_the_address(runs: list[RunRecord]) -> None:
    app = open_page("runs", search="sec")

    assert list(app.dataframe[0].value["name"]) == ["second"]


def test_the_filters_offer_what_the_runs_have(store: Store, runs: list[RunRecord]) -> None:
    store.set_tags(runs[0].id, ["keep"])
    app = open_page("runs")

    offered = {box.label: box.options for box in app.multiselect}
    assert offered["Dataset"] == ["iris"]
    assert offered["Architecture"] == ["FNN"]
    assert offered["Tags (all of them)"] == ["keep"]


def names_in(app: AppTest) -> list[str]:
    assert not app.exception
    return list(app.dataframe[0].value["name"])


@pytest.fixture
def unlike_runs(store: Store, runs: list[RunRecord]) -> list[RunRecord]:
    """A finished VAE and a stopped run of other data, beside two finished FNNs of iris."""
    vae = iris_spec().model_copy(update={"architecture": VaeSpec()})
    oak = vae.dataset.model_copy(update={"name": "oak", "fingerprint": "cd" * 32})
    other = iris_spec().model_copy(update={"dataset": oak})
    stopped = store.submit(other, "stopped")
    store.request_stop(stopped.id)
    return [*runs, finished_run(store, vae, "vae", 0.7), store.get_run(stopped.id)]


@pytest.mark.parametrize(
    ("key", "chosen", "in_address", "left"),
    [
        ("status", ["finished"], ["Finished"], ["vae", "second", "first"]),
        ("status", ["stopped"], ["Stopped"], ["stopped"]),
        ("datasets", ["oak"], ["oak"], ["stopped"]),
        ("architectures", ["vae"], ["VAE"], ["vae"]),
        (
            "architectures",
            ["fnn", "vae"],
            ["FNN", "VAE"],
            ["vae", "stopped", "second", "first"],
        ),
    ],
)
def test_a_filter_narrows_the_table_by_choice_and_by_address(
    unlike_runs: list[RunRecord],
    key: str,
    chosen: list[str],
    in_address: list[str],
    left: list[str],
) -> None:
    app = open_page("runs")
    assert sorted(names_in(app)) == sorted(run.name for run in unlike_runs)

    app.multiselect(key=key).set_value(chosen).run()
    assert sorted(names_in(app)) == sorted(left)
    linked = open_page("runs", **{key: in_address})
    assert linked.multiselect(key=key).value == chosen
    assert sorted(names_in(linked)) == sorted(left)

    app.multiselect(key=key).set_value([]).run()
    assert len(names_in(app)) == len(unlike_runs)


def test_filters_of_several_kinds_must_all_hold(unlike_runs: list[RunRecord]) -> None:
    app = open_page("runs", status=["Finished"], architectures=["FNN"], search="sec")
    assert names_in(app) == ["second"]
    app.multiselect(key="datasets").set_value(["oak"]).run()
    assert "No run matches" in words(app)


def test_the_columns_of_the_table_are_chosen_and_stand_in_the_address(
    runs: list[RunRecord],
) -> None:
    app = open_page("runs")
    before = list(app.dataframe[0].value.columns)
    assert "id" not in before and "test.log_loss" not in before

    app.multiselect(key="columns").set_value(["name", "test.log_loss", "id"]).run()
    assert list(app.dataframe[0].value.columns) == ["name", "test.log_loss", "id"]
    linked = open_page("runs", columns=["Id", "Log loss (test)"])
    assert not linked.exception
    table = linked.dataframe[0].value
    assert list(table.columns) == ["id", "test.log_loss"]
    assert list(table["id"]) == [run.id for run in reversed(runs)]

    app.multiselect(key="columns").set_value([]).run()
    assert list(app.dataframe[0].value.columns) == ["name"]  # never a table of nothing


def test_a_column_that_no_run_has_any_more_is_passed_over(runs: list[RunRecord]) -> None:
    app = open_page("runs", columns=["Run", "R² (test)"])

    assert not app.exception
    assert "name" in app.dataframe[0].value.columns


def test_what_acts_on_one_run_waits_until_one_is_chosen(runs: list[RunRecord]) -> None:
    waiting = {
        button.label.rpartition("/:")[2].strip(): button for button in open_page("runs").button
    }

    assert waiting["Clone to Design"].disabled
    assert waiting["Open"].disabled and waiting["Compare"].disabled


def test_a_search_without_a_hit_says_so(runs: list[RunRecord]) -> None:
    assert "No run matches" in words(open_page("runs", search="nothing like this"))


def test_a_run_has_its_own_address(runs: list[RunRecord]) -> None:
    app = open_page("runs", run=runs[0].id)

    assert not app.exception
    assert app.title[0].value == "first"
    assert app.metric[0].value == "80\xa0%"
    assert "learning\\_rate" not in words(app)
    assert "learning_rate: 0.001" in app.code[0].value


def test_an_unknown_run_is_answered_politely(runs: list[RunRecord]) -> None:
    app = open_page("runs", run="zzzzzz")

    assert not app.exception
    assert "To fix it" in words(app)


def test_compare_shows_scores_and_what_was_changed(runs: list[RunRecord]) -> None:
    app = open_page("compare", runs=f"{runs[0].id},{runs[1].id}")

    assert not app.exception
    assert "Same data, same target, same split" in words(app)
    assert "80\xa0%" in str(app.table[0].value) and "10" in str(app.table[0].value)
    differences = app.dataframe[0].value
    assert list(differences["Setting"]) == ["Learning rate"]


def test_compare_says_that_a_run_was_deleted_meanwhile(store: Store) -> None:
    ids = [finished_run(store, iris_spec(), name, 0.8).id for name in ("a", "b", "c")]
    before = open_page("compare", runs=",".join(ids))
    assert not [one for one in before.warning if "cannot be found" in one.value]
    store.delete_run(ids[2])
    after = open_page("compare", runs=",".join(ids))
    assert [one.value for one in after.warning if "1 run that this page" in one.value]
    assert after.multiselect(key="compared_runs").value == ids[:2]


def test_losses_that_cannot_be_compared_are_told(store: Store) -> None:
    task = TaskSpec(kind=TaskKind.GENERATION, inputs=("petal length",), targets=())
    ids = []
    for name, network in (
        ("vae", VaeSpec()),
        ("again", VaeSpec(latent_size=2)),
        ("gan", GanSpec()),
    ):
        spec = iris_spec().model_copy(update={"task": task, "architecture": network})
        ids.append(finished_run(store, spec, name, 0.8).id)
    same = open_page("compare", runs=",".join(ids[:2]))
    both = open_page("compare", runs=",".join(ids[1:]))

    assert not same.exception and not both.exception
    assert "Same data, same task, same split" in words(same)
    assert "different losses" not in words(same)
    assert "These networks make different losses small" in words(both)


def test_runs_named_like_headings_are_compared(store: Store) -> None:
    named = [
        finished_run(store, iris_spec(learning_rate=rate), name, score)
        for name, rate, score in (("Score", 0.1, 0.7), ("Setting", 0.01, 0.8), ("score", 0.2, 0.9))
    ]
    app = open_page("compare", runs=",".join(run.id for run in named))

    assert not app.exception
    table = app.table[0].value
    assert len(table.columns) == 4
    assert list(table["Score"])[0] == "Accuracy"
    assert len(app.dataframe[0].value.columns) == 4


def test_compare_explains_its_scores(runs: list[RunRecord]) -> None:
    app = open_page("compare", runs=f"{runs[0].id},{runs[1].id}")

    assert "**Accuracy**: Share of rows that were predicted right." in words(app)
    assert "percentage points" in words(app)


def test_compare_shows_what_networks_rebuild(store: Store, runs: list[RunRecord]) -> None:
    pictures = np.zeros((12, 8, 8, 1), "uint8")
    for epoch in (ORIGINALS, 1, 2):
        write_frame(store.folder(runs[0].id), SampleFrame(epoch, CanvasKind.IMAGE, pictures))
    app = open_page("compare", runs=f"{runs[0].id},{runs[1].id}")

    assert not app.exception
    said = words(app)
    assert f"**{runs[0].name}**, epoch 2" in said
    assert f"**{runs[1].name}**, epoch" not in said


def test_compare_says_that_sounds_are_spectrograms(store: Store, runs: list[RunRecord]) -> None:
    loud = np.zeros((3, 6, 8, 1), "float32")
    for run in runs[:2]:
        write_frame(store.folder(run.id), SampleFrame(1, CanvasKind.SOUND, loud))
    app = open_page("compare", runs=f"{runs[0].id},{runs[1].id}")

    assert not app.exception
    assert [caption.value for caption in app.caption].count(SPECTROGRAMS) == 2


def test_compare_shows_a_column_of_tables_side_by_side(store: Store, runs: list[RunRecord]) -> None:
    cells = np.asarray([["20", "own"], ["30", "rent"]])
    for run, epoch in ((run, epoch) for run in runs[:2] for epoch in (ORIGINALS, 1, 2, 3)):
        frame = SampleFrame(
            epoch, CanvasKind.TABLE, cells, columns=("age", "home"), numbers=("age",)
        )
        write_frame(store.folder(run.id), frame)
    app = open_page("compare", runs=f"{runs[0].id},{runs[1].id}")
    assert not app.exception
    assert app.selectbox(key="compare.column").value == "age"
    before = len(app.get("plotly_chart"))

    app.toggle(key="compare.film").set_value(True).run()
    assert not app.exception
    assert len(app.get("plotly_chart")) == before + 2


def test_a_run_says_that_its_last_epoch_is_kept(store: Store) -> None:
    last = finished_run(store, iris_spec(keep="last"), "last", 0.8)
    assert "3 epochs, the last is kept" in words(open_page("runs", run=last.id))
    best = finished_run(store, iris_spec(), "best", 0.8)
    assert "3 epochs, best was 3" in words(open_page("runs", run=best.id))


@pytest.mark.parametrize("page", ["runs", "train"])
def test_a_run_offers_what_its_network_is_good_for(store: Store, page: str) -> None:
    run = finished_run(store, iris_spec(), "first", 0.8)
    ways = {"Predict and download", "Draw samples"}

    def offered() -> set[str]:
        return ways & {button.label.rpartition("/:")[2].strip() for button in app.button}

    app = open_page(page, run=run.id)
    assert offered() == set()  # it ended without a network
    store.folder(run.id).generator.touch()
    app.run()
    assert offered() == {"Draw samples"}
    store.folder(run.id).model.touch()
    app.run()
    assert offered() == {"Predict and download"}


def test_samples_are_drawn_on_the_report(store: Store) -> None:
    run = finished_run(store, iris_spec(), "first", 0.8)
    store.folder(run.id).generator.touch()
    app = open_page("train", run=run.id)
    next(button for button in app.button if button.label.endswith("Draw samples")).click().run()
    assert not app.exception
    assert app.title[0].value == "first"


def test_of_many_events_the_newest_are_shown_and_all_can_be_taken(store: Store) -> None:
    run = finished_run(store, iris_spec(), "first", 0.8)
    with store.database.writing() as connection:
        for number in range(1_200):
            add_event(connection, run.id, EventKind.MESSAGE, f"message {number}")
    store.folder(run.id).log.write_text("a line\n" * 9_000)

    app = open_page("runs", run=run.id, tab="Log")
    assert not app.exception
    said = words(app)
    assert "message 1199" in said and "message 1149" not in said
    assert "the newest 50 of 1,203 events" in said
    assert "the file holds all of it" in said
    rows = list(csv.DictReader(io.StringIO(events_csv(run))))
    assert [rows[0]["event"], rows[-1]["text"]] == ["submitted", "message 1199"]
    assert len(rows) == 1_203


def test_what_happened_reads_as_a_sentence() -> None:
    asked = RunEvent(1, "abc", 0.0, EventKind.STOP_REQUESTED, "")
    said = RunEvent(2, "abc", 0.0, EventKind.MESSAGE, "12 rows were left out.")

    assert event_words(asked) == "**Stop requested.**"
    assert event_words(said) == "12 rows were left out."


def test_compare_without_runs_says_what_to_do(runs: list[RunRecord]) -> None:
    assert "Choose two or more runs" in words(open_page("compare"))


def baseline_of(app: AppTest) -> str | None:
    return app.selectbox(key="compared_baseline").value


def test_a_chosen_baseline_stands_in_the_address_and_pins_nothing(
    store: Store, runs: list[RunRecord]
) -> None:
    store.pin_baseline(runs[0].id)
    app = open_page("compare", runs=f"{runs[0].id},{runs[1].id}")
    for chosen in (runs[1].id, runs[0].id, runs[1].id):
        app.selectbox(key="compared_baseline").set_value(chosen).run()
        assert baseline_of(app) == chosen
        assert app.query_params["baseline"] == chosen
    assert not app.exception

    pinned = store.pinned_baseline()
    assert pinned is not None and pinned.id == runs[0].id
    linked = open_page("compare", runs=f"{runs[0].id},{runs[1].id}", baseline=runs[1].id)
    assert baseline_of(linked) == runs[1].id
    assert "▼" in str(linked.table[0].value)  # the first run is worse


def test_a_baseline_is_pinned_for_every_comparison_on_its_own_button(
    store: Store, runs: list[RunRecord]
) -> None:
    address = f"{runs[0].id},{runs[1].id}"
    app = open_page("compare", runs=address, baseline=runs[1].id)
    assert app.button(key="compare.pin").label.endswith("Pin this baseline")
    app.button(key="compare.pin").click().run()
    pinned = store.pinned_baseline()
    assert pinned is not None and pinned.id == runs[1].id
    assert baseline_of(open_page("compare", runs=address)) == runs[1].id

    app.button(key="compare.pin").click().run()
    assert store.pinned_baseline() is None


def test_a_pinned_baseline_that_is_not_compared_is_named_and_can_be_added(
    store: Store, runs: list[RunRecord], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recent_runs, "MOST_RUNS", 2)  # the pinned one is older than those offered
    store.pin_baseline(runs[0].id)
    others = [finished_run(store, iris_spec(), name, 0.7) for name in ("third", "fourth")]
    app = open_page("compare", runs=",".join(run.id for run in others))
    said = "The pinned baseline **first** is not among these runs; the first one is used."
    assert said in words(app)
    assert baseline_of(app) == others[0].id

    add = next(one for one in app.button if one.label.endswith("Add the pinned baseline"))
    add.click().run()
    assert not app.exception
    assert app.multiselect(key="compared_runs").value == [*(one.id for one in others), runs[0].id]
    assert baseline_of(app) == runs[0].id
    assert said not in words(app)

    app.multiselect(key="compared_runs").set_value([one.id for one in others]).run()
    assert said in words(app)
    app.selectbox(key="compared_baseline").set_value(others[1].id).run()
    assert said not in words(app)  # another was chosen here


def test_to_a_full_comparison_no_baseline_is_added(store: Store) -> None:
    many = [finished_run(store, iris_spec(), f"run {number}", 0.8) for number in range(13)]
    store.pin_baseline(many[12].id)
    app = open_page("compare", runs=",".join(run.id for run in many[:12]))
    add = next(one for one in app.button if one.label.endswith("Add the pinned baseline"))
    assert add.disabled and "remove one first" in add.help


def test_the_csv_holds_the_shown_columns_and_no_formulas(store: Store) -> None:
    run = finished_run(store, iris_spec(), "=1+1", 0.8)
    columns = available_columns([run])

    text = run_csv([run], [columns[key] for key in default_columns([run])])

    rows = list(csv.DictReader(io.StringIO(text)))
    assert rows[0]["Run"] == "'=1+1"
    assert rows[0]["Accuracy (test)"] == "0.8"


def test_what_compare_shows_stands_in_the_address(runs: list[RunRecord]) -> None:
    ids = ",".join(run.id for run in runs[:2])
    app = open_page("compare", runs=ids, scores="Training rows", against="seconds")
    assert not app.exception
    assert app.segmented_control(key="scores").value == "train"
    assert app.segmented_control(key="against").value == "seconds"
