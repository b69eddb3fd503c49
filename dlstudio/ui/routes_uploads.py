"""The road in: a file is streamed to disk, whatever its size, and named by an unguessable id."""

from urllib.parse import unquote

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from dlstudio.ui.routes_guard import has_token, refusal
from dlstudio.ui.services import settings
from dlstudio.ui.uploads import receive_upload, too_large


async def upload_file(request: Request) -> Response:
    """Answer `POST /studio/uploads`: the body is the file, `X-File-Name` its URL-encoded name.

    Returns:
        201 with {"upload", "file_name", "size_bytes"}; 403 without the server's token; 413 for
        a file that says at once that it is too large.
    """
    if not has_token(request):
        return refusal(403, "The upload does not carry this server's token.")
    limit_bytes = settings().max_upload_bytes
    declared = request.headers.get("content-length", "")
    declared_bytes = int(declared) if declared.isdigit() else 0
    if declared_bytes > limit_bytes:
        error = too_large(limit_bytes)
        return refusal(413, error.problem, error.fix)
    name = unquote(request.headers.get("x-file-name", ""))
    try:
        upload = await receive_upload(request.stream(), name, settings(), declared_bytes)
    except ClientDisconnect:
        return Response(status_code=400)
    return JSONResponse(
        {"upload": upload.id, "file_name": upload.path.name, "size_bytes": upload.size_bytes},
        status_code=201,
    )
