"""The preview of a GAN shows both networks, one behind the other."""

import pytest

from dlstudio.models.adversarial import GanNetwork
from dlstudio.models.preview import preview
from dlstudio.models.unsupervised_network import build_unsupervised_network
from dlstudio.spec.defaults import default_spec
from dlstudio.spec.overrides import apply_overrides
from dlstudio.spec.task import TaskKind
from dlstudio.ui.network_drawing import draw_network
from tests.fixtures.drawings import num_crossings
from tests.spec.builders import PEOPLE

pytestmark = pytest.mark.tensorflow


@pytest.mark.parametrize("override", ["architecture.conditional=true", "task.targets=[]"])
@pytest.mark.parametrize("is_normalized", ["true", "false"])
def test_both_networks_of_a_gan_are_shown(override: str, is_normalized: str) -> None:
    spec = default_spec(PEOPLE, ("churned",), TaskKind.GENERATION, "gan")
    asked = f"architecture.spectral_normalization={is_normalized}"
    spec = apply_overrides(spec, [override, asked])
    network = build_unsupervised_network(spec, PEOPLE)
    assert isinstance(network, GanNetwork)
    learned = network.generator.count_params() + network.discriminator.count_params()

    shown = preview(spec, PEOPLE)

    names = [layer.name for layer in shown.layers]
    kinds = [layer.kind for layer in shown.layers]
    assert len(set(names)) == len(names)
    assert kinds.index("Generator") < kinds.index("Discriminator")
    assert all(source in names for layer in shown.layers for source in layer.inputs)
    assert shown.num_parameters == learned
    assert shown.num_trainable <= learned
    assert shown.memory_bytes > 16 * learned
    assert shown.epoch_s is not None and shown.epoch_s > 0
    drawing = draw_network(shown.layers)
    assert ">Generator<" in drawing and ">Discriminator<" in drawing
    assert drawing.count('class="box"') > 5


@pytest.mark.parametrize("kind", ["vae", "gan"])
def test_the_drawing_of_a_network_that_is_told_the_class_names_it_and_crosses_no_box(
    kind: str,
) -> None:
    shown = preview(default_spec(PEOPLE, ("churned",), TaskKind.GENERATION, kind), PEOPLE)
    drawing = draw_network(shown.layers)
    assert ">class<" in drawing
    assert num_crossings(drawing) == 0
