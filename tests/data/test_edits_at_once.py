"""Two people change one dataset in the same moment: both changes are in the version at the end."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from dlstudio.data.catalog import edit_columns, list_versions, open_dataset
from dlstudio.data.edit import ColumnChange
from dlstudio.data.samples import add_sample
from dlstudio.settings import Settings
from dlstudio.spec.dataset import ColumnRole


def test_changes_made_at_the_same_moment_build_on_each_other(settings: Settings) -> None:
    info = add_sample(settings, "iris").info
    names = info.column_names[:4]
    together = Barrier(len(names))

    def ignore(name: str) -> None:
        together.wait()
        edit_columns(settings, info.name, [ColumnChange(name=name, role=ColumnRole.IGNORE)])

    with ThreadPoolExecutor(len(names)) as people:
        list(people.map(ignore, names))
    columns = open_dataset(settings, info.name).info.columns
    ignored = [column.name for column in columns if column.role is ColumnRole.IGNORE]
    assert ignored == list(names)
    assert len(list_versions(settings, info.name)) == 5
