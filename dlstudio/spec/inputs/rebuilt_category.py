"""Category columns that are rebuilt or made up: a place of its own for each category."""

from pydantic import Field

from dlstudio.spec.fields import form_hints
from dlstudio.spec.inputs.category import CategoryEncoding, CategoryPreprocessing

# Autoencoders give each its own output.
MOST_REBUILT_CATEGORIES = 100


class RebuiltCategoryPreprocessing(CategoryPreprocessing):
    """A category column; an embedding could not be turned back into categories."""

    encoding: CategoryEncoding = Field(
        default=CategoryEncoding.AUTO,
        title="Encoding",
        description="Each category gets its own input and its own output, by which it is rebuilt "
        "or made up: one-hot, which automatic takes as well. An embedding cannot be turned back "
        "into a category.",
        json_schema_extra=form_hints(offered=("auto", "one_hot")),
    )
    embedding_dim: int | None = Field(
        default=None,
        ge=1,
        le=1024,
        title="Embedding size",
        description="Numbers learned for each category; not used here.",
        json_schema_extra=form_hints(shown_if={"encoding": ("embedding",)}),
    )
    max_categories: int = Field(
        default=MOST_REBUILT_CATEGORIES,
        ge=2,
        le=1_000_000,
        title="Most categories",
        description=f"The most frequent categories that are kept, at most "
        f"{MOST_REBUILT_CATEGORIES}; the rest share the place of unseen values. More include ones "
        "too rare to learn from; fewer lump more together.",
    )
