"""Datasets in a few words each."""

from pathlib import Path

from dlstudio.data.catalog import add_dataset, list_datasets, remove_dataset
from dlstudio.data.summaries import list_summaries, summarise
from dlstudio.settings import Settings


def test_summaries_tell_the_same_as_the_datasets(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a,b\n" + "\n".join(f"{n},{n % 3}" for n in range(30)))
    add_dataset(settings, path, name="one")
    add_dataset(settings, path, name="two")
    assert list_summaries(settings) == [summarise(info) for info in list_datasets(settings)]


def test_a_removed_dataset_is_not_summarised(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a,b\n1,2\n3,4\n")
    add_dataset(settings, path, name="one")
    list_summaries(settings)
    remove_dataset(settings, "one")
    assert list_summaries(settings) == []


def test_an_empty_workspace_has_no_summaries(settings: Settings) -> None:
    assert list_summaries(settings) == []
