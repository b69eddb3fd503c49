"""Small dataset descriptions and specs for the tests of the spec."""

from dlstudio.spec.dataset import ClassCount, ColumnInfo, ColumnKind, DatasetInfo, SourceInfo
from dlstudio.spec.run import DatasetRef, RunSpec
from dlstudio.spec.task import TaskKind, TaskSpec


def number(name: str, num_distinct: int = 50, **more: object) -> ColumnInfo:
    fields = {"min": 0.0, "max": 99.5, **more}
    return ColumnInfo.model_validate(
        {"name": name, "kind": "number", "num_distinct": num_distinct, **fields}
    )


def category(name: str, *classes: str, **more: object) -> ColumnInfo:
    values = tuple(ClassCount(value=value, num_rows=10) for value in classes)
    return ColumnInfo.model_validate(
        {
            "name": name,
            "kind": "category",
            "num_distinct": len(classes),
            "top_values": values,
            **more,
        }
    )


def dataset(*columns: ColumnInfo, num_rows: int = 200) -> DatasetInfo:
    return DatasetInfo(
        name="people",
        fingerprint="f" * 64,
        num_rows=num_rows,
        columns=columns,
        source=SourceInfo(file_name="people.csv", size_bytes=1, format="csv"),
        created_at="2026-01-01T00:00:00Z",
    )


PEOPLE = dataset(
    number("age"),
    category("plan", "basic", "pro"),
    ColumnInfo(name="joined", kind=ColumnKind.DATETIME, num_distinct=90),
    ColumnInfo(name="code", kind=ColumnKind.IDENTIFIER, num_distinct=200),
    category("churned", "no", "yes"),
    number("income", num_distinct=180),
)


def spec(**changes: object) -> RunSpec:
    fields = {
        "dataset": DatasetRef(name="people"),
        "task": TaskSpec(
            kind=TaskKind.CLASSIFICATION, inputs=("age", "plan"), targets=("churned",)
        ),
        **changes,
    }
    return RunSpec.model_validate(fields)
