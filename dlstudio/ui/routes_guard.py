"""Who may call the studio's own routes: the page itself, from an address the server knows."""

import hmac
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

import streamlit as st
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from dlstudio.errors import NotFoundError, StudioError
from dlstudio.ui.services import upload_token

Endpoint = Callable[[Request], Awaitable[Response]]


def guarded(endpoint: Endpoint) -> Endpoint:
    """Wrap an endpoint so that strangers are refused and problems are answered as JSON.

    A request must name a host of `server.allowedHosts` (against DNS rebinding) and, where the
    browser says where it comes from, come from this very server (against other web sites).
    """

    async def answer(request: Request) -> Response:
        if not is_known_host(request.headers.get("host", ""), st.get_option("server.allowedHosts")):
            return refusal(403, "This address is not one the studio answers to.")
        if not is_same_origin(request):
            return refusal(403, "The studio answers its own pages only.")
        try:
            return await endpoint(request)
        except StudioError as error:
            status = 404 if isinstance(error, NotFoundError) else 400
            return refusal(status, error.problem, error.fix)

    return answer


def has_token(request: Request) -> bool:
    """Whether the request carries this server's secret, as only its own pages know it."""
    return hmac.compare_digest(request.headers.get("x-studio-token", ""), upload_token())


def refusal(status: int, problem: str, fix: str = "Reload the page and try again.") -> Response:
    """Answer with a problem and its fix as JSON.

    Args:
        status: The HTTP status, 400 or above.
        problem: What is wrong.
        fix: What to do.
    """
    return JSONResponse({"problem": problem, "fix": fix}, status_code=status)


def is_known_host(host: str, allowed: list[str]) -> bool:
    """Whether a Host header names one of the allowed hosts; ports do not matter.

    Args:
        host: The header, such as "localhost:8501" or "[::1]:8501".
        allowed: Names; "*.example.org" stands for every name below example.org, and no names
            at all or "*" for every host.
    """
    if not allowed or "*" in allowed:
        return True
    name = host_name(host).lower()
    return any(
        name == entry.lower().strip("[]")
        or (entry.startswith("*.") and name.endswith(entry[1:].lower()))
        for entry in allowed
    )


def host_name(host: str) -> str:
    """The name in a Host header, without its port; empty where there is none to be read."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def is_same_origin(request: Request) -> bool:
    """Whether the browser says that a page of this server asks, or says nothing."""
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return False
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host", "")
