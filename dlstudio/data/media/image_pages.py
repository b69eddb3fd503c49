"""Images in files that hold several: pages of a scan, slices of a stack, frames of an animation."""

import struct
from collections.abc import Iterator, Mapping

from PIL import Image

from dlstudio.spec.dataset import QualityWarning

SEVERAL_PAGES = "several-pages"
_SUBFILE_TYPE, _REDUCED = 254, 1  # TIFF 6.0, section 8: a smaller copy of another page
# What Pillow raises over pages that are broken.
_BROKEN = (
    *(OSError, SyntaxError, ValueError, EOFError, LookupError, TypeError, AttributeError),
    *(OverflowError, struct.error),
)


def count_pages(image: Image.Image) -> int:
    """Count the images of a file; smaller copies of one, as maps and scans have them, do not count.

    Args:
        image: The file, of which the first image was loaded; left at any of them.

    Returns:
        At least 1; pages behind a damaged one are not found.
    """
    try:
        num_frames = int(getattr(image, "n_frames", 1))
        if num_frames < 2 or image.format == "MPO":
            return 1
        if image.format != "TIFF":
            return num_frames
        return 1 + sum(_is_page(image, number) for number in range(1, num_frames))
    except _BROKEN:
        return 1


def warn_pages(column: str, num_pages: Mapping[str, int]) -> Iterator[QualityWarning]:
    """Tell which images are only the first of their file.

    Args:
        column: The column of the images.
        num_pages: How many images each file holds, by its name.
    """
    several = {name: number for name, number in num_pages.items() if number > 1}
    if several:
        noun = "file holds" if len(several) == 1 else "files hold"
        name, number = next(iter(several.items()))
        fix = "Save each page as an image of its own if the others matter."
        if name.lower().endswith(".gif"):
            fix = f"Choose video under Kind of files (file_kind=video) if they are films. {fix}"
        left_out = sum(several.values()) - len(several)
        yield QualityWarning(
            code=SEVERAL_PAGES,
            where=column,
            problem=f"{len(several):,} {noun} several pages or frames, of which the first is "
            f"read and {left_out:,} {'is' if left_out == 1 else 'are'} not; the first such file "
            f"is {name!r} with {number:,}.",
            fix=fix,
        )


def _is_page(image: Image.Image, number: int) -> bool:
    image.seek(number)
    return not int(image.tag_v2.get(_SUBFILE_TYPE, 0)) & _REDUCED  # type: ignore[attr-defined]
