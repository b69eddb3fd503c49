"""What is known about the samples that a VAE or a GAN draws, as numbers for pages and commands.

All scores compare with held-out rows, which training never saw. The rival "resampled" are training
rows drawn again: what a perfect copy of the data would reach, and so the level to aim at.
"""

from enum import StrEnum

from dlstudio.spec.frozen import Frozen

MODEL = "model"
RESAMPLED = "resampled"
ACTIVE_NATS = 0.01


class Alarm(Frozen):
    """Something that went wrong, and what to try; `code` is stable, the rest is for people."""

    code: str
    problem: str
    fix: str


class SampleScores(Frozen):
    """How like the held-out rows a set of samples is; None where there are too few rows to tell.

    `kid` is 0 for the same distribution and may be slightly negative; `kid_low` and `kid_high`
    hold its true value in 95 of 100 cases. `precision` and `recall` lie in [0, 1].
    """

    kid: float | None
    kid_low: float | None
    kid_high: float | None
    precision: float | None
    recall: float | None


class NearestRow(Frozen):
    """A sample (its place among the samples judged) and the training row nearest to it.

    `ratio` is the distance to that row over the distance to the next different one, in [0, 1]: near
    0 the sample repeats that one row.
    """

    sample: int
    training_row: int
    distance: float
    ratio: float


class CopyVerdict(StrEnum):
    """Whether samples repeat training rows."""

    COPIES = "copies"
    NO_SIGN = "no sign of copying"
    CANNOT_TELL = "cannot tell"


class MemorisationCheck(Frozen):
    """Nearest training rows of samples against those of held-out rows.

    `copied_share` of the samples are nearer to one training row than nearly all held-out rows are;
    of samples that copy nothing it would be about `expected_share`, and a share this large would
    come by chance with probability `p_value`. `nearest` are the samples most like one training row.
    """

    verdict: CopyVerdict
    explanation: str
    copied_share: float | None = None
    expected_share: float | None = None
    p_value: float | None = None
    median_distance: float | None = None
    median_distance_held_out: float | None = None
    nearest: tuple[NearestRow, ...] = ()


class ModeCount(Frozen):
    """A class: samples that a classifier puts into it, and the share of held-out rows it does."""

    name: str
    num_samples: int
    real_share: float
    is_found: bool | None


class ModeCoverage(Frozen):
    """Which classes appear among the samples.

    `is_found` is None for a class so rare, or so seldom recognised in real rows, that its absence
    would say nothing; `share_found` is over the others. `num_found` of `num_judged` were found.
    """

    classes: tuple[ModeCount, ...]
    num_found: int
    num_judged: int
    share_found: float | None


class ColumnDistance(Frozen):
    """How far samples are from held-out rows in one column, in [0, 1].

    `measure` says how: "Kolmogorov-Smirnov" for numbers, "total variation" for categories.
    """

    column: str
    measure: str
    model: float
    resampled: float


class PairDistance(Frozen):
    """How differently two columns go together in samples and in held-out rows, in [0, 2]."""

    first: str
    second: str
    measure: str
    model: float
    resampled: float


class SyntheticScore(Frozen):
    """A predictor of one column, scored on held-out rows after training on samples or on rows.

    `measure` is "accuracy" or "r2"; `baseline` is what the most frequent class or the mean reaches.
    """

    target: str
    measure: str
    synthetic: float
    real: float
    baseline: float


class TableSimilarity(Frozen):
    """How like the held-out rows a table of samples is; the means are over columns and pairs."""

    columns: tuple[ColumnDistance, ...]
    pairs: tuple[PairDistance, ...]
    column_distance: float | None
    column_distance_resampled: float | None
    pair_distance: float | None
    pair_distance_resampled: float | None
    synthetic_score: SyntheticScore | None = None
    notes: tuple[str, ...] = ()


class GenerationReport(Frozen):
    """Everything known about a set of samples.

    `scores` is keyed by "model", "resampled" and the names of further rivals. `diversity` is the
    typical distance between two samples over that between two held-out rows: about 1 is right.
    `missing_share` is the share of training rows that are of kinds which samples lack: near 0 is
    right; None with too few rows or samples to tell. `code_information` is how much each latent
    number of a VAE says about its row, in nats; at most `ACTIVE_NATS` is nothing. It is empty for a
    GAN.
    """

    num_samples: int
    feature_space: str
    scores: dict[str, SampleScores]
    memorisation: MemorisationCheck
    diversity: float | None = None
    modes: ModeCoverage | None = None
    missing_share: float | None = None
    code_information: tuple[float, ...] = ()
    tables: TableSimilarity | None = None
    alarms: tuple[Alarm, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def metrics(self) -> dict[str, float]:
        """The numbers that tables of runs show, by the names of `dlstudio.reports.metrics`."""
        model = self.scores.get(MODEL)
        found = {
            "kid": model and model.kid,
            "sample_precision": model and model.precision,
            "sample_recall": model and model.recall,
            "modes_found": self.modes and self.modes.share_found,
            "missing_share": self.missing_share,
            "copied_share": self.memorisation.copied_share,
            "column_distance": self.tables and self.tables.column_distance,
            "pair_distance": self.tables and self.tables.pair_distance,
        }
        score = self.tables and self.tables.synthetic_score
        found["synthetic_score"] = score and score.synthetic
        return {name: value for name, value in found.items() if isinstance(value, float)}
