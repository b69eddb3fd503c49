"""What is said of sequences that are longer than a trained network takes."""

import pytest

from dlstudio.spec.inputs.sequence import describe_cut_sequences


@pytest.mark.parametrize(
    ("cut", "num_sequences", "words"),
    [
        ((40,), 1, "The sequence in 'gait' has 40 time steps, more than the 30 that the network"),
        ((40,), 8, "1 of 8 sequences in 'gait' is longer than the 30 time steps that the network"),
        ((40, 1_200), 8, "2 of 8 sequences in 'gait' are longer than the 30 time steps"),
        ((40, 1_200), 8, "(up to 1,200): only the last 30 of each count"),
        ((40, 1_200), 8, "a Length of 1,200 (preprocessing.gait.length)"),
    ],
)
def test_cut_sequences_are_counted_with_what_helps(
    cut: tuple[int, ...], num_sequences: int, words: str
) -> None:
    assert words in describe_cut_sequences("gait", 30, cut, num_sequences)


def test_sequences_that_fit_need_no_words() -> None:
    assert describe_cut_sequences("gait", 30, (), 8) == ""
