"""Text columns that are rebuilt: how often each word occurs, which a code can be learned of."""

from pydantic import Field

from dlstudio.spec.fields import form_hints
from dlstudio.spec.inputs.text import MOST_TOKENS, TextEncoding, TextPreprocessing, TextUnit

MOST_REBUILT_WORDS = 2_000
_TOKENS_ONLY = {"encoding": ("tokens",)}


class RebuiltTextPreprocessing(TextPreprocessing):
    """A text column; lists of numbers that are learned for words have nothing to be held to."""

    encoding: TextEncoding = Field(
        default=TextEncoding.AUTO,
        title="Encoding",
        description="What of a text is rebuilt. TF-IDF counts its words and gives rare ones more "
        "weight, and automatic takes it; bag of words only marks those that occur. The codes that "
        "the network squeezes these counts into are what it learns of a text. Numbers learned for "
        "each word cannot be rebuilt: they would all become alike, which is rebuilt without error.",
        json_schema_extra=form_hints(offered=("auto", "tf_idf", "bag_of_words")),
    )
    unit: TextUnit = Field(
        default=TextUnit.AUTO,
        title="Cut into",
        description="Words say what a text is about, and automatic takes them, or characters where "
        "no spaces stand between words, as in Chinese, Japanese and Thai. Characters also suit "
        "names and texts full of misspellings. Both counts them side by side.",
    )
    max_tokens: int | None = Field(
        default=None,
        ge=10,
        le=200_000,
        title="Vocabulary size",
        description="The most frequent words that are counted and rebuilt. More see finer meaning "
        "and need more rows and memory; too few miss telling words. Automatic keeps "
        f"{MOST_REBUILT_WORDS:,}.",
    )
    length: int | None = Field(
        default=None,
        ge=1,
        le=MOST_TOKENS,
        title="Length",
        description="Words of each text that are read in order; not used here.",
        json_schema_extra=form_hints(shown_if=_TOKENS_ONLY),
    )
    embedding_dim: int | None = Field(
        default=None,
        ge=1,
        le=1024,
        title="Embedding size",
        description="Numbers learned for each word; not used here.",
        json_schema_extra=form_hints(shown_if=_TOKENS_ONLY),
    )
