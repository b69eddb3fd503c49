"""Numbers with a currency or percent sign: what is said about the sign that was left out."""

from collections.abc import Iterator, Sequence

from dlstudio.data.evidence import ColumnEvidence
from dlstudio.spec.dataset import ColumnKind, QualityWarning

SIGNS_LEFT_OUT = "signs-left-out"


def sign_warnings(
    names: Sequence[str], kinds: Sequence[ColumnKind], gathered: Sequence[ColumnEvidence]
) -> Iterator[QualityWarning]:
    """Tell which columns were read without the sign beside their numbers.

    Args:
        names: Names of the columns.
        kinds: Their kinds.
        gathered: What their cells look like.

    Yields:
        One warning for each column of numbers that are written with a sign.
    """
    for name, kind, evidence in zip(names, kinds, gathered, strict=True):
        if kind is ColumnKind.NUMBER and evidence.signs:
            sign = "".join(sorted(evidence.signs))
            read = "12 % is the number 12" if sign == "%" else f"{sign} 5 is the number 5"
            yield QualityWarning(
                code=SIGNS_LEFT_OUT,
                where=name,
                problem=f"The numbers of {name!r} were read without their sign {sign}: {read}.",
                fix="Nothing, if all are in the same unit; else set the kind of the column to "
                "category.",
            )
