"""The studio's routes over real HTTP."""

import json
import threading
import time
from collections.abc import Callable, Iterator

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette

from dlstudio.export.scoring import (
    JOBS_FOLDER,
    REQUEST_FILE,
    RESULT_FILE,
    ScoringRequest,
    ScoringResult,
)
from dlstudio.reports.progress import EpochReport
from dlstudio.runs.points import insert_points, points_of
from dlstudio.runs.store import Store
from dlstudio.settings import Settings
from dlstudio.ui import services
from dlstudio.ui.lifespan import closing
from dlstudio.ui.routes import ROUTES
from dlstudio.ui.routes_downloads import rebuilt_file_address, scored_file_address
from dlstudio.ui.uploads import find_upload
from tests.fixtures.server import free_port
from tests.ui.drafts import draft_spec


@pytest.fixture
def site(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[httpx.Client]:
    """A client of a real server with the studio's routes and this test's workspace."""
    monkeypatch.setenv("DLSTUDIO_HOME", str(settings.home))
    monkeypatch.setenv("DLSTUDIO_MAX_UPLOAD_MB", "1")
    closing.clear()
    port = free_port()
    server = uvicorn.Server(
        uvicorn.Config(Starlette(routes=ROUTES), port=port, log_level="warning", ws="none")
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
        yield client
    server.should_exit = True
    thread.join(timeout=10)


@pytest.fixture
def store(site: httpx.Client) -> Store:
    """The store that the server of this test reads."""
    return services.store()


def with_token(name: str = "a.csv") -> dict[str, str]:
    return {"X-Studio-Token": services.upload_token(), "X-File-Name": name}


def test_the_server_says_that_it_is_up(site: httpx.Client) -> None:
    assert site.get("/studio/health").json() == {"status": "ok"}


def test_a_request_under_a_strange_name_is_refused(
    site: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("streamlit.get_option", lambda _name: ["localhost", "127.0.0.1"])
    assert site.get("/studio/health").status_code == 200
    answer = site.get("/studio/health", headers={"Host": "evil.example"})
    assert answer.status_code == 403
    assert "not one the studio answers to" in answer.json()["problem"]


def test_another_web_site_is_refused(site: httpx.Client) -> None:
    answer = site.get("/studio/health", headers={"Origin": "http://evil.example"})
    assert answer.status_code == 403
    assert "its own pages only" in answer.json()["problem"]


def test_an_upload_arrives_byte_for_byte(site: httpx.Client) -> None:
    content = bytes(range(256)) * 3000
    answer = site.post("/studio/uploads", content=content, headers=with_token("M%C3%A4rz.csv"))
    assert answer.status_code == 201
    body = answer.json()
    assert (body["file_name"], body["size_bytes"]) == ("März.csv", len(content))
    upload = find_upload(services.settings(), body["upload"])
    assert upload.path.read_bytes() == content


def test_an_upload_without_the_token_is_refused(site: httpx.Client) -> None:
    for headers in ({}, {"X-Studio-Token": "guess"}):
        answer = site.post("/studio/uploads", content=b"a", headers=headers)
        assert answer.status_code == 403
        assert "token" in answer.json()["problem"]


def test_an_upload_from_another_web_site_is_refused(site: httpx.Client) -> None:
    headers = {**with_token(), "Origin": "http://evil.example"}
    assert site.post("/studio/uploads", content=b"a", headers=headers).status_code == 403


def test_an_upload_that_says_it_is_too_large_is_refused_at_once(site: httpx.Client) -> None:
    answer = site.post("/studio/uploads", content=b"x" * 1_100_000, headers=with_token())
    assert answer.status_code == 413
    assert "larger than the 1.0 MB" in answer.json()["problem"]


def test_before_an_upload_its_size_is_asked_about(
    site: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DLSTUDIO_MAX_UPLOAD_MB", str(10**12))

    def status(headers: dict[str, str]) -> int:
        return site.get("/studio/uploads", headers=headers).status_code

    assert status({**with_token(), "X-File-Size": "1000"}) == 204
    assert status({"X-File-Size": "1000"}) == 403
    assert status({**with_token(), "X-File-Size": str(10**19)}) == 413
    answer = site.get("/studio/uploads", headers={**with_token(), "X-File-Size": str(10**17)})
    assert answer.status_code == 400
    assert answer.json()["problem"].startswith("'a.csv' has 100000 TB; the disk of")


def test_an_upload_that_hides_its_size_is_refused_while_it_arrives(site: httpx.Client) -> None:
    def pieces() -> Iterator[bytes]:
        for _ in range(40):
            yield b"x" * 65_536

    answer = site.post("/studio/uploads", content=pieces(), headers=with_token())
    assert answer.status_code == 400
    assert list(services.settings().uploads_folder.iterdir()) == []


def test_an_empty_upload_is_refused_with_the_fix(site: httpx.Client) -> None:
    answer = site.post("/studio/uploads", content=b"", headers=with_token())
    assert answer.status_code == 400
    assert answer.json()["fix"] == "Choose a file that has rows."


def test_an_upload_that_breaks_off_leaves_nothing(site: httpx.Client, settings: Settings) -> None:
    def pieces() -> Iterator[bytes]:
        yield b"x" * 100_000
        wait_until(lambda: any(settings.uploads_folder.glob("*.part")))
        raise RuntimeError("the person closed the page")

    with pytest.raises(RuntimeError):
        site.post("/studio/uploads", content=pieces(), headers=with_token())
    wait_until(lambda: not any(settings.uploads_folder.iterdir()))


def test_a_file_of_a_run_is_named_after_the_run(site: httpx.Client, store: Store) -> None:
    run = store.submit(draft_spec(), name="first try: 1/2")
    folder = store.folder(run.id)
    folder.path.mkdir(parents=True, exist_ok=True)
    folder.model.write_bytes(b"weights")
    answer = site.get(f"/studio/runs/{run.id}/files/model.keras")
    assert answer.content == b"weights"
    assert "first-try-1-2-model.keras" in answer.headers["content-disposition"]


@pytest.mark.parametrize("name", ["studio.db", "..%2fstudio.db", "checkpoint", "nothing"])
def test_only_the_known_files_of_a_run_are_sent(
    site: httpx.Client, store: Store, name: str
) -> None:
    run = store.submit(draft_spec())
    answer = site.get(f"/studio/runs/{run.id}/files/{name}")
    assert answer.status_code == 404


def test_a_file_that_is_not_there_yet_is_told_so(site: httpx.Client, store: Store) -> None:
    run = store.submit(draft_spec())
    answer = site.get(f"/studio/runs/{run.id}/files/model.keras")
    assert answer.status_code == 404
    assert "has no file 'model.keras'" in answer.json()["problem"]


def test_a_run_that_does_not_exist_has_no_files(site: httpx.Client) -> None:
    answer = site.get("/studio/runs/nothing/files/model.keras")
    assert answer.status_code == 404
    assert "no run" in answer.json()["problem"]


@pytest.mark.parametrize("query", ["", "?runs=", "?runs=a/b", "?runs=" + "a," * 30])
def test_a_live_stream_needs_a_few_runs(site: httpx.Client, query: str) -> None:
    assert site.get(f"/studio/live{query}").status_code == 404


def test_a_live_stream_tells_points_as_they_come_and_ends_with_the_run(
    site: httpx.Client, store: Store
) -> None:
    run = store.submit(draft_spec())
    add_epoch(store, run.id, 1)
    seen: list[tuple[str, dict]] = []
    with site.stream("GET", f"/studio/live?runs={run.id}", timeout=10) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        for kind, data in read_events(answer):
            seen.append((kind, data))
            if kind == "points" and len([k for k, _ in seen if k == "points"]) == 1:
                add_epoch(store, run.id, 2)
            elif kind == "points":
                store.request_stop(run.id)
    kinds = [kind for kind, _ in seen]
    assert kinds[0] == "status"
    assert kinds[-1] == "end"
    points = [data for kind, data in seen if kind == "points"]
    assert points[0][run.id]["train/loss"] == [[1, 10, 1.0, 0.5]]
    assert points[1][run.id]["train/loss"] == [[2, 20, 2.0, 0.25]]


def test_a_live_stream_goes_on_after_the_last_point_that_was_seen(
    site: httpx.Client, store: Store
) -> None:
    run = store.submit(draft_spec())
    add_epoch(store, run.id, 1)
    last_id = store.read_points(run.id).last_id
    add_epoch(store, run.id, 2)
    store.request_stop(run.id)
    for headers, query in (({"Last-Event-ID": str(last_id)}, ""), ({}, f"&after={last_id}")):
        with site.stream("GET", f"/studio/live?runs={run.id}{query}", headers=headers) as answer:
            points = [data for kind, data in read_events(answer) if kind == "points"]
        assert points[0][run.id]["train/loss"] == [[2, 20, 2.0, 0.25]]


def test_a_server_that_stops_ends_its_live_streams(site: httpx.Client, store: Store) -> None:
    run = store.submit(draft_spec())
    with site.stream("GET", f"/studio/live?runs={run.id}", timeout=10) as answer:
        kinds = []
        for kind, _ in read_events(answer):
            kinds.append(kind)
            closing.set()
    assert kinds[-1] != "end"


def wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def add_epoch(store: Store, run_id: str, epoch: int) -> None:
    report = EpochReport(
        epoch=epoch,
        metrics={"train": {"loss": 1 / 2**epoch}},
        duration_s=1,
        samples_per_s=1,
        learning_rate=0.1,
    )
    with store.database.writing() as connection:
        insert_points(connection, run_id, points_of(report, step=10 * epoch, time_s=float(epoch)))


def read_events(answer: httpx.Response) -> Iterator[tuple[str, dict]]:
    kind = ""
    for line in answer.iter_lines():
        if line.startswith("event: "):
            kind = line[7:]
        elif line.startswith("data: "):
            yield kind, json.loads(line[6:])


def test_what_was_rebuilt_of_a_file_can_be_downloaded_once_it_is_there(
    site: httpx.Client, settings: Settings
) -> None:
    folder = settings.home / JOBS_FOLDER / "job"
    folder.mkdir(parents=True)
    path = settings.home / "predictions_reconstructions.zip"
    request = ScoringRequest(run_folder="run", input_path=None)
    (folder / REQUEST_FILE).write_text(request.model_dump_json())
    result = ScoringResult(rebuilt_path=str(path))
    (folder / RESULT_FILE).write_text(result.model_dump_json())
    missing = site.get(rebuilt_file_address("job"))
    assert missing.status_code == 404
    assert "reconstructions is not there" in missing.text
    path.write_bytes(b"pictures")
    answer = site.get(rebuilt_file_address("job"))
    assert answer.content == b"pictures"
    assert 'filename="predictions_reconstructions.zip"' in answer.headers["content-disposition"]
    assert site.get(scored_file_address("job")).status_code == 404
