"""How a category column becomes numbers."""

from enum import StrEnum

from pydantic import Field

from dlstudio.spec.part import SpecPart


class CategoryEncoding(StrEnum):
    """How a category becomes numbers."""

    AUTO = "auto"
    ONE_HOT = "one_hot"
    EMBEDDING = "embedding"


class CategoryPreprocessing(SpecPart):
    """A category column."""

    encoding: CategoryEncoding = Field(
        default=CategoryEncoding.AUTO,
        title="Encoding",
        description="One-hot gives each category its own input. An embedding learns a short list "
        "of numbers for each category; better for many categories. Automatic takes one-hot up to "
        "12 categories.",
    )
    embedding_dim: int | None = Field(
        default=None,
        ge=1,
        le=1024,
        title="Embedding size",
        description="Numbers learned for each category. More tell categories apart more finely, "
        "and need more rows; too few make them alike. Automatic chooses from how many there are.",
    )
    max_categories: int = Field(
        default=10_000,
        ge=2,
        le=1_000_000,
        title="Most categories",
        description="The most frequent categories that are kept; the rest share the place of "
        "unseen values. More include ones too rare to learn from; fewer save memory and lump more "
        "together.",
    )
