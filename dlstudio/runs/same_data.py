"""Whether the scores of runs answer the same question about the same rows."""

from collections.abc import Sequence

from dlstudio.runs.records import RunRecord


def data_differences(runs: Sequence[RunRecord]) -> tuple[str, ...]:
    """Say why scores of runs cannot be compared directly; empty if they can.

    Args:
        runs: The runs. One version of a dataset, one task with its target and one split make them
            comparable; a version is known by its content, whatever the dataset is called.
    """
    tasks = [run.spec.task for run in runs]
    data = "dataset" if len({run.dataset for run in runs}) > 1 else "version of the dataset"
    checks = (
        (data, {run.fingerprint for run in runs}),
        ("task", {run.task for run in runs}),
        ("target", {task.targets for task in tasks}),
        ("labels of empty cells", {task.empty_cells for task in tasks}),
        ("steps that are forecast", {task.horizon for task in tasks}),
        ("values that count as anomalies", {task.anomalies for task in tasks}),
        ("split of the rows", {run.spec.split.model_dump_json() for run in runs}),
    )
    return tuple(name for name, values in checks if len(values) > 1)


def difference_words(differences: Sequence[str]) -> str:
    """Warn of differences in a sentence or two.

    Args:
        differences: One or more, as `data_differences` gives them.
    """
    listed = differences[0]
    if len(differences) > 1:
        listed = ", ".join(differences[:-1]) + " and " + differences[-1]
    return (
        f"These runs differ in {listed}. Scores measured on different rows or for different "
        "questions do not tell which network is better."
    )
