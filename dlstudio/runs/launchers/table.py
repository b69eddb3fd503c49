"""Every launcher by its name in the settings."""

import difflib
from collections.abc import Callable

from dlstudio.errors import StudioError
from dlstudio.runs.launchers.local import LocalLauncher
from dlstudio.runs.launchers.protocol import Launcher
from dlstudio.settings import Settings

LAUNCHERS: dict[str, Callable[[Settings], Launcher]] = {"local": LocalLauncher}


def launcher_of(settings: Settings) -> Launcher:
    """Build the launcher that the settings name.

    Raises:
        StudioError: There is none of that name.
    """
    build = LAUNCHERS.get(settings.launcher)
    if build is not None:
        return build(settings)
    nearest = difflib.get_close_matches(settings.launcher, LAUNCHERS, n=1)
    hint = f"Did you mean {nearest[0]!r}? " if nearest else ""
    raise StudioError(
        f"There is no launcher {settings.launcher!r}.",
        f"{hint}Set DLSTUDIO_LAUNCHER to one of: {', '.join(LAUNCHERS)}.",
        where="DLSTUDIO_LAUNCHER",
    )
