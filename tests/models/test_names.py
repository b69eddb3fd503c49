"""Names of the inputs of a saved model."""

from hypothesis import given
from hypothesis import strategies as st

from dlstudio.models.names import RESERVED, RESERVED_BEGINNINGS, input_names


def test_inputs_carry_the_names_of_their_columns() -> None:
    assert input_names(["age", "día", "a b"]) == {"age": "age", "día": "día", "a b": "a b"}


def test_slashes_are_replaced_without_clashing() -> None:
    assert input_names(["a/b", "a_b"]) == {"a/b": "a_b_2", "a_b": "a_b"}


def test_names_of_layers_are_left_to_the_layers() -> None:
    assert input_names(["network"]) == {"network": "network_2"}


_BEGUN = [f"{begin}{end}" for begin in RESERVED_BEGINNINGS for end in ("", "_0_1", "/0")]


@given(
    st.lists(st.text() | st.sampled_from(["a/b", "a_b", "a_b_2", *RESERVED, *_BEGUN]), unique=True)
)
def test_names_are_different_and_allowed(columns: list[str]) -> None:
    names = list(input_names(columns).values())
    assert len(set(names)) == len(columns)
    assert all(name and "/" not in name and name not in RESERVED for name in names)
    assert not any(name.startswith(RESERVED_BEGINNINGS) for name in names)
