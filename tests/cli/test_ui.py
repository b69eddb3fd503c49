"""`dlstudio ui` serves the studio, or says why it cannot."""

import socket
import subprocess
import sys
import time

import psutil
import pytest

from dlstudio.settings import Settings
from tests.fixtures.server import free_port, is_healthy
from tests.fixtures.training import run_dlstudio


def test_a_port_in_use_is_named(settings: Settings) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        result = run_dlstudio(settings, "ui", "--port", str(port))
    assert result.returncode == 1
    assert f"Port {port} on 127.0.0.1 cannot be used: Address already in use." in result.stderr
    assert "Choose another with --port" in result.stderr


def test_port_and_address_may_come_from_the_variables_of_streamlit(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        monkeypatch.setenv("STREAMLIT_SERVER_PORT", str(port))
        monkeypatch.setenv("STREAMLIT_SERVER_ADDRESS", "0.0.0.0")
        result = run_dlstudio(settings, "ui")
    assert result.returncode == 1
    assert f"Port {port} on 0.0.0.0 cannot be used" in result.stderr


@pytest.mark.slow
@pytest.mark.parametrize(
    ("variables", "is_told"),
    [
        ({}, False),
        ({"STREAMLIT_SERVER_ADDRESS": "0.0.0.0"}, True),
        ({"STREAMLIT_SERVER_ADDRESS": "0.0.0.0", "STREAMLIT_SERVER_ALLOWED_HOSTS": "lab"}, False),
    ],
)
def test_who_serves_other_machines_is_told_to_name_this_one(
    environment: dict[str, str], variables: dict[str, str], is_told: bool
) -> None:
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "dlstudio", "ui", "--port", str(port)],
        env={**environment, **variables},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + 90
    while not is_healthy(f"http://127.0.0.1:{port}"):
        assert process.poll() is None and time.monotonic() < deadline
        time.sleep(0.1)
    process.terminate()
    _, said = process.communicate(timeout=30)
    assert f"DL Studio: http://localhost:{port}" in said
    assert ("Other machines are answered once STREAMLIT_SERVER_ALLOWED_HOSTS" in said) is is_told


@pytest.mark.slow
def test_the_studio_answers_and_ends_with_the_command(environment: dict[str, str]) -> None:
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "dlstudio", "ui", "--port", str(port)],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd="/",
    )
    try:
        deadline = time.monotonic() + 90
        while not is_healthy(f"http://127.0.0.1:{port}"):
            assert process.poll() is None and time.monotonic() < deadline
            time.sleep(0.1)
    finally:
        children = psutil.Process(process.pid).children(recursive=True)
        process.terminate()
        process.wait(timeout=30)
        psutil.wait_procs(children, timeout=30)
    assert not is_healthy(f"http://127.0.0.1:{port}")
