"""Tasks that learn the inputs themselves: what they begin with and what they may not ask for."""

import pytest

from dlstudio.spec.architectures.autoencoder import AutoencoderSpec
from dlstudio.spec.architectures.table import architectures_for
from dlstudio.spec.canvas import CanvasKind, canvas_kind, told_column
from dlstudio.spec.check import check_spec
from dlstudio.spec.dataset import ColumnInfo, ColumnKind, ColumnRole, DatasetInfo
from dlstudio.spec.defaults import default_spec
from dlstudio.spec.documents import read_spec, write_yaml
from dlstudio.spec.fields import describe_fields
from dlstudio.spec.inputs.category import CategoryEncoding, CategoryPreprocessing
from dlstudio.spec.inputs.image import ImagePreprocessing
from dlstudio.spec.inputs.number import NumberEmbedding, NumberPreprocessing, NumberScaling
from dlstudio.spec.inputs.text import TextEncoding, TextPreprocessing
from dlstudio.spec.overrides import apply_overrides
from dlstudio.spec.preprocessing import preprocessing_for, resolve_preprocessing
from dlstudio.spec.run import RunSpec
from dlstudio.spec.split import SplitMethod
from dlstudio.spec.task import TaskKind
from dlstudio.spec.training import KeptWeights
from dlstudio.spec.unsupervised_defaults import anomalous_values
from tests.spec.builders import PEOPLE, category, dataset, number

PHOTO = ColumnInfo(name="photo", kind=ColumnKind.IMAGE, num_distinct=200)
CLIP = ColumnInfo(name="clip", kind=ColumnKind.VIDEO, num_distinct=200)
RARE = dataset(
    number("amount"),
    number("hour"),
    ColumnInfo.model_validate(
        {
            "name": "fraud",
            "kind": "category",
            "role": "target",
            "num_distinct": 2,
            "top_values": [{"value": "no", "num_rows": 190}, {"value": "yes", "num_rows": 10}],
        }
    ),
)
UNSUPERVISED = (TaskKind.REDUCTION, TaskKind.ANOMALY, TaskKind.GENERATION)


def asked(kind: TaskKind, *overrides: str, info: DatasetInfo = RARE) -> RunSpec:
    return apply_overrides(default_spec(info, (), kind), overrides)


def messages(spec: RunSpec, info: DatasetInfo = RARE) -> dict[str, str]:
    return {problem.where: problem.problem for problem in check_spec(spec, info)}


@pytest.mark.parametrize("kind", UNSUPERVISED)
def test_the_default_needs_no_target_and_has_no_problems(kind: TaskKind) -> None:
    info = dataset(number("age"), number("income"))
    spec = default_spec(info, (), kind)

    assert messages(spec, info) == {}
    assert spec.task.targets == ()
    assert spec.architecture.kind == architectures_for(kind)[0]


@pytest.mark.parametrize("kind", UNSUPERVISED)
def test_a_spec_survives_being_written_and_read(kind: TaskKind) -> None:
    spec = asked(kind)

    assert read_spec(write_yaml(spec)) == spec
    assert "horizon" not in write_yaml(spec)


def test_the_column_with_the_target_role_helps_to_judge() -> None:
    spec = asked(TaskKind.REDUCTION)

    assert spec.task.label == "fraud"
    assert "fraud" not in spec.task.inputs
    assert spec.split.method is SplitMethod.STRATIFIED


def test_the_rarest_value_is_the_anomaly() -> None:
    assert asked(TaskKind.ANOMALY).task.anomalies == ("yes",)


@pytest.mark.parametrize("kind", UNSUPERVISED)
def test_a_text_is_rebuilt_by_its_words_and_the_form_says_why(kind: TaskKind) -> None:
    record = preprocessing_for(kind)[ColumnKind.TEXT]
    fields = {field.name: field for field in describe_fields(record)}
    assert fields["encoding"].choices == ("auto", "tf_idf", "bag_of_words")
    assert "Numbers learned for each word cannot be rebuilt" in fields["encoding"].help
    assert "Automatic keeps 2,000" in fields["max_tokens"].help

    info = dataset(number("age"), ColumnInfo(name="note", kind=ColumnKind.TEXT, num_distinct=200))
    spec = asked(TaskKind.REDUCTION, "task.inputs=[age, note]", info=info)
    settings = resolve_preprocessing(spec, info)["note"]
    assert isinstance(settings, TextPreprocessing)
    assert (settings.encoding, settings.max_tokens) == (TextEncoding.TF_IDF, 2_000)


ALIKE = dataset(
    number("amount"),
    number("hour"),
    ColumnInfo.model_validate(
        {
            "name": "kind",
            "kind": "category",
            "role": "target",
            "num_distinct": 1,
            "top_values": [{"value": "same", "num_rows": 200}],
        }
    ),
)


