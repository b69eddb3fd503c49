"""The whole server: it starts, answers its own pages and stops although someone listens."""

import time

import httpx
import pytest

from dlstudio.runs.store import open_store
from tests.fixtures.server import StudioServer
from tests.ui.drafts import draft_spec

pytestmark = pytest.mark.slow  # every test starts a server


def test_the_server_answers_beside_its_pages_and_refuses_strangers(
    own_studio: StudioServer,
) -> None:
    own_studio.start()
    with httpx.Client(base_url=own_studio.url, trust_env=False) as client:
        assert client.get("/data?dataset=iris").status_code == 200
        assert client.get("/studio/health").json() == {"status": "ok"}
        stranger = client.get("/studio/health", headers={"Host": "evil.example"})
        assert stranger.status_code == 403
        assert client.post("/studio/uploads", content=b"a,b\n1,2\n").status_code == 403
        for path in ("/", "/data?dataset=iris"):
            unnamed = client.get(path, headers={"Host": "lab-pc:8501"})
            assert unnamed.status_code == 403
            assert 'STREAMLIT_SERVER_ALLOWED_HOSTS="lab-pc localhost"' in unnamed.text
        assert client.get("/", headers={"Host": "localhost:8501"}).status_code == 200


def test_the_server_stops_although_someone_watches_a_run(own_studio: StudioServer) -> None:
    store = open_store(own_studio.settings)
    run = store.submit(draft_spec())
    assert store.claim_next("another machine", num_slots=1) is not None
    own_studio.start()
    address = f"{own_studio.url}/studio/live?runs={run.id}"
    with httpx.stream("GET", address, timeout=30, trust_env=False) as answer:
        lines = answer.iter_lines()
        while not next(lines).startswith("event: status"):
            pass
        asked_at = time.monotonic()
        own_studio.stop()
    assert time.monotonic() - asked_at < 10
