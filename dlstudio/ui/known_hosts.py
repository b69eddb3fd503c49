"""What a browser is told that opens the studio under a name that it does not answer to."""

from html import escape

import streamlit as st
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from dlstudio.ui.routes_guard import host_name, is_known_host

_NO_PAGES = ("_stcore", "static", "media", "component", "studio", "app")
_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>DL Studio</title>
<h1>The studio does not answer to this name</h1>
<p>It runs, but {name} is not among the names that it answers to, so that other web sites cannot
reach it through your browser.</p>
<p><b>To fix it:</b> open the address that it printed when it was started, such as
http://localhost:8501; or start it with this name among those that it answers to:</p>
<p><code>STREAMLIT_SERVER_ALLOWED_HOSTS="{host} localhost"</code></p>
</html>
"""


def with_known_hosts(app: ASGIApp) -> ASGIApp:
    """Wrap the server so that pages under unknown names are answered by words.

    Without it, the page would come and stay empty: its connection is refused later. Only pages
    are answered here; routes and connections have guards of their own.
    """

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and _is_page(scope):
            host = Request(scope).headers.get("host", "")
            if not is_known_host(host, st.get_option("server.allowedHosts")):
                await unknown_name(host)(scope, receive, send)
                return
        await app(scope, receive, send)

    return serve


def unknown_name(host: str) -> HTMLResponse:
    """Answer 403 with what to set.

    Args:
        host: The Host header, which may be anything that somebody sends.
    """
    name = host_name(host)
    said = f"“{escape(name)}”" if name else "the name that was asked for"
    return HTMLResponse(_PAGE.format(name=said, host=escape(name) or "NAME"), status_code=403)


def _is_page(scope: Scope) -> bool:
    # Pages have no ending and are below none of Streamlit's and our own routes.
    first = scope["path"].lstrip("/").partition("/")[0]
    return scope["method"] in ("GET", "HEAD") and "." not in first and first not in _NO_PAGES


MIDDLEWARE = [Middleware(with_known_hosts)]
"""What stands around all that the server answers."""
