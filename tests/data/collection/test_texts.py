"""Text files in class folders: every encoding, empty ones, huge ones, and what is no text."""

from pathlib import Path

import pytest

from dlstudio.settings import Settings
from tests.data.collection.files import add_folder, add_zip, picture
from tests.data.files import cells, refuse

RUSSIAN = "Все люди рождаются свободными и равными в своём достоинстве и правах. "
GERMAN = "Die Würde des Menschen ist unantastbar; Bäume, Straße, schön und größer. "


def corpus(text: str, encoding: str) -> dict[str, bytes]:
    """Two classes of three texts each."""
    return {
        f"{label}/{number}.txt": (f"{label} {number} " + text * 3).encode(encoding)
        for label in ("a", "b")
        for number in range(3)
    }


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (GERMAN, "utf-8"),
        (GERMAN, "utf-8-sig"),
        (GERMAN, "utf-16"),
        (GERMAN, "cp1252"),
        (RUSSIAN, "cp1251"),
        (RUSSIAN, "utf-32"),
    ],
)
def test_texts_of_any_encoding_are_read(
    settings: Settings, tmp_path: Path, text: str, encoding: str
) -> None:
    dataset = add_zip(settings, tmp_path, corpus(text, encoding))
    assert cells(dataset)["text"][0] == "a 0 " + text * 3


def test_the_encoding_may_be_given(settings: Settings, tmp_path: Path) -> None:
    files = {"a/1.txt": "Łódź".encode("cp1250"), "b/1.txt": b"x", "b/2.txt": b"y"}
    assert cells(add_zip(settings, tmp_path, files, encoding="cp1250"))["text"][0] == "Łódź"


def test_short_texts_tell_their_encoding_together(settings: Settings, tmp_path: Path) -> None:
    words = RUSSIAN.split() * 4
    files = {f"{'ab'[n % 2]}/{n:02d}.txt": word.encode("cp1251") for n, word in enumerate(words)}
    texts = cells(add_zip(settings, tmp_path, files))["text"]
    assert sorted(map(str, texts)) == sorted(words)


def test_empty_texts_are_missing_and_named(settings: Settings, tmp_path: Path) -> None:
    files = {"a/1.txt": "good", "a/2.txt": "", "b/1.txt": " \n\t", "b/2.txt": "bad"}
    dataset = add_folder(settings, tmp_path, files)
    assert cells(dataset)["text"] == ["good", None, None, "bad"]
    problem = next(w.problem for w in dataset.info.warnings if w.code == "empty-texts")
    assert "2 texts are empty, the first is 'a/2.txt'" in problem


def test_a_text_of_five_megabytes_is_kept_whole_and_named(
    settings: Settings, tmp_path: Path
) -> None:
    long = "word " * 1_000_000
    files = {"a/1.txt": long, "b/1.txt": "short", "b/2.txt": "short too"}
    dataset = add_zip(settings, tmp_path, files)
    assert cells(dataset)["text"][0] == long
    assert dataset.info.column("text").max_length == len(long)
    (told,) = [w for w in dataset.info.warnings if w.code == "long-texts"]
    assert "1 text is longer than 1,000,000 characters, the first is 'a/1.txt'" in told.problem
    assert "with 5,000,000; networks that read words in order" in told.problem
    assert told.fix.startswith("Divide them into texts of the length that you want judged")


def test_files_that_are_no_text_are_listed(settings: Settings, tmp_path: Path) -> None:
    files = {
        "a/1.txt": "good",
        "a/2.txt": picture(1),
        "b/1.txt": bytes(range(32)) * 20,
        "b/2.txt": "bad",
    }
    problems = refuse(lambda: add_zip(settings, tmp_path, files)).problems
    assert [p.problem for p in problems[1:]] == [
        "'a/2.txt' is a PNG picture, not a text.",
        "'b/1.txt' does not hold text.",
    ]


def test_remarks_beside_the_classes_are_no_texts(settings: Settings, tmp_path: Path) -> None:
    files = {"x/README.txt": "about", "x/a/1.txt": "1", "x/b/1.txt": "2", "x/b/2.txt": "3"}
    assert add_zip(settings, tmp_path, files).info.num_rows == 3
