"""Text columns become bags of words."""

import numpy as np
import pytest

from dlstudio.models.layout import features_of
from dlstudio.models.preprocessing import fit_preprocessor
from dlstudio.models.text_batches import LETTERS_AT_ONCE
from dlstudio.spec.dataset import ColumnKind
from tests.models.tables import describe, spec_for, texts

pytestmark = pytest.mark.tensorflow

REVIEWS = texts("Good phone, good price!", "bad phone", "", "good", "so bad")


def bags(rows: np.ndarray, train: np.ndarray = REVIEWS, **fields: object) -> np.ndarray:
    info = describe({"text": train, "y": texts(*["a"] * len(train))}, {"text": ColumnKind.TEXT})
    spec = spec_for(["text"], ["y"], preprocessing={"text": {"unit": "word", **fields}})
    found = fit_preprocessor(spec, info, {"text": train}).transform({"text": rows})["dense"]
    assert found.shape[1] == features_of(spec, info).num_dense
    return found


def test_texts_with_the_same_words_are_alike_whatever_case_and_order() -> None:
    first, second, other = bags(texts("GOOD phone", "phone, good.", "so bad"), ngrams=1)
    assert np.array_equal(first, second)
    assert float(first @ other) == 0.0


def test_every_text_has_length_one_and_empty_ones_zero() -> None:
    lengths = np.linalg.norm(bags(REVIEWS), axis=1)
    assert lengths == pytest.approx([1.0, 1.0, 0.0, 1.0, 1.0], abs=1e-5)


def test_tf_idf_gives_rare_words_more_weight_and_a_bag_does_not() -> None:
    weighted = bags(texts("phone price"))[0]
    assert len(set(weighted[weighted > 0].round(4))) == 2
    equal = bags(texts("phone price"), encoding="bag_of_words")[0]
    assert len(set(equal[equal > 0].round(4))) == 1


def test_pairs_of_words_tell_what_single_words_cannot() -> None:
    train = texts(*["not good but bad", "good not bad"] * 3)
    single = bags(train, train, ngrams=1)
    pairs = bags(train, train, ngrams=2)
    assert abs(single[0] @ single[1]) > abs(pairs[0] @ pairs[1])


def test_the_vocabulary_stays_within_its_limit() -> None:
    many = texts(*(f"word{index} common" for index in range(50)))
    assert bags(many, many, max_tokens=10).shape[1] == 10


def test_texts_that_are_all_missing_give_zeros() -> None:
    found = bags(texts("", "anything"), texts("", ""))
    assert np.isfinite(found).all()
    assert not found[0].any()


def test_words_that_were_not_learned_change_nothing() -> None:
    plain, drowned = bags(texts("good phone", "good phone never heard of such words"))
    assert np.array_equal(plain, drowned)
    assert not bags(texts("unheard of")).any()


def test_a_text_can_be_cut_into_letters() -> None:
    train = texts("aab", "bcc")
    first, same = bags(texts("ab", "ba"), train, unit="character", ngrams=1)
    assert np.array_equal(first, same)
    assert (first > 0).sum() == 2


def test_words_and_letters_stand_beside_each_other_each_of_length_one() -> None:
    found = bags(REVIEWS, unit="both")

    assert np.linalg.norm(found, axis=1) == pytest.approx(
        [2**0.5, 2**0.5, 0.0, 2**0.5, 2**0.5], abs=1e-5
    )
    assert np.array_equal(found, bags(REVIEWS, unit="auto"))


def test_a_word_that_was_never_seen_is_known_by_its_letters() -> None:
    seen, unseen = bags(texts("phone", "phones"), unit="both")

    assert float(seen @ unseen) > 0.9


def test_words_and_letters_share_the_vocabulary() -> None:
    many = texts(*(f"word{index} common" for index in range(50)))

    assert bags(many, many, unit="both", max_tokens=21).shape[1] == 21


def test_words_of_long_texts_are_counted_over_all_batches() -> None:
    names = [f"w{number}" for number in range(14)]

    def train(times: int) -> np.ndarray:
        # The word that is rarest in one text is the most frequent one in the next.
        counts = [[1 + (place + 5 * row) % 14 for place in range(14)] for row in range(3)]
        rows = [[f"{name} " * times * count for name, count in zip(names, row, strict=True)]
                for row in counts]  # fmt: skip
        return texts(*["".join(row) for row in rows], *names)

    long, short = train(2_000), train(1)
    assert sum(map(len, long)) > LETTERS_AT_ONCE

    probes = texts(*names)
    same = bags(probes, short, ngrams=1, max_tokens=10)
    assert np.array_equal(bags(probes, long, ngrams=1, max_tokens=10), same)
    assert 0 < np.count_nonzero(same.any(axis=1)) < 14
