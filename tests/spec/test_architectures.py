"""Several architectures share one field of the spec."""

import pytest

from dlstudio.errors import SpecError
from dlstudio.spec.architectures.check import check_architecture, check_fine_tuning
from dlstudio.spec.architectures.cnn import Backbone, CnnSpec, ConvBlock
from dlstudio.spec.architectures.fnn import FnnSpec
from dlstudio.spec.architectures.transformer import AttentionBlock, TransformerSpec
from dlstudio.spec.differences import spec_differences
from dlstudio.spec.documents import read_spec
from dlstudio.spec.overrides import apply_overrides
from tests.spec.builders import spec

START = "dataset: {name: a}\ntask: {kind: regression, inputs: [a], targets: [b]}\n"


def problems_of_architecture(text: str) -> dict[str, str]:
    with pytest.raises(SpecError) as caught:
        read_spec(f"{START}architecture: {text}")
    return {problem.where: str(problem) for problem in caught.value.problems}


def test_a_network_without_a_kind_is_a_feed_forward_one() -> None:
    found = read_spec(f"{START}architecture: {{layers: [{{units: 3}}]}}")

    assert isinstance(found.architecture, FnnSpec)


def test_a_misspelt_kind_is_answered_with_the_nearest() -> None:
    assert "Did you mean 'cnn'?" in problems_of_architecture("{kind: ccn}")["architecture.kind"]


def test_a_wrong_field_is_told_by_the_fields_of_its_own_architecture() -> None:
    found = problems_of_architecture("{kind: cnn, layers: [{filers: 3, pooling: maxx}]}")

    assert "Did you mean 'filters'?" in found["architecture.layers.0.filers"]
    assert "Did you mean 'max'?" in found["architecture.layers.0.pooling"]


def test_another_kind_by_override_begins_with_its_own_defaults() -> None:
    changed = apply_overrides(spec(), ["architecture.kind=cnn", "architecture.layers.0.filters=7"])

    assert isinstance(changed.architecture, CnnSpec)
    assert changed.architecture.layers[0].filters == 7


def test_different_architectures_can_be_compared() -> None:
    first = spec()
    second = first.model_copy(update={"architecture": CnnSpec(layers=(ConvBlock(),))})

    paths = {difference.path for difference in spec_differences([first, second])}

    assert {"architecture.kind", "architecture.summary"} <= paths


def test_a_width_that_the_heads_cannot_share_is_refused() -> None:
    network = TransformerSpec(width=50, layers=(AttentionBlock(heads=4),))

    (problem,) = check_architecture(network)

    assert problem.where == "architecture.layers.0.heads"
    assert "48" in problem.fix


def test_fine_tuning_that_would_never_begin_is_a_problem() -> None:
    network = CnnSpec(backbone=Backbone.MOBILENET_V3_SMALL, trained_layers=8)

    (problem,) = check_fine_tuning(network, num_epochs=5)

    assert problem.where == "architecture.frozen_epochs"
    assert "begins after 5 frozen epochs, but the training has 5" in problem.problem
    assert "Choose fewer frozen epochs than 5" in problem.fix
    assert not list(check_fine_tuning(network, num_epochs=6))


@pytest.mark.parametrize(
    "network",
    [
        CnnSpec(trained_layers=8),
        CnnSpec(backbone=Backbone.MOBILENET_V3_SMALL),
        CnnSpec(backbone=Backbone.MOBILENET_V3_SMALL, trained_layers=8, frozen_epochs=0),
        FnnSpec(),
    ],
    ids=["no backbone", "all frozen", "from the start", "another architecture"],
)
def test_frozen_epochs_mean_nothing_where_nothing_is_fine_tuned_later(
    network: CnnSpec | FnnSpec,
) -> None:
    assert not list(check_fine_tuning(network, num_epochs=1))