@pytest.mark.parametrize("kind", UNSUPERVISED)
def test_a_column_with_one_class_does_not_help_to_judge(kind: TaskKind) -> None:
    assert default_spec(ALIKE, (), kind).task.targets == ()


@pytest.mark.parametrize("architecture", ["vae", "gan"])
def test_a_generator_is_not_told_a_class_that_all_rows_have(architecture: str) -> None:
    spec = default_spec(ALIKE, ("kind",), TaskKind.GENERATION, architecture)
    assert told_column(spec) is None
    assert messages(spec, ALIKE) == {}
    assert told_column(default_spec(RARE, ("fraud",), TaskKind.GENERATION, architecture)) == "fraud"

    forced = apply_overrides(spec, ["architecture.conditional=true"])
    assert "'kind' has no two classes" in messages(forced, ALIKE)["task.targets"]


def test_an_image_column_stands_alone() -> None:
    info = dataset(number("age"), PHOTO, category("label", "a", "b"))

    assert default_spec(info, (), TaskKind.REDUCTION).task.inputs == ("photo",)


@pytest.mark.parametrize(
    ("override", "where", "words"),
    [
        ("task.anomalies=[maybe]", "task.anomalies", "'maybe' is no value of 'fraud'"),
        ("task.targets=[amount, hour]", "task.targets", "at most one column can help"),
        ("training.early_stopping.monitor=accuracy", "training.early_stopping.monitor", "watched"),
        ("training.class_weights=balanced", "training.class_weights", "need classes"),
        ("architecture.body=convolutional", "architecture.body", "do not suit a table"),
        ("architecture.body=recurrent", "architecture.body", "do not suit a table"),
    ],
)
def test_what_an_anomaly_detection_cannot_have_is_explained(
    override: str, where: str, words: str
) -> None:
    assert words in messages(asked(TaskKind.ANOMALY, override))[where]


def test_anomalies_without_a_target_and_a_threshold_by_them_are_explained() -> None:
    spec = asked(TaskKind.ANOMALY, "task.targets=[]", "task.threshold_rule=best_f1")
    found = messages(apply_overrides(spec, ["split.method=random"]))

    assert "no target that holds them" in found["task.targets"]
    assert "known to be anomalies" in found["task.threshold_rule"]


def test_an_architecture_of_another_task_is_refused() -> None:
    fnn = default_spec(RARE, ("fraud",)).architecture
    spec = asked(TaskKind.REDUCTION).model_copy(update={"architecture": fnn})
    classifier = default_spec(RARE, ("fraud",)).model_copy(
        update={"architecture": AutoencoderSpec()}
    )

    assert "cannot be used for dimensionality reduction" in messages(spec)["architecture.kind"]
    assert "cannot be used for classification" in messages(classifier)["architecture.kind"]


def test_videos_and_mixed_inputs_are_refused_with_the_way_out() -> None:
    info = dataset(number("age"), PHOTO, CLIP)
    videos = asked(TaskKind.REDUCTION, "task.inputs=[clip]", info=info)
    mixed = asked(TaskKind.REDUCTION, "task.inputs=[photo, age]", info=info)

    assert "holds videos" in messages(videos, info)["task.inputs"]
    assert "must stand alone" in messages(mixed, info)["task.inputs"]


@pytest.mark.parametrize(
    ("kind", "column", "field", "refused", "allowed", "why"),
    [
        *[
            (
                kind,
                ColumnKind.AUDIO,
                "features",
                "waveform",
                ("log_mel", "spectrogram"),
                "waveforms",
            )
            for kind in UNSUPERVISED
        ],
        (TaskKind.REDUCTION, ColumnKind.TEXT, "encoding", "tokens", ("tf_idf",), "in their order"),
        (TaskKind.ANOMALY, ColumnKind.TEXT, "encoding", "tokens", ("bag_of_words",), "words of"),
        *[
            (kind, ColumnKind.CATEGORY, "encoding", "embedding", ("auto", "one_hot"), "learned")
            for kind in UNSUPERVISED
        ],
        *[
            (kind, ColumnKind.NUMBER, "embedding", spread, ("none", "auto"), "spread over many")
            for kind in UNSUPERVISED
            for spread in ("piecewise_linear", "periodic")
        ],
    ],
)
def test_what_has_no_way_back_is_refused_with_the_way_out(
    kind: TaskKind, column: ColumnKind, field: str, refused: str, allowed: tuple[str, ...], why: str
) -> None:
    info = dataset(ColumnInfo(name="it", kind=column, num_distinct=200))
    wrong = asked(kind, f"preprocessing.it.{field}={refused}", info=info)
    (problem,) = check_spec(wrong, info)

    assert problem.where == f"preprocessing.it.{field}"
    assert "'it'" in problem.problem and why in problem.problem
    assert problem.fix.startswith("Choose ")
    for value in allowed:
        assert value in problem.fix
        right = asked(kind, f"preprocessing.it.{field}={value}", info=info)
        assert check_spec(right, info) == ()


