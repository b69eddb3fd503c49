"""What a training of a GAN may not ask for, and why."""

import pytest

from dlstudio.spec.architectures.gan import GAN_PRESETS, GanSpec
from dlstudio.spec.check import check_spec
from dlstudio.spec.dataset import ColumnInfo, ColumnKind
from dlstudio.spec.defaults import default_spec
from dlstudio.spec.game_blocks import fit_blocks
from dlstudio.spec.media import ImageSummary, SequenceSummary, Spread
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


@pytest.mark.parametrize(("side", "num_blocks"), [(8, 1), (28, 2), (64, 3), (128, 4)])
def test_larger_pictures_get_more_convolutions(side: int, num_blocks: int) -> None:
    info = dataset(pictures(side))

    network = default_spec(info, (), TaskKind.GENERATION, "gan").architecture

    assert isinstance(network, GanSpec)
    assert len(network.generator_blocks) == len(network.discriminator_blocks) == num_blocks
    assert network.r1_penalty == 1.0
    assert network.generator_blocks[-1].filters == network.discriminator_blocks[0].filters == 32


def test_presets_are_fitted_to_the_size_and_stay_as_wide_as_they_are() -> None:
    info = dataset(pictures(64))
    task = default_spec(info, (), TaskKind.GENERATION, "gan").task

    network = fit_blocks(GAN_PRESETS["Large"], info, task)

    assert [block.filters for block in network.discriminator_blocks] == [64, 128, 256]
    assert fit_blocks(GAN_PRESETS["Large"], PEOPLE, task) == GAN_PRESETS["Large"]


def test_a_long_series_gets_more_convolutions_than_a_short_one() -> None:
    length = Spread(min=100, median=100, max=100)
    wave = ColumnInfo(
        name="wave",
        kind=ColumnKind.SEQUENCE,
        num_distinct=200,
        sequence=SequenceSummary(channels=("x",), length=length),
    )

    network = default_spec(dataset(wave), (), TaskKind.GENERATION, "gan").architecture

    assert isinstance(network, GanSpec)
    assert len(network.generator_blocks) == 4
    assert network.r1_penalty == 10.0


def pictures(side: int) -> ColumnInfo:
    spread = Spread(min=side, median=side, max=side)
    image = ImageSummary(width=spread, height=spread, num_channels=1)
    return ColumnInfo(name="picture", kind=ColumnKind.IMAGE, num_distinct=200, image=image)
