"""Who may call the studio's routes."""

import pytest
from starlette.requests import Request

from dlstudio.ui.routes_guard import is_known_host, is_same_origin


@pytest.mark.parametrize("host", ["localhost:8501", "127.0.0.1", "[::1]:8501", "LOCALHOST"])
def test_the_server_answers_to_its_own_names(host: str) -> None:
    assert is_known_host(host, ["localhost", "127.0.0.1", "::1"])


@pytest.mark.parametrize("host", ["", "evil.example", "localhost.evil.example", "10.0.0.1:8501"])
def test_other_names_are_refused(host: str) -> None:
    assert not is_known_host(host, ["localhost", "127.0.0.1", "::1"])


def test_a_star_stands_for_every_name_below() -> None:
    assert is_known_host("gpu.lab.org", ["*.lab.org"])
    assert not is_known_host("lab.org.evil.example", ["*.lab.org"])
    assert is_known_host("anything", ["*"])
    assert is_known_host("anything", [])


def request_with(**headers: str) -> Request:
    pairs = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "headers": pairs})


def test_a_page_of_this_server_may_ask() -> None:
    assert is_same_origin(request_with(host="localhost:8501", origin="http://localhost:8501"))


def test_a_request_without_an_origin_may_ask() -> None:
    assert is_same_origin(request_with(host="localhost:8501"))
    assert is_same_origin(request_with(host="localhost:8501", sec_fetch_site="none"))


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://localhost:9999"])
def test_another_web_site_may_not_ask(origin: str) -> None:
    assert not is_same_origin(request_with(host="localhost:8501", origin=origin))


def test_a_link_from_another_site_is_refused() -> None:
    assert not is_same_origin(request_with(host="localhost:8501", sec_fetch_site="cross-site"))
