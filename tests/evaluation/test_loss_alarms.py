"""Losses that went wrong are told, and those of a healthy training are not."""

import numpy as np
import pytest

from dlstudio.evaluation.loss_alarms import (
    GanLosses,
    gan_alarms,
    number_alarms,
)
from dlstudio.spec.architectures.gan import GanSpec

STEPS = np.arange(200)
HEALTHY = 1.2 + 0.1 * np.sin(STEPS)


def _codes(generator: np.ndarray, discriminator: np.ndarray, guessing: float | None) -> list[str]:
    return [alarm.code for alarm in gan_alarms(GanLosses(generator, discriminator, guessing, 200))]


def test_healthy_losses_alarm_nobody() -> None:
    assert _codes(HEALTHY, HEALTHY, 1.386) == []
    assert _codes(3.0 * HEALTHY, 0.3 * HEALTHY, 1.386) == []  # ahead, but not for good


def test_a_discriminator_that_wins_for_long_is_told() -> None:
    won = np.where(STEPS > 150, 0.001, HEALTHY)
    assert _codes(HEALTHY, won, 1.386) == ["discriminator_wins"]
    (alarm,) = gan_alarms(GanLosses(HEALTHY, won, 1.386, 200))
    assert "almost perfectly for 40 epochs" in alarm.problem


def test_spectral_normalisation_that_is_on_is_not_advised() -> None:
    fixes = [
        gan_alarms(GanLosses(HEALTHY, np.zeros(200), 1.386, 200, is_limited))[0].fix
        for is_limited in (False, True)
    ]
    assert ["Spectral normalisation" in fix for fix in fixes] == [True, False]


def test_a_discriminator_that_wins_once_is_left_alone() -> None:
    assert _codes(HEALTHY, np.where(STEPS % 10 == 0, 0.0, HEALTHY), 1.386) == []


def test_nobody_wins_by_the_wasserstein_loss() -> None:
    assert _codes(HEALTHY, -0.001 * HEALTHY, None) == []


def test_an_exploding_generator_is_told() -> None:
    exploding = np.where(STEPS > 140, np.exp((STEPS - 140) / 8.0), HEALTHY)
    (alarm,) = gan_alarms(GanLosses(exploding, HEALTHY, 1.386, 200))
    assert alarm.code == "generator_explodes"
    assert alarm.problem.startswith("The generator's loss has grown from about 1.2 to ")


def test_verdicts_that_drift_are_no_explosion_with_the_wasserstein_loss() -> None:
    drifting = np.where(STEPS > 100, 0.5 * (STEPS - 100), 0.1)
    assert _codes(drifting, -HEALTHY, None) == []
    assert _codes(drifting, HEALTHY, 1.386) == ["generator_explodes"]
    exploding = -np.where(STEPS > 140, np.exp((STEPS - 140) / 8.0), HEALTHY)
    (alarm,) = gan_alarms(GanLosses(HEALTHY, exploding, None, 200))
    assert alarm.code == "discriminator_explodes"
    assert alarm.problem.startswith("The size of the discriminator's loss has grown from about 1.2")


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_loss_that_is_no_number_is_told(value: float) -> None:
    broken = np.array([1.0, value])
    assert _codes(broken, HEALTHY[:2], 1.386) == ["not_a_number"]
    assert number_alarms(HEALTHY) == ()
    (alarm,) = number_alarms(broken)
    assert alarm.problem == "A loss is no longer a number: training has diverged."


def test_a_few_points_say_nothing_yet() -> None:
    assert _codes(HEALTHY[:9], np.zeros(9), 1.386) == []
    assert _codes(HEALTHY[:0], HEALTHY[:0], 1.386) == []


def test_few_epochs_of_many_steps_are_judged_before_all_are_over() -> None:
    won = np.full(4, 0.001)
    for num_done, told in ((1, 0), (2, 1), (4, 1)):
        losses = GanLosses(HEALTHY[:num_done], won[:num_done], 1.386, 4)
        assert len(gan_alarms(losses)) == told
    assert gan_alarms(GanLosses(HEALTHY[:4], HEALTHY[:4], 1.386, 4)) == ()


def test_ways_out_name_controls_that_the_form_has() -> None:
    exploding = np.where(STEPS > 140, np.exp((STEPS - 140) / 8.0), HEALTHY)
    games = (
        GanLosses(HEALTHY, np.zeros(200), 1.386, 200),
        GanLosses(exploding, HEALTHY, 1.386, 200),
        GanLosses(HEALTHY, exploding, None, 200),
    )
    titles = {str(field.title) for field in GanSpec.model_fields.values()} | {"Learning rate"}
    for game in games:
        (alarm,) = gan_alarms(game)
        assert sum(title in alarm.fix for title in titles) >= 2
