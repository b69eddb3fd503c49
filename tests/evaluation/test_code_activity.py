"""Codes that say nothing are told from codes that do, and from numbers that are spare."""

import numpy as np
import pytest

from dlstudio.evaluation.code_activity import (
    CodeActivity,
    code_information,
    collapse_alarms,
)
from dlstudio.reports.generation import ACTIVE_NATS
from dlstudio.spec.architectures.vae import VaeSpec

pytestmark = pytest.mark.tensorflow


def test_a_code_says_as_much_as_the_log_of_its_spread_over_its_noise() -> None:
    random = np.random.default_rng(0)
    means = random.normal(0.0, 3.0, (20_000, 1))
    said = code_information(means, np.zeros((20_000, 1)))
    assert said[0] == pytest.approx(0.5 * np.log(1.0 + 9.0), abs=0.02)


@pytest.mark.parametrize(("mean", "log_variance"), [(0.0, 0.0), (1.5, 0.0), (0.0, -3.0)])
def test_codes_that_are_the_same_for_all_rows_say_nothing_wherever_they_lie(
    mean: float, log_variance: float
) -> None:
    # Their KL divergence is not 0: free bits, or beta 0, let it be anything.
    said = code_information(np.full((50, 2), mean), np.full((50, 2), log_variance))
    assert (said < ACTIVE_NATS).all()


def test_a_collapsed_posterior_is_told() -> None:
    (alarm,) = collapse_alarms(CodeActivity(num_latent=16, num_active=1, num_values=784))
    assert alarm.code == "posterior_collapse"
    assert alarm.problem.startswith("Only 1 of 16 latent numbers say anything")


def test_latent_numbers_that_are_spare_alarm_nobody() -> None:
    assert collapse_alarms(CodeActivity(num_latent=16, num_active=6, num_values=784)) == ()
    # Two numbers describe four columns well; thirty others have nothing left to say.
    assert collapse_alarms(CodeActivity(num_latent=32, num_active=2, num_values=4)) == ()
    assert collapse_alarms(CodeActivity(num_latent=0, num_active=0, num_values=4)) == ()


def test_no_active_number_is_a_collapse_however_few_values_there_are() -> None:
    (alarm,) = collapse_alarms(CodeActivity(num_latent=2, num_active=0, num_values=1))
    assert alarm.problem.startswith("Only 0 of 2")


def test_free_bits_that_are_there_are_raised_and_never_lowered() -> None:
    collapsed = CodeActivity(num_latent=2, num_active=0, num_values=1, free_bits=0.5)
    assert "raise Free bits above 0.5" in collapse_alarms(collapsed)[0].fix


def test_the_way_out_names_controls_that_the_form_has() -> None:
    (alarm,) = collapse_alarms(CodeActivity(num_latent=2, num_active=0, num_values=1))
    fields = VaeSpec.model_fields
    for name in ("beta", "warm_up", "free_bits"):
        assert str(fields[name].title) in alarm.fix
