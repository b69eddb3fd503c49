"""`python -m dlstudio.worker train RUN_ID TOKEN` and `python -m dlstudio.worker warm`."""

import gc
import logging
import sys

from dlstudio.models.heavy_imports import import_tensorflow
from dlstudio.runs.folders import make_run_folder
from dlstudio.runs.store import Store, open_store
from dlstudio.runs.warm_server import Line, print_to, serve
from dlstudio.settings import Settings, read_settings
from dlstudio.worker.job import train_job

USAGE = "usage: python -m dlstudio.worker train RUN_ID TOKEN | warm"


def main(arguments: list[str]) -> int:
    """Do what the arguments say; the exit code."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    match arguments:
        case ["train", run_id, token] if token.isdigit():
            _train(open_store(read_settings()), run_id, int(token))
        case ["warm"]:
            _stand_by(read_settings())
        case _:
            print(USAGE, file=sys.stderr)
            return 2
    return 0


def _train(store: Store, run_id: str, token: int) -> None:
    from dlstudio.runs.work import work_on_run

    work_on_run(store, run_id, token, train_job)
    store.close()


def _stand_by(settings: Settings) -> None:
    """Get ready, answer requests, and train what the server says; end with the server."""
    line = Line()
    import_tensorflow()
    from dlstudio.worker.answers import answerers
    from dlstudio.worker.device import stand_by
    from dlstudio.worker.warm_up import warm_up

    stand_by()
    if not line.has_request:  # who waits already is better served by a worker half warm
        warm_up()
    gc.freeze()  # what is there now stays; looking through it would slow down the tracing
    store = open_store(settings)
    claim = serve(line, answerers(settings))
    if claim is None:
        return
    run_id, token = claim
    print_to(make_run_folder(settings, run_id).log)
    _train(store, run_id, token)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
