"""How the first batch is shown."""

from streamlit.testing.v1 import AppTest

from dlstudio.reports.first_batch import FirstBatch, LinesSeen, NumbersSeen, PicturesSeen, WordsSeen
from dlstudio.ui.design_first_batch import words_text
from tests.ui.opened import words_of

PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg=="
)


def batch() -> FirstBatch:
    return FirstBatch(
        batch_size=16,
        rows=(4, 2),
        labels=("cat", "dog"),
        pictures=(
            PicturesSeen(column="photo", meaning="1 × 1 pixels", frames=((PIXEL,), (PIXEL,))),
            PicturesSeen(column="film", meaning="2 frames", frames=((PIXEL,) * 2,) * 2),
        ),
        lines=(
            LinesSeen(
                column="sensor", meaning="2 steps", channels=("x",), values=(((1.0, 2.0),),) * 2
            ),
        ),
        words=(WordsSeen(column="note", unknown="[UNK]", words=(("", "hello"), ("[UNK]", "a"))),),
        numbers=NumbersSeen(names=("age",), values=((0.5,), (-0.5,)), num_more=3),
        notes=("Scales are those of 48 of 300 training rows here.",),
    )


def show() -> None:
    from dlstudio.ui.design_first_batch import show_first_batch
    from tests.ui.test_design_first_batch import batch

    show_first_batch(batch())


def test_everything_in_a_batch_is_shown() -> None:
    app = AppTest.from_function(show, default_timeout=60).run()

    assert not app.exception
    words = words_of(app).replace("\\", "")
    assert "2 examples of 16" in words
    assert "48 of 300" in words
    assert "**photo** · 1 × 1 pixels" in words
    assert ":orange-badge[unknown] a" in words
    assert "3 more are not shown" in words
    assert list(app.dataframe[0].value.columns) == ["target", "age"]


def test_padding_is_counted_and_unknown_words_are_marked() -> None:
    text = words_text(("", "", "a*b", "[UNK]"), "[UNK]")

    assert text == ":gray-badge[2 × padding] a\\*b :orange-badge[unknown]"
    assert words_text(["w"] * 130, "?").endswith("… and 10 more")
