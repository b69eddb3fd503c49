"""Which kind a column is, decided from all of its values."""

import re

from dlstudio.data.evidence import ColumnEvidence
from dlstudio.spec.dataset import ColumnKind, ColumnRole
from dlstudio.spec.text_pieces import is_unspaced

# Cells that do not fit are counted and listed; with more of them the column is not of that kind.
MIN_SHARE_OF_KIND = 0.9
MAX_SHARE_LEADING_ZEROS = 0.01
MIN_ROWS_FOR_IDENTIFIER = 10
MAX_FEW_CLASSES = 50
MAX_SHARE_OF_CLASSES = 0.2
MAX_SHARE_OF_CODES = 0.6
MIN_CODES = 500
SENTENCE_LENGTH = 40
SHORT_LENGTH = 25
LONGER_THAN_A_NAME = 8  # characters, where no spaces stand between words
_IDENTIFIER_NAME = re.compile(
    r"(^|.*[ _.-])(id|ids|uuid|guid|index|idx|rownames?|row[ _]?n(o|um|umber)|unnamed.*|key)$"
    r"|.*[a-z](Id|ID)$|^$|^column_1$|^__index_level_\d+__$|^(name|serial|record)[ _]?(no|number)$",
)

# One word of letters and digits, perhaps with signs between them, such as A-1234-99.
_CODE = re.compile(r"[A-Za-z0-9]+(?:[-_./:#][A-Za-z0-9]+)*")
# 12.5kg, 38:31:00 and 1920x1080 are quantities.
_QUANTITY = re.compile(r"\d+(?:(?:[.,:/x]\d+)+[A-Za-z]*|[A-Za-z]+)")


def decide_kind(name: str, evidence: ColumnEvidence) -> ColumnKind:
    """Decide what the values of a column are.

    Args:
        name: The column's name, which matters for identifiers only.
        evidence: What its values look like.
    """
    if evidence.is_sequence:
        return ColumnKind.SEQUENCE
    num_valued = evidence.num_present - evidence.num_markers
    if num_valued == 0:
        return ColumnKind.CATEGORY
    if _is_number(evidence, num_valued):
        is_identifier = _is_row_number(name, evidence) or _is_integer_key(name, evidence)
        return ColumnKind.IDENTIFIER if is_identifier else ColumnKind.NUMBER
    if max(evidence.num_dates.values()) >= MIN_SHARE_OF_KIND * num_valued:
        return ColumnKind.DATETIME
    if _is_text_key(name, evidence):
        return ColumnKind.IDENTIFIER
    if _has_classes(evidence):
        return ColumnKind.CATEGORY
    return ColumnKind.IDENTIFIER if _are_codes(evidence) else ColumnKind.TEXT


def decide_role(kind: ColumnKind, evidence: ColumnEvidence) -> ColumnRole:
    """Decide what a column is for until the user says otherwise.

    Args:
        kind: The column's kind.
        evidence: What its values look like.
    """
    if kind is ColumnKind.IDENTIFIER or evidence.num_present == 0:
        return ColumnRole.IGNORE
    if kind is not ColumnKind.CATEGORY or len(evidence.distinct) > len(_SPLIT_VALUES):
        return ColumnRole.INPUT
    parts = {value.strip().lower() for value in evidence.distinct}
    is_split = len(parts) > 1 and parts <= _SPLIT_VALUES and parts & {"train", "training"}
    return ColumnRole.SPLIT if is_split else ColumnRole.INPUT


_SPLIT_VALUES = {"train", "training", "validation", "valid", "val", "dev", "test", "testing"}


def _is_number(evidence: ColumnEvidence, num_valued: int) -> bool:
    if evidence.is_typed and not evidence.num_numbers:
        return False
    is_mostly_numbers = evidence.num_numbers >= MIN_SHARE_OF_KIND * num_valued
    are_codes = evidence.num_leading_zeros > MAX_SHARE_LEADING_ZEROS * evidence.num_numbers
    # "$5" and "5 €" are not one quantity.
    return is_mostly_numbers and not are_codes and len(evidence.signs) <= 1


def _is_row_number(name: str, evidence: ColumnEvidence) -> bool:
    """Counts from 0 or 1, one a row; a short one only with a name that says so."""
    is_counting = evidence.num_counting == evidence.num_rows and evidence.first_integer in (0, 1)
    is_named = _has_identifier_name(name)
    return is_counting and (is_named or evidence.num_rows >= MIN_ROWS_FOR_IDENTIFIER)


def _is_integer_key(name: str, evidence: ColumnEvidence) -> bool:
    return (
        _has_identifier_name(name)
        and evidence.num_integers == evidence.num_numbers
        and evidence.num_numbers >= MIN_ROWS_FOR_IDENTIFIER
        and evidence.share_distinct >= 0.99
    )


def _is_text_key(name: str, evidence: ColumnEvidence) -> bool:
    if evidence.share_distinct < 0.99 or evidence.num_present < MIN_ROWS_FOR_IDENTIFIER:
        return False
    mean_length = evidence.total_length / evidence.num_present
    if _has_identifier_name(name):
        return True
    is_one_word = evidence.num_with_space <= 0.01 * evidence.num_present
    if not is_one_word or mean_length > SENTENCE_LENGTH:
        return False
    return mean_length < LONGER_THAN_A_NAME or not is_unspaced(evidence.distinct)


def _are_codes(evidence: ColumnEvidence) -> bool:
    """Codes such as order numbers, very many of which differ, although some appear again."""
    if len(evidence.distinct) < MIN_CODES or evidence.num_with_space > 0.01 * evidence.num_present:
        return False
    num_codes = sum(_is_code(text) for text in evidence.distinct)
    return num_codes >= MIN_SHARE_OF_KIND * len(evidence.distinct)


def _is_code(text: str) -> bool:
    """One word with a digit, mostly of digits, capitals and signs; and no quantity."""
    code = text.strip()
    is_one = _CODE.fullmatch(code) is not None and _QUANTITY.fullmatch(code) is None
    has_digit = any(letter.isdigit() for letter in code)
    num_small = sum(letter.islower() for letter in code)
    return is_one and has_digit and len(code) <= SENTENCE_LENGTH and 2 * num_small < len(code)


def _has_classes(evidence: ColumnEvidence) -> bool:
    """Whether the texts repeat like names of classes do."""
    mean_length = evidence.total_length / evidence.num_present
    share = evidence.share_distinct
    if share > 0.5 and mean_length > SENTENCE_LENGTH:
        return False
    if len(evidence.distinct) <= MAX_FEW_CLASSES or share <= MAX_SHARE_OF_CLASSES:
        return True
    is_one_word = evidence.num_with_space <= 0.1 * evidence.num_present
    return share <= MAX_SHARE_OF_CODES and (is_one_word or mean_length <= SHORT_LENGTH)


def _has_identifier_name(name: str) -> bool:
    return _IDENTIFIER_NAME.match(name) is not None or (
        _IDENTIFIER_NAME.match(name.lower()) is not None
    )