@pytest.mark.parametrize("kind", UNSUPERVISED)
def test_more_categories_than_can_be_rebuilt_are_refused(kind: TaskKind) -> None:
    info = dataset(ColumnInfo(name="it", kind=ColumnKind.CATEGORY, num_distinct=200))
    (problem,) = check_spec(asked(kind, "preprocessing.it.max_categories=500", info=info), info)

    assert problem.where == "preprocessing.it.max_categories"
    assert problem.problem == (
        "500 categories of 'it' are asked for; at most 100 can be rebuilt or made up, each by an "
        "output of its own."
    )
    assert problem.fix == "Set Most categories to 100 or less; rarer ones share one place."
    assert check_spec(asked(kind, "preprocessing.it.max_categories=100", info=info), info) == ()


@pytest.mark.parametrize("kind", UNSUPERVISED)
def test_an_embedding_of_categories_is_offered_by_other_tasks_only(kind: TaskKind) -> None:
    def offered(task: TaskKind) -> tuple[str, ...]:
        fields = describe_fields(preprocessing_for(task)[ColumnKind.CATEGORY])
        return next(field.choices for field in fields if field.name == "encoding")

    assert offered(kind) == ("auto", "one_hot")
    assert offered(TaskKind.CLASSIFICATION) == ("auto", "one_hot", "embedding")


def test_a_generation_refuses_dates_and_learns_no_more_than_a_hundred_conditions() -> None:
    spec = asked(TaskKind.GENERATION, "task.inputs=[age, joined]", info=PEOPLE)
    assert "cannot be made up" in messages(spec, PEOPLE)["task.inputs"]

    many = dataset(number("age"), category("town", *[f"town {i}" for i in range(150)]))
    asking = asked(TaskKind.GENERATION, "task.targets=[town]", "task.inputs=[age]", info=many)
    assert "at most 100" in messages(asking, many)["task.targets"]


def test_columns_are_brought_into_a_form_that_can_be_rebuilt() -> None:
    info = dataset(
        number("age"), category("town", *[f"town {i}" for i in range(50)]), num_rows=9000
    )
    settings = resolve_preprocessing(default_spec(info, (), TaskKind.REDUCTION), info)
    age, town = settings["age"], settings["town"]

    assert isinstance(age, NumberPreprocessing)
    assert age.embedding is NumberEmbedding.NONE
    assert isinstance(town, CategoryPreprocessing)
    assert town.encoding is CategoryEncoding.ONE_HOT


def test_images_are_not_moved_unless_somebody_asks() -> None:
    info = dataset(PHOTO)
    spec = default_spec(info, (), TaskKind.REDUCTION)
    still = resolve_preprocessing(spec, info)["photo"]
    moved = resolve_preprocessing(apply_overrides(spec, ["preprocessing.photo.shift=0.1"]), info)[
        "photo"
    ]

    assert isinstance(still, ImagePreprocessing)
    assert (still.shift, still.rotation, still.zoom) == (0.0, 0.0, 0.0)
    assert isinstance(moved, ImagePreprocessing)
    assert moved.shift == 0.1


def test_the_form_of_an_example_follows_from_the_columns() -> None:
    assert canvas_kind([number("age"), category("plan", "a")]) is CanvasKind.TABLE
    assert canvas_kind([PHOTO]) is CanvasKind.IMAGE
    assert canvas_kind([PHOTO, number("age")]) is None
    assert canvas_kind([]) is None


def test_the_decoder_mirrors_the_encoder_unless_it_is_set() -> None:
    spec = apply_overrides(
        asked(TaskKind.REDUCTION),
        ["architecture.layers=[{units: 64, dropout: 0.2}, {units: 32}]"],
    ).architecture
    assert isinstance(spec, AutoencoderSpec)

    assert [row.units for row in spec.decoder_rows] == [32, 64]
    assert all(row.dropout == 0.0 for row in spec.decoder_rows)
    assert spec.model_copy(update={"mirrored": False}).decoder_rows == ()


def test_a_role_is_no_label_if_it_holds_quantities() -> None:
    info = dataset(number("age"), number("price", num_distinct=180, role=ColumnRole.TARGET))

    assert default_spec(info, (), TaskKind.REDUCTION).task.targets == ()


def test_a_vae_of_images_presses_harder_and_keeps_its_last_weights() -> None:
    info = dataset(PHOTO)
    spec = default_spec(info, (), TaskKind.GENERATION, "vae")
    assert getattr(spec.architecture, "beta", None) == 4.0
    assert spec.training.early_stopping is None
    assert spec.training.keep is KeptWeights.LAST

    rebuilding = default_spec(info, (), TaskKind.REDUCTION, "vae")
    assert getattr(rebuilding.architecture, "beta", None) == 1.0
    assert rebuilding.training.early_stopping is not None


