"""Which classes are found, and when samples vary too little."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from dlstudio.evaluation.mode_coverage import (
    advised,
    count_modes,
    low_variety,
    missing_modes,
    partial_collapse,
)
from dlstudio.reports.generation import Alarm, SampleScores
from dlstudio.spec.architectures.gan import GanLoss, GanSpec
from dlstudio.spec.architectures.vae import VaeSpec

NAMES = tuple("0123456789")


def _probabilities(classes: np.ndarray) -> np.ndarray:
    return np.eye(10)[classes]


def _scores(recall: float | None) -> SampleScores:
    return SampleScores(kid=0.0, kid_low=0.0, kid_high=0.0, precision=1.0, recall=recall)


@pytest.mark.parametrize("num_modes", [1, 3, 9])
def test_a_collapse_is_caught_though_the_classifier_errs(num_modes: int) -> None:
    random = np.random.default_rng(7)
    classes = random.integers(num_modes, size=1_000)
    errs = random.random(1_000) < 0.03
    classes[errs] = random.integers(10, size=errs.sum())
    real = _probabilities(np.arange(10).repeat(30))
    modes = count_modes(_probabilities(classes), real, np.arange(10).repeat(100), NAMES)
    assert (modes.num_found, modes.num_judged) == (num_modes, 10)
    assert modes.share_found == num_modes / 10
    (alarm,) = missing_modes(modes)
    assert alarm.code == "missing_classes"
    assert alarm.problem.startswith(f"Only {num_modes} of 10 classes appear among the samples; ")
    assert "'9'" in alarm.problem or num_modes < 5


def test_honest_samples_have_all_classes() -> None:
    for seed in range(200):
        random = np.random.default_rng(seed)
        made, held_out = (_probabilities(random.integers(10, size=100)) for _ in range(2))
        modes = count_modes(made, held_out, np.arange(10).repeat(9), NAMES)
        assert missing_modes(modes) == ()


def test_a_rare_class_is_not_judged() -> None:
    labels = np.array([0] * 999 + [1])
    made, real = (_probabilities(each)[:, :2] for each in (np.zeros(1_000, int), labels))
    modes = count_modes(made, real, labels, ("no", "yes"))
    assert [mode.is_found for mode in modes.classes] == [True, None]
    assert missing_modes(modes) == ()
    assert modes.classes[1].real_share == 0.001


def test_a_class_that_cannot_be_recognised_in_real_rows_is_not_missed_among_honest_samples() -> (
    None
):
    random = np.random.default_rng(7)
    rows = random.normal(size=(3_000, 4))
    labels = (random.random(3_000) < 0.05).astype(int)  # nothing in the rows tells it
    honest, held_out, train = rows[:1_000], rows[1_000:2_000], rows[2_000:]
    classifier = LogisticRegression().fit(train, labels[2_000:])
    made, real = classifier.predict_proba(honest), classifier.predict_proba(held_out)
    modes = count_modes(made, real, labels[2_000:], ("no", "yes"))
    assert [mode.is_found for mode in modes.classes] == [True, None]
    assert missing_modes(modes) == ()


def test_a_class_that_is_seldom_recognised_is_still_missed() -> None:
    real = _probabilities(np.array([0] * 90 + [1] * 10))[:, :2]  # half of those that there are
    labels = np.array([0] * 80 + [1] * 20)
    modes = count_modes(_probabilities(np.zeros(1_000, int))[:, :2], real, labels, ("no", "yes"))
    assert [mode.is_found for mode in modes.classes] == [True, False]
    assert modes.classes[1].real_share == 0.1


def test_two_samples_judge_no_class() -> None:
    real = _probabilities(np.arange(10))
    modes = count_modes(_probabilities(np.array([0, 0])), real, np.arange(10), NAMES)
    assert modes.share_found is None
    assert missing_modes(modes) == missing_modes(None) == ()


def test_low_recall_and_low_diversity_alarm() -> None:
    (alarm,) = low_variety(_scores(0.3), _scores(0.9), 0.9)
    assert alarm.code == "low_recall"
    assert alarm.problem == (
        "Samples come close to 30 % of the real rows only; training rows drawn again come close "
        "to 90 %."
    )
    (alarm,) = low_variety(_scores(0.8), _scores(0.9), 0.2)
    assert alarm.code == "low_diversity"
    assert "two of them are typically 20 % as far apart as two real rows" in alarm.problem
    assert low_variety(_scores(0.8), _scores(0.9), 1.0) == ()
    assert low_variety(_scores(None), _scores(None), None) == ()


def test_a_partial_collapse_is_said_in_percent() -> None:
    (alarm,) = partial_collapse(None, 0.4)
    assert alarm.code == "partial_collapse"
    assert alarm.problem == (
        "The samples are like a part of the data only: 40 % as many different real rows are "
        "nearest to them as to equally many real rows."
    )
    assert partial_collapse(0.0, 0.8) == partial_collapse(None) == ()


def test_missing_kinds_are_a_partial_collapse() -> None:
    for variety in (0.4, 0.9, None):
        (alarm,) = partial_collapse(0.48, variety)
        assert alarm.code == "partial_collapse"
        assert alarm.problem == (
            "About 48 % of the rows in your data are of kinds that hardly ever appear among the "
            "samples."
        )
    assert partial_collapse(0.15) == ()


def test_each_network_is_told_its_own_way_out() -> None:
    alike = low_variety(_scores(None), _scores(None), 0.1)
    other = Alarm(code="not_a_number", problem="NaN.", fix="Choose a smaller rate.")
    ways = {spec.kind: advised((*alike, other), spec) for spec in (VaeSpec(), GanSpec())}

    assert "Free bits" in ways["vae"][0].fix and "R1" not in ways["vae"][0].fix
    assert "R1 penalty" in ways["gan"][0].fix and "Beta" not in ways["gan"][0].fix
    assert ways["vae"][1] == ways["gan"][1] == other


def test_what_a_network_has_already_is_not_advised() -> None:
    alike = low_variety(_scores(None), _scores(None), 0.1)
    (even,) = advised(alike, GanSpec(loss=GanLoss.WASSERSTEIN))
    (uneven,) = advised(alike, GanSpec(loss=GanLoss.WASSERSTEIN, gradient_penalty=0.0))
    (free,) = advised(alike, VaeSpec(free_bits=0.2))

    for words in ("R1", "the Loss", "Gradient penalty"):
        assert words not in even.fix
    assert even.fix.endswith(", or take more Discriminator steps.")
    assert "set the Gradient penalty to 10, or take more Discriminator steps." in uneven.fix
    assert "raise Free bits above 0.2" in free.fix
