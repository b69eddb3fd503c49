"""The Data page on real files: adding, looking, changing, removing."""

import time
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest
from streamlit.testing.v1 import AppTest

from dlstudio.data.catalog import add_dataset, list_datasets, list_versions, open_dataset
from dlstudio.data.jobs import (
    JOB_FILE,
    JOBS_FOLDER,
    RESULT_FILE,
    IngestStatus,
    JobProblem,
    JobRequest,
    JobResult,
    find_jobs,
    start_ingest,
    write_record,
)
from dlstudio.runs.store import open_store
from dlstudio.settings import Settings
from dlstudio.spec.dataset import ColumnKind, ColumnRole, DatasetInfo
from dlstudio.spec.defaults import default_spec
from dlstudio.spec.training import ClassWeights
from dlstudio.ui.data_add import free_name
from dlstudio.ui.data_columns import changes_in, profile_table
from dlstudio.ui.data_rows import numbered
from dlstudio.ui.design_drafts import list_drafts
from dlstudio.ui.sources import find_source, remember_source
from tests.data.collection.files import add_folder, picture
from tests.ui.opened import open_page, words_of

# Each opens the page many times.
pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("workspace")]

ROWS = [
    "id;when;amount;city;paid",
    *(
        f"k{n};{1 + n % 28:02d}.03.2024;{n},5;{'AB'[n % 2]};{'yes' if n % 9 else 'no'}"
        for n in range(90)
    ),
]


@pytest.fixture
def sales_file(tmp_path: Path) -> Path:
    path = tmp_path / "sales.csv"
    path.write_text("\n".join(ROWS[:40] + ["only;two"] + ROWS[40:]))
    return path


@pytest.fixture
def sales(settings: Settings, sales_file: Path) -> DatasetInfo:
    return add_dataset(settings, sales_file).info


def press(app: AppTest, label: str) -> AppTest:
    return next(button for button in app.button if button.label.startswith(label)).click().run()


def choose(app: AppTest, label: str, value: str) -> AppTest:
    return next(box for box in app.selectbox if box.label == label).set_value(value).run()


def ask(app: AppTest, label: str, text: str) -> AppTest:
    next(box for box in app.text_input if box.label == label).set_value(text)
    return app


def wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def failed_job(settings: Settings, name: str, days_ago: float = 0) -> None:
    """Leave behind what a reading that failed leaves."""
    started_s = int(time.time() - days_ago * 86_400)
    folder = settings.uploads_folder / JOBS_FOLDER / f"{started_s}-{name}"
    folder.mkdir(parents=True)
    problem = JobProblem(problem=f"'{name}.csv' is empty.", fix="Choose a file with rows.")
    write_record(folder / JOB_FILE, JobRequest(path=f"/data/{name}.csv", name=name))
    write_record(folder / RESULT_FILE, JobResult(problems=(problem,)))


def test_an_empty_workspace_says_what_to_do() -> None:
    app = open_page("data")
    assert not app.exception
    assert "No datasets yet" in words_of(app)


def test_every_dataset_is_listed_with_its_size(sales: DatasetInfo) -> None:
    text = words_of(open_page("data"))
    assert "90 rows · 5 columns" in text


def test_a_dataset_of_the_list_opens_and_leads_back(sales: DatasetInfo) -> None:
    app = press(open_page("data"), "**sales**")
    assert app.query_params["dataset"] == "sales"
    assert app.title[0].value == "sales"
    app = press(app, "All datasets")
    assert "dataset" not in app.query_params
    assert "Your datasets" in words_of(app)


