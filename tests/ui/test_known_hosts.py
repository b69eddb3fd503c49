"""What is said under a name that the studio does not answer to."""

import pytest
from starlette.responses import PlainTextResponse

from dlstudio.ui.known_hosts import unknown_name, with_known_hosts
from tests.fixtures.asking import ask


@pytest.mark.parametrize("path", ["/", "/data"])
def test_a_page_under_an_unknown_name_says_what_to_set(path: str) -> None:
    app = with_known_hosts(PlainTextResponse("page"))
    answer = ask(app, path, host="lab-pc:8501")
    assert answer.status_code == 403
    assert "“lab-pc”" in answer.text
    assert 'STREAMLIT_SERVER_ALLOWED_HOSTS="lab-pc localhost"' in answer.text


@pytest.mark.parametrize("host", ["localhost:8501", "127.0.0.1", "[::1]:8501"])
def test_a_page_under_a_known_name_is_shown(host: str) -> None:
    app = with_known_hosts(PlainTextResponse("page"))
    assert ask(app, "/data", host=host).text == "page"


@pytest.mark.parametrize("path", ["/_stcore/health", "/static/js/a.js", "/studio/health"])
def test_what_is_no_page_keeps_its_own_guard(path: str) -> None:
    app = with_known_hosts(PlainTextResponse("own"))
    assert ask(app, path, host="lab-pc:8501").text == "own"


@pytest.mark.parametrize("host", ["", "[half", "<script>alert(1)</script>", 'a"><b>'])
def test_a_strange_name_is_shown_as_text(host: str) -> None:
    said = bytes(unknown_name(host).body).decode()
    assert "<script>" not in said
    assert "<b>To" in said
    assert '"><b>' not in said
