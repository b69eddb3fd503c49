"""Many tensors become one."""

from collections.abc import Sequence

from dlstudio.models.tensors import Tensor, layers

# Keras flattens all arguments of a layer again for each of them: joining 5,000 at once takes
# 25 million steps, groups of 100 take half a million.
MOST_AT_ONCE = 100


def join(tensors: Sequence[Tensor], name: str, dtype: str) -> Tensor:
    """Put symbolic tensors side by side, however many there are.

    Args:
        tensors: At least one, each `(batch, width)`; a single one stays as it is.
        name: Name of the layer that joins them; of thousands, also the
            beginning of the names of helping layers, which end in _part and numbers.
        dtype: Type of the values.

    Returns:
        A tensor `(batch, sum of widths)`.
    """
    parts, level = list(tensors), 0
    while len(parts) > MOST_AT_ONCE:
        groups = [
            parts[start : start + MOST_AT_ONCE] for start in range(0, len(parts), MOST_AT_ONCE)
        ]
        parts = [
            _side_by_side(group, f"{name}_part_{level}_{place}", dtype)
            for place, group in enumerate(groups)
        ]
        level += 1
    return _side_by_side(parts, name, dtype)


def _side_by_side(tensors: list[Tensor], name: str, dtype: str) -> Tensor:
    if len(tensors) == 1:
        return tensors[0]
    return layers.Concatenate(name=name, dtype=dtype)(tensors)
