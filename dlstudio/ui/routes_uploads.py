"""The road in: a file is streamed to disk, whatever its size, and named by an unguessable id.

A browser sends a file to its end before it reads that it was refused, so the page asks first.
"""

from urllib.parse import unquote

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from dlstudio.ui.routes_guard import has_token, refusal
from dlstudio.ui.services import settings
from dlstudio.ui.uploads import check_room, receive_upload, too_large


async def ask_for_upload(request: Request) -> Response:
    """Answer `GET /studio/uploads`: may a file be sent that is as large as `X-File-Size` says?

    Returns:
        204 if it may; 403 without the server's token; 413 for a file that is too large; 400 where
        the disk has no room for it.
    """
    return _why_not(request, request.headers.get("x-file-size", "")) or Response(status_code=204)


async def upload_file(request: Request) -> Response:
    """Answer `POST /studio/uploads`: the body is the file, `X-File-Name` its URL-encoded name.

    Returns:
        201 with {"upload", "file_name", "size_bytes"}; 403 without the server's token; 413 for
        a file that says at once that it is too large.
    """
    if answer := _why_not(request, request.headers.get("content-length", "")):
        return answer
    try:
        upload = await receive_upload(request.stream(), _file_name(request), settings())
    except ClientDisconnect:
        return Response(status_code=400)
    return JSONResponse(
        {"upload": upload.id, "file_name": upload.path.name, "size_bytes": upload.size_bytes},
        status_code=201,
    )


def _why_not(request: Request, declared: str) -> Response | None:
    """Refuse at once what is known before the first byte comes."""
    if not has_token(request):
        return refusal(403, "The upload does not carry this server's token.")
    num_bytes = int(declared) if declared.isdigit() else 0
    limit_bytes = settings().max_upload_bytes
    if num_bytes > limit_bytes:
        error = too_large(limit_bytes)
        return refusal(413, error.problem, error.fix)
    check_room(settings(), _file_name(request), num_bytes)
    return None


def _file_name(request: Request) -> str:
    return unquote(request.headers.get("x-file-name", ""))
