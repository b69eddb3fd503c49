"""Real sounds to judge defaults on, from Debian packages.

The packages are downloaded once with apt-get into the folder that `DLSTUDIO_BENCHMARK_DATA` names,
and unpacked there, never installed.
"""

import os
import re
import shutil
import subprocess
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks.defaults_data import FOLDER_VARIABLE

TEST_SHARE, HELD_OUT_SHARE = 0.15, 0.3
# What an instrument is by its name in a kit; the first that fits.
_DRUMS = (
    ("", "agogo|cowbell|roll|whistle|beats_|djembe|conga|bongo|cajon|head (hit|mute)|\\d bell"),
    ("clap_stick", "clap|stick|rim click|clave|woodblock|snap"),
    ("hihat", "\\bhh\\b|hat|hi-hat|ohh"),
    ("cymbal", "crash|ride|splash|china|cymbal|bell|zildjian|paiste"),
    ("kick", "kick|bass ?drum"),
    ("snare", "snare"),
    ("tom", "tom\\b|tomhi"),
)


def drums(seed: int) -> Path:
    """Hits of 12 drum kits, six instruments, in WAV, FLAC and AIFF.

    Args:
        seed: Decides which whole kits are for training, validation and test.

    Returns:
        A folder `<part>/<instrument>/<file>`.
    """
    kits = unpacked("hydrogen-drumkits") / "usr/share/hydrogen/data/drumkits"
    folder = kits.parents[4] / f"drums-{seed}"
    if not folder.exists():
        hits = {kit: list(_hits(kit)) for kit in sorted(kits.iterdir())}
        kits_with_hits = [kit for kit in hits if hits[kit]]
        shuffled = np.random.default_rng(seed).permutation(len(kits_with_hits))
        order = [kits_with_hits[place] for place in shuffled]
        num_hits = sum(len(hits[kit]) for kit in order)
        num_placed = 0
        for kit in order:
            share = num_placed / num_hits
            part = "test" if share < TEST_SHARE else "val" if share < HELD_OUT_SHARE else "train"
            for instrument, path in hits[kit]:
                place = folder / part / instrument
                place.mkdir(parents=True, exist_ok=True)
                shutil.copy(path, place / f"{kit.name} {path.name}")
            num_placed += len(hits[kit])
    return folder


def languages(_seed: int) -> Path:
    """Letters and syllables spoken in 20 languages, `<language>/<file>`: OGG."""
    spoken = unpacked("klettres-data") / "usr/share/klettres"
    folder = spoken.parents[2] / "languages"
    if not folder.exists():
        for path in sorted(spoken.glob("*/*/*.ogg")):
            language, part = path.parent.parent.name, path.parent.name
            place = folder / language
            place.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, place / f"{part}_{path.name}")
    return folder


def unpacked(package: str) -> Path:
    """The folder of a Debian package's files, downloaded where that was never done."""
    folder = Path(os.environ[FOLDER_VARIABLE]) / package
    if not folder.exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run(["apt-get", "download", "-qq", package], cwd=folder.parent, check=True)
        (archive,) = folder.parent.glob(f"{package}_*.deb")
        subprocess.run(["dpkg-deb", "-x", archive, folder], check=True)
    return folder


def _hits(kit: Path) -> Iterator[tuple[str, Path]]:
    """The sounds of a kit with what they are; those that are none of the six are left out."""
    description = (kit / "drumkit.xml").read_text(encoding="utf-8", errors="replace")
    root = ElementTree.fromstring(re.sub(r' xmlns="[^"]+"', "", description))
    seen: set[Path] = set()
    for each in root.iter("instrument"):
        name = each.findtext("name") or ""
        found = (what for what, words in _DRUMS if re.search(words, name, re.IGNORECASE))
        instrument = next(found, "")
        for file_name in each.iter("filename"):
            path = kit / (file_name.text or "")
            if instrument and path.is_file() and path not in seen:
                seen.add(path)
                yield instrument, path
