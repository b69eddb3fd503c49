"""The studio's own HTTP routes, beside those of Streamlit; all below /studio/."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from dlstudio.ui.routes_downloads import send_rebuilt_file, send_run_file, send_scored_file
from dlstudio.ui.routes_guard import guarded
from dlstudio.ui.routes_live import stream_live
from dlstudio.ui.routes_uploads import ask_for_upload, upload_file


async def health(_request: Request) -> Response:
    """Answer that the server is up."""
    return JSONResponse({"status": "ok"})


ROUTES = [
    Route("/studio/health", guarded(health), methods=["GET"]),
    Route("/studio/uploads", guarded(ask_for_upload), methods=["GET"]),
    Route("/studio/uploads", guarded(upload_file), methods=["POST"]),
    Route("/studio/live", guarded(stream_live), methods=["GET"]),
    Route("/studio/runs/{run_id}/files/{name}", guarded(send_run_file), methods=["GET"]),
    Route("/studio/scored/{job_id}", guarded(send_scored_file), methods=["GET"]),
    Route("/studio/scored/{job_id}/reconstructions", guarded(send_rebuilt_file), methods=["GET"]),
]
