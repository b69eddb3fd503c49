"""A dataset and a target are enough for a complete spec."""

import pytest

from dlstudio.errors import SpecError
from dlstudio.spec.architectures.fnn import FnnSpec
from dlstudio.spec.architectures.rnn import RnnSpec
from dlstudio.spec.batch_size import resolve_batch_size
from dlstudio.spec.check import check_spec
from dlstudio.spec.dataset import ColumnInfo, ColumnKind, ColumnRole
from dlstudio.spec.defaults import default_spec, default_training, suggest_task
from dlstudio.spec.inputs.number import NumberEmbedding, NumberPreprocessing
from dlstudio.spec.preprocessing import automatic_embedding, resolve_preprocessing
from dlstudio.spec.run import RunSpec
from dlstudio.spec.split import SplitMethod
from dlstudio.spec.task import TaskKind
from dlstudio.spec.training import TrainingSpec
from tests.spec.builders import PEOPLE, category, dataset, number


@pytest.mark.parametrize("target", ["churned", "income", "age", "plan"])
def test_a_drafted_spec_can_be_trained(target: str) -> None:
    assert check_spec(default_spec(PEOPLE, [target]), PEOPLE) == ()


def test_columns_that_tell_nothing_are_left_out() -> None:
    info = dataset(
        number("age"),
        number("constant", num_distinct=1),
        number("empty", num_distinct=0),
        number("hidden", role="ignore"),
        category("churned", "no", "yes"),
    )

    assert default_spec(info, ["churned"]).task.inputs == ("age",)


def test_the_target_role_is_used_when_no_target_is_named() -> None:
    info = dataset(number("age"), number("income", role="target"))

    assert default_spec(info).task.targets == ("income",)


@pytest.mark.parametrize(
    ("column", "kind"),
    [
        (category("a", "x", "y"), TaskKind.CLASSIFICATION),
        (number("a", 2, is_integer=True, min=0, max=1), TaskKind.CLASSIFICATION),
        (number("a", 3, is_integer=True, min=0, max=2), TaskKind.CLASSIFICATION),
        (number("a", 7, is_integer=True, min=3, max=9), TaskKind.REGRESSION),
        (number("a", 50, is_integer=True, min=1, max=50), TaskKind.REGRESSION),
        (number("a", 40), TaskKind.REGRESSION),
    ],
)
def test_the_values_suggest_the_task(column: ColumnInfo, kind: TaskKind) -> None:
    assert suggest_task([column]) is kind


@pytest.mark.parametrize(
    ("role", "method"),
    [
        (ColumnRole.SPLIT, SplitMethod.GIVEN),
        (ColumnRole.GROUP, SplitMethod.GROUP),
        (ColumnRole.TIME, SplitMethod.TIME),
        (ColumnRole.IGNORE, SplitMethod.STRATIFIED),
    ],
)
def test_roles_decide_the_split(role: ColumnRole, method: SplitMethod) -> None:
    info = dataset(number("age"), category("c", "no", "yes"), number("when", role=role))

    assert default_spec(info, ["c"]).split.method is method


def test_unknown_names_are_answered_with_the_nearest() -> None:
    with pytest.raises(SpecError) as caught:
        default_spec(PEOPLE, ["incme"], architecture="fn")

    text = str(caught.value)
    assert "Did you mean 'income'?" in text
    assert "Did you mean 'fnn'?" in text


def test_a_missing_target_is_asked_for() -> None:
    with pytest.raises(SpecError, match="Choose what to predict"):
        default_spec(PEOPLE)


@pytest.mark.parametrize(
    ("num_rows", "batch_size"), [(1, 16), (105, 16), (400, 16), (5_000, 64), (100_000, 256)]
)
def test_auto_batch_size_grows_with_the_data(num_rows: int, batch_size: int) -> None:
    assert resolve_batch_size("auto", num_rows) == batch_size


def test_an_asked_batch_size_is_never_changed() -> None:
    assert resolve_batch_size(3, 10) == 3


@pytest.mark.parametrize(
    ("kind", "num_rows", "num_numbers", "embedding"),
    [
        (TaskKind.REGRESSION, 999, 5, NumberEmbedding.NONE),
        (TaskKind.REGRESSION, 1_000, 5, NumberEmbedding.PIECEWISE_LINEAR),
        (TaskKind.CLASSIFICATION, 1_999, 5, NumberEmbedding.NONE),
        (TaskKind.CLASSIFICATION, 2_000, 5, NumberEmbedding.PIECEWISE_LINEAR),
        (TaskKind.CLASSIFICATION, 2_000, 101, NumberEmbedding.NONE),
        (TaskKind.REGRESSION, 1_000_000, 5, NumberEmbedding.NONE),
    ],
)
def test_numbers_are_spread_where_there_are_rows_enough_and_memory(
    kind: TaskKind, num_rows: int, num_numbers: int, embedding: NumberEmbedding
) -> None:
    assert automatic_embedding(kind, num_rows, num_numbers) is embedding


def test_a_chosen_embedding_is_never_changed() -> None:
    info = dataset(number("age"), number("height"), number("income"), num_rows=5_000)
    chosen = default_spec(info, ["income"])

    resolved = resolve_preprocessing(
        chosen.model_copy(update={"preprocessing": {"age": {"embedding": "none"}}}), info
    )

    assert resolved == {
        "age": NumberPreprocessing(embedding=NumberEmbedding.NONE),
        "height": NumberPreprocessing(embedding=NumberEmbedding.PIECEWISE_LINEAR),
    }


def test_a_regression_on_a_table_gets_a_small_ensemble() -> None:
    assert ensemble_size(default_spec(PEOPLE, ["income"])) == 4
    assert ensemble_size(default_spec(PEOPLE, ["churned"])) == 1


def test_wide_tables_and_texts_get_a_single_network_because_members_take_time() -> None:
    names = [f"column {index}" for index in range(100)]
    narrow = dataset(*map(number, names), number("income"))
    wide = dataset(*map(number, names), number("one more"), number("income"))
    texts = dataset(
        ColumnInfo(name="note", kind=ColumnKind.TEXT, num_distinct=90), number("income")
    )

    assert ensemble_size(default_spec(narrow, ["income"])) == 4
    assert ensemble_size(default_spec(wide, ["income"])) == 1
    assert ensemble_size(default_spec(texts, ["income"])) == 1


def test_a_single_network_that_learns_a_quantity_is_held_back_more() -> None:
    ensemble = default_spec(PEOPLE, ["income"])
    single = default_training(PEOPLE, ensemble.task, FnnSpec())

    assert single.weight_decay > ensemble.training.weight_decay
    classes = default_spec(PEOPLE, ["churned"]).task
    assert default_training(PEOPLE, classes, FnnSpec()) == TrainingSpec()


def test_another_architecture_keeps_its_own_defaults() -> None:
    assert default_spec(PEOPLE, ["income"], architecture="rnn").architecture == RnnSpec()


def ensemble_size(spec: RunSpec) -> int:
    assert isinstance(spec.architecture, FnnSpec)
    return spec.architecture.ensemble_size
