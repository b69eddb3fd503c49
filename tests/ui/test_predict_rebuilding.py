"""One row beside its reconstruction on the Predict page, without a browser."""

import base64

import numpy as np
from streamlit.testing.v1 import AppTest

from dlstudio.reports.anomaly import Blame
from dlstudio.reports.rebuilt_row import RebuiltExample, RebuiltRow, RebuiltValue
from dlstudio.ui.predict_rebuilding import unpack, verdict_words, worst_channels
from dlstudio.ui.sample_pictures import SPECTROGRAMS


def row(score: float | None) -> RebuiltRow:
    blames = (Blame(column="heat", share=0.75), Blame(column="speed", share=0.2))
    return RebuiltRow(error=0.5, score=score, codes=(0.1, 0.2), blames=blames)


def test_a_verdict_is_in_plain_words() -> None:
    assert verdict_words(row(3.21)) == (
        "**Unlike the others**: 3.2 times the threshold. To blame: heat (75\xa0%), speed (20\xa0%)."
    )
    assert verdict_words(row(1.0)).startswith("**Like the others**: 1 times the threshold.")
    assert verdict_words(row(None)).startswith("Rebuilt from 2 numbers. Most of the error: heat")


def test_a_text_alone_takes_all_the_error_without_a_word_about_it() -> None:
    text = RebuiltValue(column="review", given="Good film.", rebuilt="–", share=1.0)
    assert verdict_words(row(None).model_copy(update={"values": (text,)})) == (
        "Rebuilt from 2 numbers."
    )


def test_an_example_is_unpacked_in_its_form() -> None:
    values = np.arange(12, dtype="float32").reshape(4, 3)
    text = base64.b64encode(values.tobytes()).decode()
    example = RebuiltExample(kind="series", shape=(4, 3), given=text, rebuilt=text)
    given, rebuilt = unpack(example)
    assert (given == values).all()
    assert (rebuilt == values).all()


def page() -> None:
    import base64

    import numpy as np
    import streamlit as st

    from dlstudio.reports.anomaly import Blame
    from dlstudio.reports.rebuilt_row import RebuiltExample, RebuiltRow, RebuiltValue, WordWeight
    from dlstudio.ui.predict_rebuilding import show_rebuilt

    blames = (Blame(column="heat", share=1.0),)
    value = RebuiltValue(column="heat", given="30", rebuilt="12", share=1.0)
    words = (WordWeight(column="said", word="penguin", weight=0.4),)
    row = RebuiltRow(error=0.5, score=2.0, codes=(1.5,), blames=blames, values=(value,))
    show_rebuilt(row.model_copy(update={"words": words}))
    pixels = base64.b64encode(np.zeros((4, 4, 1), "uint8").tobytes()).decode()
    image = RebuiltExample(kind="image", shape=(4, 4, 1), given=pixels, rebuilt=pixels)
    with st.container():
        show_rebuilt(RebuiltRow(error=0.5, score=None, codes=(1.5,), blames=(), example=image))
    steps = base64.b64encode(np.zeros((4, 2), "float32").tobytes()).decode()
    series = RebuiltExample(kind="series", shape=(4, 2), given=steps, rebuilt=steps)
    show_rebuilt(RebuiltRow(error=0.5, score=0.5, codes=(1.5,), blames=(), example=series))


def many_channels_page() -> None:
    import base64

    import numpy as np

    from dlstudio.reports.rebuilt_row import RebuiltExample, RebuiltRow
    from dlstudio.ui.predict_rebuilding import show_rebuilt

    steps = base64.b64encode(np.zeros((4, 12), "float32").tobytes()).decode()
    series = RebuiltExample(kind="series", shape=(4, 12), given=steps, rebuilt=steps)
    show_rebuilt(RebuiltRow(error=0.5, score=0.5, codes=(1.5,), blames=(), example=series))


def test_of_many_channels_those_with_the_largest_error_are_drawn() -> None:
    given = np.zeros((4, 12))
    rebuilt = given.copy()
    rebuilt[:, [2, 7, 9]] = [0.1, 3.0, -2.0]
    assert worst_channels(given, rebuilt) == [2, 7, 9]
    assert worst_channels(given[:, :2], given[:, :2]) == [0, 1]
    app = AppTest.from_function(many_channels_page, default_timeout=60).run()
    assert not app.exception
    said = [caption.value for caption in app.caption]
    assert said == ["The 3 of 12 channels with the largest error."]


def sound_page() -> None:
    import base64

    import numpy as np

    from dlstudio.reports.rebuilt_row import RebuiltExample, RebuiltRow
    from dlstudio.ui.predict_rebuilding import show_rebuilt

    loud = base64.b64encode(np.zeros((6, 4, 1), "float32").tobytes()).decode()
    sound = RebuiltExample(kind="sound", shape=(6, 4, 1), given=loud, rebuilt=loud)
    show_rebuilt(RebuiltRow(error=0.5, score=None, codes=(2.5,), blames=(), example=sound))


def test_sounds_are_shown_as_what_they_are() -> None:
    app = AppTest.from_function(sound_page, default_timeout=60).run()

    assert not app.exception
    assert [caption.value for caption in app.caption] == [SPECTROGRAMS]
    assert not app.get("audio")


def test_rows_images_and_sequences_are_shown_beside_their_reconstruction() -> None:
    app = AppTest.from_function(page, default_timeout=60).run()

    assert not app.exception
    assert "Unlike the others" in app.warning[0].value
    assert "Like the others" in app.success[0].value
    table = app.dataframe[0].value
    assert table["Given"].tolist() == ["30"]
    assert table["Rebuilt"].tolist() == ["12"]
    assert app.metric[0].value == "2 ×"
    assert "**Words that weigh most**" in [entry.value for entry in app.markdown]
