"""What a training of a GAN may not ask for, and why."""

import pytest

from dlstudio.spec.check import check_spec
from dlstudio.spec.dataset import ColumnInfo, ColumnKind
from dlstudio.spec.defaults import default_spec
from dlstudio.spec.overrides import apply_overrides
from dlstudio.spec.run import RunSpec
from dlstudio.spec.task import TaskKind
from tests.spec.builders import PEOPLE, dataset, number


def game(*overrides: str) -> RunSpec:
    return apply_overrides(default_spec(PEOPLE, (), TaskKind.GENERATION, "gan"), overrides)


def messages(spec: RunSpec) -> dict[str, str]:
    return {problem.where: problem.problem for problem in check_spec(spec, PEOPLE)}


def test_the_default_of_a_gan_has_no_problems_and_keeps_its_last_epoch() -> None:
    spec = game()

    assert messages(spec) == {}
    assert spec.training.keep == "last"
    assert spec.training.early_stopping is None


@pytest.mark.parametrize(
    ("override", "where", "words"),
    [
        ("training.keep=best", "training.keep", "do not tell which epoch is better"),
        ("training.early_stopping={}", "training.early_stopping", "would stop by chance"),
        ("training.schedule=reduce_on_plateau", "training.schedule", "wait for a loss"),
        ("training.device=all_gpus", "training.device", "several GPUs"),
    ],
)
def test_what_a_game_cannot_have_is_explained(override: str, where: str, words: str) -> None:
    assert words in messages(game(override))[where]


def test_early_stopping_needs_the_best_epoch() -> None:
    spec = apply_overrides(default_spec(PEOPLE, ("churned",)), ["training.keep=last"])

    assert "goes back to the best epoch" in messages(spec)["training.keep"]


def test_a_gan_refuses_texts_with_the_reason() -> None:
    review = ColumnInfo(name="review", kind=ColumnKind.TEXT, num_distinct=200)
    info = dataset(number("age"), review)
    spec = default_spec(info, (), TaskKind.GENERATION, "gan")
    asked = apply_overrides(spec, ["task.inputs=[age, review]"])

    (problem,) = check_spec(asked, info)

    assert spec.task.inputs == ("age",)
    assert "nothing halfway between two words" in problem.problem


@pytest.mark.parametrize(("num_rows", "epochs"), [(40, 1_000), (10_000, 50), (1_000_000, 4)])
def test_a_game_takes_about_as_many_steps_on_few_rows_as_on_many(
    num_rows: int, epochs: int
) -> None:
    info = dataset(number("age"), number("income"), num_rows=num_rows)

    spec = default_spec(info, (), TaskKind.GENERATION, "gan")

    assert spec.training.epochs == epochs
