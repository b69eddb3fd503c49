"""`dlstudio ui`: serves the studio."""

import os
import socket
import sys
from importlib.util import find_spec

import typer

from dlstudio.errors import StudioError
from dlstudio.settings import read_settings, studio_folder

LOCAL_ADDRESS = "127.0.0.1"
LOCAL_NAMES = (LOCAL_ADDRESS, "::1", "localhost")
OTHER_MACHINES = (
    "Other machines are answered once STREAMLIT_SERVER_ALLOWED_HOSTS holds the names by which they "
    f'call this one, such as "{socket.gethostname()} localhost".'
)


def run(
    port: int = typer.Option(
        8501,
        "--port",
        min=1,
        max=65_535,
        envvar="STREAMLIT_SERVER_PORT",
        help="Where it is served.",
    ),
    address: str | None = typer.Option(
        None,
        "--address",
        envvar="STREAMLIT_SERVER_ADDRESS",
        help="Network address to serve on; this machine only by default.",
    ),
) -> None:
    """Serve the studio until Ctrl-C; open the address it prints in a browser."""
    settings = read_settings()
    folder = studio_folder()
    _require_free(port, address or LOCAL_ADDRESS)
    if find_spec("streamlit") is None or not (folder / "app.py").is_file():
        raise StudioError(
            f"The web app was not found in {folder}.",
            "Install DL Studio again with `pip install .`.",
            where=str(folder),
        )
    command = [sys.executable, "-m", "streamlit", "run", "app.py"]
    command += ["--server.port", str(port), "--server.headless", "true"]
    command += ["--server.address", address] if address else []
    # The folder changes below, so places given relative to this one are made absolute.
    environment = {
        **os.environ,
        "DLSTUDIO_HOME": str(settings.home),
        "DLSTUDIO_DATABASE_URL": settings.database_url,
    }
    typer.echo(f"DL Studio: http://localhost:{port}", err=True)
    if address not in (None, *LOCAL_NAMES) and "STREAMLIT_SERVER_ALLOWED_HOSTS" not in os.environ:
        typer.echo(OTHER_MACHINES, err=True)
    os.chdir(folder)
    os.execvpe(sys.executable, command, environment)


def _require_free(port: int, address: str) -> None:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((address, port))
        except OSError as error:
            raise StudioError(
                f"Port {port} on {address} cannot be used: {error.strerror}.",
                "Choose another with --port, or stop the program that uses it.",
                where="--port",
            ) from error
