"""The road out: files of a run, sent from the disk piece by piece."""

import re
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import FileResponse, Response

from dlstudio.errors import NotFoundError
from dlstudio.runs.folders import RunFolder, run_folder
from dlstudio.ui.services import settings, store

if TYPE_CHECKING:
    from dlstudio.export.scoring import ScoringResult


def run_files(folder: RunFolder) -> dict[str, Path]:
    """The files of a run that may be downloaded, by the name that the address uses."""
    files = (
        folder.model,
        folder.generator,
        folder.generator_usage,
        folder.usage,
        folder.codes,
        folder.predictions,
        folder.report,
        folder.spec,
        folder.log,
    )
    return {path.name: path for path in files}


def run_file_address(run_id: str, name: str) -> str:
    """Write the address of a run's file, for a link on a page.

    Args:
        run_id: The run.
        name: A name from `run_files`, such as "model.keras".
    """
    return f"/studio/runs/{run_id}/files/{name}"


async def send_run_file(request: Request) -> Response:
    """Answer `GET /studio/runs/{run_id}/files/{name}` with the file, named after the run.

    Raises:
        NotFoundError: There is no such run, or it has no such file (yet).
    """
    run = store().get_run(request.path_params["run_id"])
    name = request.path_params["name"]
    path = run_files(run_folder(settings(), run.id)).get(name)
    if path is None or not path.is_file():
        raise NotFoundError(
            f"The run {run.name!r} has no file {name!r}.",
            "Wait until the run has ended, or choose another file.",
            where=name,
        )
    prefix = re.sub(r"[^\w.-]+", "-", run.name).strip("-.") or run.id
    return FileResponse(path, filename=f"{prefix}-{path.name}")


def scored_file_address(job_id: str) -> str:
    """Write the address of a scored table, for a link on a page."""
    return f"/studio/scored/{job_id}"


async def send_scored_file(request: Request) -> Response:
    """Answer `GET /studio/scored/{job_id}` with the table and its predictions.

    Raises:
        NotFoundError: There is no such job, or it has no table (yet).
    """
    result = _result_of(request)
    return _answer_of_job(result.output_path if result else None, "The scored table")


def rebuilt_file_address(job_id: str) -> str:
    """Write the address of what was rebuilt of a file, for a link on a page."""
    return f"/studio/scored/{job_id}/reconstructions"


async def send_rebuilt_file(request: Request) -> Response:
    """Answer `GET /studio/scored/{job_id}/reconstructions` with what was rebuilt of a file.

    Raises:
        NotFoundError: There is no such job, or it has no such file (yet).
    """
    result = _result_of(request)
    return _answer_of_job(result.rebuilt_path if result else None, "The file of reconstructions")


def _result_of(request: Request) -> "ScoringResult | None":
    from dlstudio.export.scoring import open_job  # the server listens before it is imported

    return open_job(settings(), request.path_params["job_id"]).poll().result


def _answer_of_job(path: str | None, title: str) -> Response:
    if path is None or not Path(path).is_file():
        raise NotFoundError(
            f"{title} is not there.", "Wait until it is done, or score the file again."
        )
    return FileResponse(path, filename=Path(path).name)
