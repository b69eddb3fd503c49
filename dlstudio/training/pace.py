"""How many steps a call runs, so that it lasts about a quarter of a second."""

import time
from collections.abc import Callable

from dlstudio.training.road import Road, Stretch, StretchResult

CALL_S = 0.25
FIRST_STEPS = 2  # the very first call is timed too roughly to plan with
LARGEST_GROWTH = 8


class Pace:
    """Cuts an epoch into stretches by what the last ones took."""

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        """Know nothing yet.

        Args:
            clock: Gives the time in seconds.
        """
        self._clock = clock
        self._step_s: float | None = None
        self._validation_step_s: float | None = None
        self._most_steps = FIRST_STEPS

    @property
    def step_s(self) -> float | None:
        """Seconds a training step takes; None before one was measured."""
        return self._step_s

    def next_stretch(self, road: Road, step: int, validation_step: int) -> Stretch:
        """Plan the next call.

        Args:
            road: Says how many steps there are.
            step: Training steps done in this epoch.
            validation_step: Validation steps done in this epoch.

        Returns:
            A stretch of at least one step: training steps, and validation steps too if all that
            is left of the epoch fits into one call.
        """
        if road.runs_whole_epochs:
            return Stretch(step, road.num_steps, 0, road.num_validation_steps)
        num_steps = self._affordable(self._step_s, CALL_S)
        last = min(step + num_steps, road.num_steps)
        if last < road.num_steps:
            return Stretch(step, last)
        left_s = CALL_S - (last - step) * (self._step_s or 0.0)
        if last == step:
            count = self._affordable(self._validation_step_s, CALL_S)
            until = min(validation_step + count, road.num_validation_steps)
            return Stretch(step, step, validation_step, until)
        needed_s = road.num_validation_steps * (self._validation_step_s or CALL_S)
        return Stretch(step, last, 0, road.num_validation_steps if needed_s <= left_s else 0)

    def run(self, road: Road, stretch: Stretch) -> StretchResult:
        """Run a stretch and learn from the time it takes."""
        started = self._clock()
        result = road.run(stretch)
        self._learn(stretch, self._clock() - started)
        return result

    def _affordable(self, step_s: float | None, budget_s: float) -> int:
        if step_s is None:
            return FIRST_STEPS
        return max(1, min(self._most_steps, int(budget_s / max(step_s, 1e-7))))

    def _learn(self, stretch: Stretch, duration_s: float) -> None:
        if not stretch.num_validation_steps:
            self._step_s = duration_s / stretch.num_steps
            self._most_steps = max(self._most_steps, stretch.num_steps * LARGEST_GROWTH)
        elif not stretch.num_steps:
            self._validation_step_s = duration_s / stretch.num_validation_steps
            self._most_steps = max(self._most_steps, stretch.num_validation_steps * LARGEST_GROWTH)
        elif self._step_s and self._validation_step_s:
            expected = (
                stretch.num_steps * self._step_s
                + stretch.num_validation_steps * self._validation_step_s
            )
            self._step_s *= duration_s / expected
            self._validation_step_s *= duration_s / expected
        else:
            self._step_s = duration_s / stretch.num_steps
