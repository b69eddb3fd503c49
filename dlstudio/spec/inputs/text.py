"""How a text column becomes numbers."""

from enum import StrEnum

from pydantic import Field

from dlstudio.spec.fields import form_hints
from dlstudio.spec.part import SpecPart

# Longer texts are read up to here unless the spec says otherwise.
LONGEST_TOKENS = 300
MOST_TOKENS = 20_000
DEFAULT_EMBEDDING = 64
# More than most languages need for a word and the gap after it.
LETTERS_A_WORD = 8
VOCABULARY, SMALL_VOCABULARY = 20_000, 5_000
# Bags of words are kept in memory, a number a word and row.
MOST_ROWS_OF_LARGE_BAGS = 10_000


class TextEncoding(StrEnum):
    """How a text becomes numbers."""

    AUTO = "auto"
    TF_IDF = "tf_idf"
    BAG_OF_WORDS = "bag_of_words"
    TOKENS = "tokens"


class TextUnit(StrEnum):
    """What a text is cut into."""

    AUTO = "auto"
    WORD = "word"
    CHARACTER = "character"
    BOTH = "both"


class TextPreprocessing(SpecPart):
    """A text column."""

    encoding: TextEncoding = Field(
        default=TextEncoding.AUTO,
        title="Encoding",
        description="Bag of words marks the words that occur; TF-IDF also gives rare words more "
        "weight. Tokens keep the order of the words, each with a learned list of numbers. "
        "Automatic takes TF-IDF for a feed-forward network and tokens for the others.",
    )
    unit: TextUnit = Field(
        default=TextUnit.AUTO,
        title="Cut into",
        description="Words say what a text is about. Characters suit languages without spaces, "
        "names, and texts full of rare words or misspellings. Both is the safest choice for bags "
        "of words, and automatic takes it there; texts in order are read by words, or by "
        "characters where no spaces stand between words, as in Chinese, Japanese and Thai.",
    )
    max_tokens: int | None = Field(
        default=None,
        ge=10,
        le=200_000,
        title="Vocabulary size",
        description="The most frequent words that are kept. More words see finer meaning and need "
        "more rows; too few miss telling words. Automatic keeps 20,000, or 5,000 as a bag of "
        "words from 10,000 rows on, where more would fill the memory.",
    )
    ngrams: int = Field(
        default=2,
        ge=1,
        le=3,
        title="Words in a row",
        description="1 counts single words; 2 also counts pairs of neighbouring words, such as "
        "'not good'; 3 also counts triples. More see more of the meaning and need more texts. "
        "Characters are always taken up to four in a row beside words.",
        json_schema_extra=form_hints(shown_if={"encoding": ("auto", "tf_idf", "bag_of_words")}),
    )
    length: int | None = Field(
        default=None,
        ge=1,
        le=MOST_TOKENS,
        title="Length",
        description="Words or characters of each text that the network reads; the rest is cut "
        "off. More cost time; too few miss what comes late. Automatic chooses from the texts.",
        json_schema_extra=form_hints(shown_if={"encoding": ("auto", "tokens")}),
    )
    embedding_dim: int | None = Field(
        default=None,
        ge=1,
        le=1024,
        title="Embedding size",
        description="Numbers learned for each word. More hold finer meaning and need more texts; "
        "too few make words alike. Automatic takes 64.",
        json_schema_extra=form_hints(shown_if={"encoding": ("auto", "tokens")}),
    )

    @property
    def is_sequence(self) -> bool:
        """Whether the network gets the words in their order; only after `resolve_text`."""
        return self.encoding is TextEncoding.TOKENS


def resolve_text(
    settings: TextPreprocessing,
    max_length: int | None,
    num_rows: int,
    *,
    in_order: bool,
    is_unspaced: bool = False,
) -> TextPreprocessing:
    """Replace what is left empty by what suits the texts.

    Args:
        settings: What was asked.
        max_length: Characters of the longest text; None if the column was never profiled.
        num_rows: Rows of the dataset.
        in_order: Whether the architecture can read words one after the other.
        is_unspaced: Whether no spaces stand between the words, as in Chinese.

    Returns:
        Settings with encoding, vocabulary, length and embedding size decided.
    """
    encoding = settings.encoding
    if encoding is TextEncoding.AUTO:
        encoding = TextEncoding.TOKENS if in_order else TextEncoding.TF_IDF
    is_bag = encoding is not TextEncoding.TOKENS
    unit = settings.unit
    if unit is TextUnit.AUTO or (unit is TextUnit.BOTH and not is_bag):
        in_pieces = TextUnit.CHARACTER if is_unspaced else TextUnit.WORD
        unit = TextUnit.BOTH if is_bag else in_pieces
    letters = LONGEST_TOKENS if max_length is None else max_length
    is_large = is_bag and num_rows > MOST_ROWS_OF_LARGE_BAGS
    # A word takes at least one character and the gap after it, mostly more than three.
    tokens = letters if unit is TextUnit.CHARACTER else letters // 4 + 2
    return settings.model_copy(
        update={
            "encoding": encoding,
            "unit": unit,
            "max_tokens": settings.max_tokens or (SMALL_VOCABULARY if is_large else VOCABULARY),
            "length": settings.length or max(1, min(LONGEST_TOKENS, tokens)),
            "embedding_dim": settings.embedding_dim or DEFAULT_EMBEDDING,
        }
    )


def describe_long_texts(settings: TextPreprocessing, max_length: int | None) -> str:
    """Say what of long texts is not read.

    Args:
        settings: Resolved.
        max_length: Characters of the longest text; None if the column was never profiled.

    Returns:
        A sentence as plain text; empty if all texts are read whole, as far as their letters tell.
    """
    length = settings.length or 1
    letters = 1 if settings.unit is TextUnit.CHARACTER else LETTERS_A_WORD
    if not settings.is_sequence or (max_length or 0) <= letters * length:
        return ""
    what = "characters" if settings.unit is TextUnit.CHARACTER else "words"
    return (
        f"Texts have up to {max_length:,} characters; what follows the first {length:,} {what} of "
        "each is not read."
    )