def test_many_datasets_are_paged_and_searched(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "tiny.csv"
    path.write_text("a,b\n" + "\n".join(f"{n},{n % 2}" for n in range(20)))
    for number in range(13):
        add_dataset(settings, path, name=f"set {number}")
    app = open_page("data")
    assert "1 to 10 of 13" in words_of(app)
    ask(app, "Search datasets", "set 12").run()
    assert len([caption for caption in app.caption if "20 rows" in caption.value]) == 1


def test_a_file_of_the_server_is_read_in_a_process_of_its_own(
    settings: Settings, sales_file: Path
) -> None:
    app = open_page("data")
    ask(app, "Path of the file or folder", str(sales_file))
    press(app, "Read it")
    # On a fast machine the file is read before the page is drawn; else the address names the job.
    if "dataset" not in app.query_params:
        job = find_jobs(settings)[0]
        assert app.query_params["job"] == job.id
        wait_until(lambda: job.poll().status is not IngestStatus.RUNNING)
        app.run()
    assert app.query_params["dataset"] == "sales"
    assert find_jobs(settings) == []
    info = open_dataset(settings, "sales").info
    assert find_source(settings, info.fingerprint) == sales_file


@pytest.mark.parametrize(
    ("path", "problem"),
    [("", "not a whole path"), ("data.csv", "not a whole path"), ("/not/there.csv", "no file")],
)
def test_a_path_that_cannot_be_read_is_explained(path: str, problem: str) -> None:
    app = open_page("data")
    ask(app, "Path of the file or folder", path)
    press(app, "Read it")
    assert problem in app.error[0].value


def test_a_file_that_is_no_table_is_explained_and_can_be_dismissed(
    settings: Settings, tmp_path: Path
) -> None:
    path = tmp_path / "junk.csv"
    path.write_bytes(bytes(range(256)) * 20)
    job = start_ingest(settings, path, "junk")
    wait_until(lambda: job.poll().status is not IngestStatus.RUNNING)
    app = open_page("data", job=job.id)
    assert "junk could not be read" in words_of(app)
    assert app.error[0].value
    press(app, "Dismiss")
    assert find_jobs(settings) == []
    assert list_datasets(settings) == []


def test_the_file_that_was_just_dropped_stands_above_what_others_dropped(
    settings: Settings, tmp_path: Path
) -> None:
    for name in ("earlier", "just"):
        path = tmp_path / f"{name}.csv"
        path.write_bytes(b"")
        job = start_ingest(settings, path, name)
        wait_until(lambda job=job: job.poll().status is not IngestStatus.RUNNING)
    watched = next(job for job in find_jobs(settings) if job.name == "just")
    app = open_page("data", job=watched.id)
    assert ["'just.csv'" in error.value for error in app.error] == [True]
    text = words_of(app)
    assert text.index("**just could not") < text.index("**earlier** could not be read")
    press(app, "See why")
    assert "'earlier.csv'" in app.error[0].value


def test_files_that_could_not_be_read_are_dismissed_one_by_one_or_all_at_once(
    settings: Settings,
) -> None:
    for number in range(4):
        failed_job(settings, f"file-{number}")
    app = open_page("data")
    assert not app.error
    assert words_of(app).count("could not be read (just now)") == 4
    press(app, "Dismiss")
    assert len(find_jobs(settings)) == 3
    press(app, "Dismiss all 3 that could not be read")
    assert find_jobs(settings) == []
    assert "could not be read" not in words_of(app)


def test_what_failed_a_week_ago_is_forgotten(settings: Settings) -> None:
    failed_job(settings, "old", days_ago=8)
    failed_job(settings, "new", days_ago=6)
    text = words_of(open_page("data"))
    assert "**new** could not be read" in text and "**old**" not in text
    assert [job.name for job in find_jobs(settings)] == ["new"]


def test_a_job_of_another_tab_that_is_done_can_be_opened(
    settings: Settings, sales_file: Path
) -> None:
    job = start_ingest(settings, sales_file, "sales")
    wait_until(lambda: job.poll().status is not IngestStatus.RUNNING)
    app = open_page("data")
    assert "has been read" in words_of(app)
    press(app, "Open it")
    assert app.query_params["dataset"] == "sales"


def test_a_job_that_is_gone_is_explained() -> None:
    app = open_page("data", job="never")
    assert "no upload 'never'" in app.error[0].value


def test_a_dataset_that_is_misspelt_is_explained(sales: DatasetInfo) -> None:
    app = open_page("data", dataset="sale")
    assert "no dataset 'sale'" in app.error[0].value


def test_the_target_is_shown_with_its_classes(sales: DatasetInfo) -> None:
    app = open_page("data", dataset="sales")
    assert not app.exception
    choose(app, "What should the network predict?", "paid")
    text = words_of(app)
    assert "**2 classes**, so this is a classification." in text
    assert "would be right in 88.9\xa0% of the rows" in text


def test_a_number_to_predict_is_a_regression(sales: DatasetInfo) -> None:
    app = open_page("data", dataset="sales", target="amount")
    assert "**A number**, so this is a regression: from 0.5 to 89.5" in words_of(app)


def test_every_tab_opens(sales: DatasetInfo) -> None:
    for tab in ("Overview", "Columns", "Rows", "How it was read", "Versions"):
        app = open_page("data", dataset="sales", tab=tab)
        assert not app.exception, tab
        assert not app.error, tab


def test_the_rows_are_numbered_and_paged(sales: DatasetInfo) -> None:
    app = open_page("data", dataset="sales", tab="Rows")
    table = app.dataframe[0].value
    assert len(table) == 50
    assert list(table["row"])[:2] == [1, 2]
    assert "1 to 50 of 90" in words_of(app)


def test_rows_that_could_not_be_read_are_listed_with_their_line(sales: DatasetInfo) -> None:
    app = open_page("data", dataset="sales", tab="How it was read")
    assert "1 row could not be read" in words_of(app)
    assert list(app.dataframe[0].value["Line"]) == [41]


def test_without_its_file_a_dataset_shows_the_guesses_only(sales: DatasetInfo) -> None:
    text = words_of(open_page("data", dataset="sales", tab="How it was read"))
    assert "Delimiter: **semicolon ;**" in text.replace("\\", "")
    assert "Upload it again" in text


def test_a_file_can_be_read_again_with_another_guess(
    settings: Settings, sales: DatasetInfo, sales_file: Path
) -> None:
    remember_source(settings, sales.fingerprint, sales_file)
    app = open_page("data", dataset="sales", tab="How it was read")
    app.session_state[f"decimal_{sales.fingerprint}"] = "."
    press(app, "Read again")
    # A slow page may find the job done already, and takes it off the list.
    wait_until(
        lambda: all(job.poll().status is not IngestStatus.RUNNING for job in find_jobs(settings))
    )
    app.run()
    options = open_dataset(settings, "sales").info.source.options
    assert (options["decimal"], options["delimiter"]) == (".", ";")
    assert len(list_versions(settings, "sales")) == 2


def test_a_kind_and_a_role_are_changed_into_a_new_version(
    settings: Settings, sales: DatasetInfo
) -> None:
    app = open_page("data", dataset="sales", tab="Columns")
    choose(app, "Column", "city")
    choose(app, "Role", ColumnRole.GROUP)
    press(app, "Save this column")
    assert not app.exception
    assert open_dataset(settings, "sales").info.column("city").role is ColumnRole.GROUP
    assert len(list_versions(settings, "sales")) == 2
    page = open_page("data", dataset="sales", tab="Versions")
    page.button(key=f"show_{sales.fingerprint}").click().run()
    assert page.query_params["version"] == sales.fingerprint
    assert "This is an older version" in words_of(page)


def test_a_hint_is_answered_by_its_button(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "same.csv"
    path.write_text("x,same,y\n" + "\n".join(f"{n % 7}.5,a,{n % 2}" for n in range(60)))
    add_dataset(settings, path)
    app = press(open_page("data", dataset="same"), "Leave the column out")
    assert not app.exception
    assert open_dataset(settings, "same").info.column("same").role is ColumnRole.IGNORE
    assert "holds the same value" not in words_of(app)


def test_hints_of_one_kind_are_answered_by_one_button(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "leaks.csv"
    rows = [f"{n * 37 % 60}.5,a{n % 2},b{n % 2},{'yn'[n % 2]}" for n in range(120)]
    path.write_text("x,first,second,y\n" + "\n".join(rows))
    add_dataset(settings, path)
    page = choose(open_page("data", dataset="leaks"), "What should the network predict?", "y")
    app = press(page, "For all 2 columns: leave the column out")
    assert not app.exception
    info = open_dataset(settings, "leaks").info
    assert [info.column(name).role for name in ("x", "first", "second")] == [
        ColumnRole.INPUT,
        ColumnRole.IGNORE,
        ColumnRole.IGNORE,
    ]


def test_repeated_rows_are_left_out_by_the_button_of_their_hint(
    settings: Settings, tmp_path: Path
) -> None:
    path = tmp_path / "twice.csv"
    path.write_text("x,y\n" + "\n".join(f"{n % 60}.5,{'ab'[n % 2]}" for n in range(72)))
    add_dataset(settings, path)
    page = open_page("data", dataset="twice")
    assert "A random split may put one into training" in words_of(page)
    app = press(page, "Leave out the repetitions")
    assert not app.exception
    assert open_dataset(settings, "twice").info.num_rows == 60
    assert "12 repeated rows were left out." in words_of(app)
    assert not [button for button in app.button if button.label == "Leave out the repetitions"]
    reading = open_page("data", dataset="twice", tab="How it was read")
    assert "12 repeated rows were left out." in words_of(reading)


def test_repeated_rows_of_files_have_no_button(settings: Settings, tmp_path: Path) -> None:
    files = {f"{kind}/{n}.png": picture(n % 3) for kind in ("cat", "dog") for n in range(4)}
    dataset = add_folder(settings, tmp_path, files)
    page = open_page("data", dataset=dataset.info.name)
    assert "Remove the repetitions from the files" in words_of(page)
    assert not [button for button in page.button if button.label == "Leave out the repetitions"]


def test_one_way_to_the_design_answers_the_gaps_of_all_columns(
    settings: Settings, tmp_path: Path
) -> None:
    path = tmp_path / "gaps.csv"
    rows = [f"{n if n % 9 else ''},{n * 3 if n % 8 else ''},{n % 5}.5" for n in range(90)]
    path.write_text("a,b,y\n" + "\n".join(rows))
    add_dataset(settings, path)
    page = open_page("data", dataset="gaps", target="y")
    assert words_of(page).count("has no value in") == 2
    (button,) = [one for one in page.button if one.label == "Choose in Design how gaps are filled"]
    button.click().run()
    assert len(list_drafts(settings)) == 1


def test_a_hint_that_a_setting_answers_leads_to_the_design(
    settings: Settings, tmp_path: Path
) -> None:
    path = tmp_path / "rare.csv"
    path.write_text("x,y\n" + "\n".join(f"{n}.5,{'no' if n % 20 else 'yes'}" for n in range(90)))
    add_dataset(settings, path)
    press(open_page("data", dataset="rare", target="y"), "Design with balanced class weights")
    (draft,) = list_drafts(settings)
    assert draft.spec.training.class_weights is ClassWeights.BALANCED


def test_a_hint_about_listed_labels_leads_to_their_separator(
    settings: Settings, tmp_path: Path
) -> None:
    path = tmp_path / "tags.csv"
    tags = ("red; round", "red", "round; big", "big")
    path.write_text("x,tags\n" + "\n".join(f"{n}.5,{tags[n % 4]}" for n in range(90)))
    add_dataset(settings, path)
    press(open_page("data", dataset="tags", target="tags"), "Design with several labels a row")
    (draft,) = list_drafts(settings)
    assert draft.spec.task.label_separator == ";"


def test_cells_that_do_not_fit_the_new_kind_are_counted(
    settings: Settings, sales: DatasetInfo
) -> None:
    app = open_page("data", dataset="sales", tab="Columns")
    choose(app, "Column", "city")
    choose(app, "Kind", ColumnKind.NUMBER)
    press(app, "Save this column")
    assert open_dataset(settings, "sales").info.column("city").num_unreadable == 90


def test_the_table_finds_exactly_what_was_edited(sales: DatasetInfo) -> None:
    table = profile_table(sales.columns, sales.num_rows)
    assert changes_in(sales, table) == []
    roles = table.column("Role").to_pylist()
    place = table.column("Column").to_pylist().index("paid")
    roles[place] = "target"
    edited = table.set_column(table.column_names.index("Role"), "Role", pa.array(roles))
    (change,) = changes_in(sales, edited)
    assert (change.name, change.role) == ("paid", ColumnRole.TARGET)


def test_the_row_number_never_hides_a_column_of_that_name() -> None:
    page = numbered(pa.table({"row": ["a"], "x": [1]}), first=10)
    assert page.column_names == ["row ", "row", "x"]
    assert page.column(0).to_pylist() == [11]


def test_a_name_that_is_taken_gets_a_number(settings: Settings, sales: DatasetInfo) -> None:
    assert free_name(settings, Path("sales.csv.gz")) == "sales 2"
    assert free_name(settings, Path("other.csv")) == "other"
    assert free_name(settings, Path(".csv")) == "data"
    assert free_name(settings, Path(f"{'long ' * 30}.csv")) == ("long " * 16).strip()


def test_two_files_of_one_name_added_at_once_are_two_datasets(
    settings: Settings, tmp_path: Path
) -> None:
    path = tmp_path / "sales.csv"
    path.write_text("a,b\n1,x\n2,y\n")
    first = start_ingest(settings, path, free_name(settings, path))
    second = free_name(settings, path)
    first.cancel()
    assert (first.name, second) == ("sales", "sales 2")
    assert free_name(settings, path) == "sales"


def test_a_dataset_is_renamed_after_asking(settings: Settings, sales: DatasetInfo) -> None:
    app = open_page("data", dataset="sales")
    ask(app, "New name", " sold  twice ")
    app.button(key="confirm_rename").click().run()
    assert [info.name for info in list_datasets(settings)] == ["sold twice"]
    assert app.title[0].value == "sold twice" and not app.error


def test_a_dataset_is_removed_after_asking(settings: Settings, sales: DatasetInfo) -> None:
    app = open_page("data", dataset="sales")
    assert "cannot be undone" in words_of(app)
    assert list_datasets(settings)
    app.button(key="confirm_remove").click().run()
    assert list_datasets(settings) == []


def test_a_dataset_that_a_run_waits_for_is_not_removed(
    settings: Settings, sales: DatasetInfo
) -> None:
    store = open_store(settings)
    spec = default_spec(sales, (sales.columns[0].name,))
    run = store.submit(spec, "waiting")
    app = open_page("data", dataset="sales")
    app.button(key="confirm_remove").click().run()
    (error,) = app.error
    assert "The run 'waiting' is queued and needs the dataset 'sales'" in error.value
    assert list_datasets(settings)
    store.request_stop(run.id)
    store.close()
    app.button(key="confirm_remove").click().run()
    assert list_datasets(settings) == []