def test_a_vae_of_sequences_keeps_its_last_weights() -> None:
    walk = ColumnInfo(name="walk", kind=ColumnKind.SEQUENCE, num_distinct=200)
    spec = default_spec(dataset(walk), (), TaskKind.GENERATION, "vae")
    assert getattr(spec.architecture, "beta", None) == 1.0
    assert spec.training.early_stopping is None
    assert spec.training.keep is KeptWeights.LAST

    rebuilding = default_spec(dataset(walk), (), TaskKind.REDUCTION, "vae")
    assert rebuilding.training.early_stopping is not None
    table = default_spec(PEOPLE, (), TaskKind.GENERATION, "vae")
    assert table.training.early_stopping is not None


def test_a_vae_takes_about_as_many_steps_on_few_rows_as_on_many() -> None:
    few, many = (
        default_spec(info.model_copy(update={"num_rows": num_rows}), (), TaskKind.GENERATION, "vae")
        for info, num_rows in ((dataset(PHOTO), 2_000), (dataset(PHOTO), 10_000))
    )
    assert (few.training.epochs, many.training.epochs) == (79, 31)


def test_numbers_that_are_made_up_are_scaled_by_their_rank() -> None:
    info = dataset(number("age"), number("income"))
    spec = default_spec(info, (), TaskKind.GENERATION)
    chosen = apply_overrides(spec, ["preprocessing.age.scaling=robust"])
    scalings = [
        getattr(each, "scaling", None) for each in resolve_preprocessing(chosen, info).values()
    ]
    assert scalings == ["robust", "quantile"]


def test_numbers_of_an_anomaly_detection_keep_far_values_far() -> None:
    found = resolve_preprocessing(asked(TaskKind.ANOMALY), RARE)["amount"]
    assert isinstance(found, NumberPreprocessing)
    assert found.scaling is NumberScaling.STANDARD
    other = resolve_preprocessing(asked(TaskKind.REDUCTION), RARE)["amount"]
    assert isinstance(other, NumberPreprocessing)
    assert other.scaling is NumberScaling.ROBUST


def test_a_label_with_one_class_names_no_anomaly() -> None:
    one = category("state", "fine")
    info = dataset(number("amount"), number("hour"), one)
    spec = default_spec(info, ("state",), TaskKind.ANOMALY)
    assert anomalous_values(spec.task, info) == ()


def test_a_text_alone_is_described_by_more_than_one_number() -> None:
    text = ColumnInfo(name="said", kind=ColumnKind.TEXT, num_distinct=200)
    network = default_spec(dataset(text), (), TaskKind.REDUCTION).architecture
    assert isinstance(network, AutoencoderSpec)
    assert network.latent_size == 16
    network = default_spec(dataset(number("a"), number("b")), (), TaskKind.REDUCTION).architecture
    assert isinstance(network, AutoencoderSpec)
    assert network.latent_size == 1


@pytest.mark.parametrize("kind", [kind for kind in TaskKind if kind.is_unsupervised])
def test_a_table_of_constant_columns_is_refused_with_the_reason(kind: TaskKind) -> None:
    info = dataset(number("a", num_distinct=1), category("b", "same"))

    (problem,) = check_spec(default_spec(info, (), kind), info)

    assert problem.problem == (
        "No input is chosen: 'a', 'b' hold the same value in every row, so there is nothing to "
        "learn."
    )


@pytest.mark.parametrize("architecture", ["vae", "gan"])
def test_a_table_of_texts_is_refused_to_be_made_up_with_the_reason(architecture: str) -> None:
    review = ColumnInfo(name="review", kind=ColumnKind.TEXT, num_distinct=200)
    info = dataset(review, category("label", "good", "bad"))

    spec = default_spec(info, (), TaskKind.GENERATION, architecture)

    assert spec.task.inputs == ("review",)
    (problem,) = check_spec(spec, info)
    assert "'review' holds texts" in problem.problem
    assert "nothing halfway between two words" in problem.problem


def test_a_label_whose_every_value_is_an_anomaly_leaves_nothing_to_learn_from() -> None:
    info = dataset(number("amount"), number("hour"), category("state", "bad", "worse"))
    spec = default_spec(info, ("state",), TaskKind.ANOMALY)
    asked = apply_overrides(spec, ["task.anomalies=[bad, worse]"])

    (problem,) = check_spec(asked, info)

    assert problem.where == "task.anomalies"
    assert "Every value of 'state' means an anomaly" in problem.problem
    assert check_spec(apply_overrides(asked, ["task.normal_only=false"]), info) == ()
