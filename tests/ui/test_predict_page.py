"""The Predict page: a form made from the columns that the network was trained on."""

from collections.abc import Iterator

import pytest
from streamlit.testing.v1 import AppTest

from dlstudio.runs.store import Store, open_store
from dlstudio.settings import Settings, studio_folder
from dlstudio.spec.dataset import ClassCount, ColumnInfo, ColumnKind, DatasetInfo, SourceInfo
from dlstudio.spec.run import RunSpec
from dlstudio.ui.predict_form import typical_row
from tests.ui.past_runs import finished_run, iris_spec

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


def info(columns: tuple[ColumnInfo, ...]) -> DatasetInfo:
    return DatasetInfo(
        name="people",
        fingerprint="ab" * 16,
        num_rows=100,
        columns=columns,
        source=SourceInfo(file_name="people.csv", size_bytes=1, format="csv"),
        created_at="2026-01-01T00:00:00Z",
    )


@pytest.fixture
def store(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    monkeypatch.setenv("DLSTUDIO_HOME", str(settings.home))
    store = open_store(settings)
    yield store
    store.close()


def add_model(store: Store, columns: tuple[ColumnInfo, ...]) -> str:
    fields = iris_spec().model_dump(mode="json")
    fields["task"]["inputs"] = [column.name for column in columns]
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


def test_each_column_has_a_field_with_a_typical_value(store: Store) -> None:
    app = open_predict(run=add_model(store, COLUMNS))

    assert not app.exception
    assert app.number_input[0].label == "age"
    assert app.number_input[0].value == 41
    plan = next(box for box in app.selectbox if box.label == "plan")
    assert plan.value == "pro"
    assert [field.label for field in app.text_input] == ["note"]


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
