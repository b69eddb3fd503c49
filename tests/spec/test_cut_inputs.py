"""What is said of inputs that are longer than a trained network takes."""

import pytest

from dlstudio.spec.cut_inputs import describe_cut, is_cut, longest_seen
from dlstudio.spec.inputs.audio import AudioPreprocessing
from dlstudio.spec.inputs.image import ImagePreprocessing
from dlstudio.spec.inputs.sequence import SequencePreprocessing
from dlstudio.spec.inputs.text import TextEncoding, TextPreprocessing, TextUnit
from dlstudio.spec.inputs.video import VideoPreprocessing
from dlstudio.spec.preprocessing import ColumnPreprocessing
from dlstudio.spec.text_pieces import count_tokens

GAIT = SequencePreprocessing(length=30)
WORDS = TextPreprocessing(encoding=TextEncoding.TOKENS, unit=TextUnit.WORD, length=30)
LETTERS = WORDS.model_copy(update={"unit": TextUnit.CHARACTER})
BAG = WORDS.model_copy(update={"encoding": TextEncoding.TF_IDF})
BEGINNING = AudioPreprocessing(duration_s=2.5)
EVERYWHERE = AudioPreprocessing(duration_s=2.5, kept_s=30.0)
SPREAD = VideoPreprocessing(num_frames=16)
FIRST_FRAMES = VideoPreprocessing(num_frames=16, frame_rate=4.0)


@pytest.mark.parametrize(
    ("seen", "cut", "num_given", "words"),
    [
        (
            GAIT,
            (40,),
            1,
            "The sequence in 'x' has 40 time steps, more than the 30 that the network",
        ),
        (GAIT, (40,), 8, "1 of 8 sequences in 'x' is longer than the 30 time steps that the"),
        (GAIT, (40, 1_200), 8, "2 of 8 sequences in 'x' are longer than the 30 time steps"),
        (GAIT, (40, 1_200), 8, "(up to 1,200): only the last 30 time steps of each count, what"),
        (GAIT, (40, 1_200), 8, "as long with a Length of 1,200 (preprocessing.x.length)."),
        (WORDS, (40,), 1, "The text in 'x' has 40 words, more than the 30 that the network takes:"),
        (WORDS, (40, 50), 8, "2 of 8 texts in 'x' are longer than the 30 words that the network"),
        (WORDS, (40, 50), 8, "(up to 50): only the first 30 words of each count, what follows"),
        (WORDS, (40, 50), 8, "train anew on texts as long with a Length of 50 (preprocessing.x.le"),
        (WORDS, (25_000,), 8, "a Length of 20,000 (preprocessing.x.length)"),
        (LETTERS, (40,), 8, "1 of 8 texts in 'x' is longer than the 30 characters that the"),
        (
            BEGINNING,
            (3.125,),
            1,
            "The sound in 'x' lasts 3.125 seconds, more than the 2.5 that the",
        ),
        (BEGINNING, (3.0, 4.0), 9, "2 of 9 sounds in 'x' are longer than the 2.5 seconds that"),
        (
            BEGINNING,
            (3.0, 4.0),
            9,
            "sounds as long with a Length of 4 (preprocessing.x.duration_s)",
        ),
        (BEGINNING, (3.125,), 1, "takes: only its first 2.5 seconds count, what follows is cut"),
        (BEGINNING, (3.125,), 9, "only its first 2.5 seconds count, what follows is cut off."),
        (BEGINNING, (3.125, 9.832), 9, "with a Length of 9.9 (preprocessing.x.duration_s)."),
        (EVERYWHERE, (40.0,), 9, "longer than the 30 seconds that the network takes (up to 40)"),
        (FIRST_FRAMES, (10.5,), 1, "The video in 'x' lasts 10.5 seconds, more than the 4 that the"),
        (FIRST_FRAMES, (5.0, 10.6), 9, "2 of 9 videos in 'x' are longer than the 4 seconds that"),
        (
            FIRST_FRAMES,
            (5.0, 10.6),
            9,
            "videos as long with 43 Frames (preprocessing.x.num_frames)",
        ),
        (FIRST_FRAMES, (10.6,), 9, "or an empty Frame rate (preprocessing.x.frame_rate), which"),
        (FIRST_FRAMES, (99.0,), 9, "train anew on videos as long with an empty Frame rate (prep"),
        (EVERYWHERE, (400.0,), 9, "a value for Kept of a sound of 120 (preprocessing.x.kept_s)."),
    ],
)
def test_cut_inputs_are_counted_with_what_helps(
    seen: ColumnPreprocessing, cut: tuple[float, ...], num_given: int, words: str
) -> None:
    assert words in describe_cut("x", seen, cut, num_given)


def test_more_than_the_longest_length_is_not_advised() -> None:
    longest = BEGINNING.model_copy(update={"duration_s": 120.0})
    told = describe_cut("x", longest, (400.0,), 3)
    assert told.endswith("is cut off. Cut sounds so that they begin with what matters.")


def test_one_second_is_no_seconds() -> None:
    told = describe_cut("x", BEGINNING.model_copy(update={"duration_s": 1.0}), (4.0,), 3)
    assert "is longer than the 1 second that the network takes" in told
    assert "only its first 1 second counts" in told


@pytest.mark.parametrize("seen", [GAIT, WORDS, BEGINNING, FIRST_FRAMES])
def test_inputs_that_fit_need_no_words(seen: ColumnPreprocessing) -> None:
    assert describe_cut("x", seen, (), 8) == ""


@pytest.mark.parametrize(
    ("seen", "longest"),
    [(GAIT, 30), (LETTERS, 30), (BEGINNING, 2.5), (EVERYWHERE, 30.0), (FIRST_FRAMES, 4.0)],
)
def test_inputs_are_cut_that_are_longer_than_what_is_read(
    seen: ColumnPreprocessing, longest: float
) -> None:
    assert longest_seen(seen) == longest
    assert not is_cut(seen, longest) and is_cut(seen, 1.1 * longest)


@pytest.mark.parametrize("seen", [BAG, ImagePreprocessing(), SPREAD])
def test_bags_of_words_pictures_and_spread_frames_are_never_cut(seen: ColumnPreprocessing) -> None:
    assert longest_seen(seen) is None
    assert not is_cut(seen, 1e9)


@pytest.mark.parametrize(
    ("text", "unit", "count"),
    [
        ("", TextUnit.WORD, 0),
        ("Well - that's  it!\nÜber gut.", TextUnit.WORD, 5),
        ("Über, gut!", TextUnit.CHARACTER, 8),
    ],
)
def test_words_and_letters_are_counted_as_the_network_reads_them(
    text: str, unit: TextUnit, count: int
) -> None:
    assert count_tokens(text, unit) == count
