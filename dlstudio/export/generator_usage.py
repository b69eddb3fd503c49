"""The text that goes with generator.keras: how plain Keras draws samples with it."""

from textwrap import fill, indent

from dlstudio.models.canvas import NOISE
from dlstudio.models.sequence_values import UNITS_LOST, has_units
from dlstudio.spec.canvas import CanvasKind
from dlstudio.spec.run import RunSpec
from dlstudio.training.prepare_unsupervised import CanvasPreparation

NUM_SAMPLES, SEED = 5, 0
MOST_LISTED_CLASSES = 50
_MEANINGS = {
    CanvasKind.TABLE: "The answer holds one array a column, in the units of the data: numbers with "
    "NaN where a value is missing, categories as text with '' where one is missing.",
    CanvasKind.IMAGE: "answer['values'] holds pixels from 0 to 255: (samples, height, width, "
    "channels).",
    CanvasKind.SERIES: "answer['values'] holds sequences in the units of the data: (samples, "
    "steps, channels), with NaN for steps before a sequence begins.",
    CanvasKind.SOUND: "answer['values'] holds spectrograms as the network sees them, each pitch "
    "with mean 0 and spread 1 over the training sounds: (samples, steps, pitches, 1). They are no "
    "waveforms.",
}


def write_generator_usage(preparation: CanvasPreparation, spec: RunSpec, latent_size: int) -> str:
    """Explain a generator file in a few lines, with code that runs as it stands.

    Args:
        preparation: What was trained.
        spec: The run's spec.
        latent_size: Numbers of noise a sample.

    Returns:
        Plain text; the lines that are indented are the code.
    """
    names = preparation.labels.classes if preparation.labels else ()
    classes = names if preparation.canvas.num_classes else ()
    parts = [
        f"How to use generator.keras ({spec.name or spec.dataset.name})",
        "It needs Python with TensorFlow 2.21 and Keras 3.15 or newer, not DL Studio.\n"
        "It makes examples of standard normal numbers: the same numbers, the same examples.",
        indent(_code(latent_size, classes), "    "),
        fill(_meaning(preparation), 96),
    ]
    if classes:
        parts.append(_listed(classes))
    return "\n\n".join(parts) + "\n"


def _code(latent_size: int, classes: tuple[str, ...]) -> str:
    lines = [
        "import keras",
        "import numpy as np",
        "",
        'generator = keras.saving.load_model("generator.keras")',
        f"random = np.random.default_rng({SEED})  # the seed, as in the studio",
        f"noise = random.standard_normal(({NUM_SAMPLES}, {latent_size}), dtype='float32')",
        f"given = {{{NOISE!r}: keras.ops.convert_to_tensor(noise)}}",
    ]
    if classes:
        lines += [
            f"names = [[{classes[0]!r}]] * {NUM_SAMPLES}  # the class of each",
            "given['class'] = keras.ops.convert_to_tensor(names, dtype='string')",
        ]
    lines += [
        "answer = generator(given)",
        "for name, values in answer.items():",
        "    print(name, keras.ops.convert_to_numpy(values).shape)",
    ]
    return "\n".join(lines)


def _meaning(preparation: CanvasPreparation) -> str:
    canvas = preparation.canvas
    if canvas.kind is CanvasKind.SERIES and canvas.block and not has_units(canvas.block):
        return f"answer['values'] holds sequences: (samples, steps, channels). {UNITS_LOST}"
    return _MEANINGS[canvas.kind]


def _listed(classes: tuple[str, ...]) -> str:
    shown = "\n".join(f"    {name!r}" for name in classes[:MOST_LISTED_CLASSES])
    more = len(classes) - MOST_LISTED_CLASSES
    rest = f"\n    and {more:,} more" if more > 0 else ""
    return f"The classes; another text counts as the first of them:\n\n{shown}{rest}"
