"""Judging the samples of a VAE or a GAN: everything that can be said without looking at them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from dlstudio.evaluation.compared_tables import ComparedTables
from dlstudio.evaluation.memorisation import check_memorisation
from dlstudio.evaluation.missing_kinds import find_kinds, missing_share
from dlstudio.evaluation.mode_coverage import (
    count_modes,
    low_variety,
    missing_modes,
    partial_collapse,
)
from dlstudio.evaluation.sample_features import (
    LARGEST_SIDE,
    Encoder,
    FeatureSpace,
    bounded,
    fit_standard,
    flat,
    smaller_images,
)
from dlstudio.evaluation.sample_quality import MOST_ROWS, diversity, draw_rows, score_samples
from dlstudio.evaluation.table_similarity import compare_tables
from dlstudio.reports.generation import (
    MODEL,
    RESAMPLED,
    Alarm,
    CopyVerdict,
    GenerationReport,
    MemorisationCheck,
    ModeCoverage,
    SampleScores,
)


@dataclass(frozen=True)
class Rival:
    """Samples drawn in another way, float `(n, ...)`, and what the way is called."""

    name: str
    samples: np.ndarray


@dataclass(frozen=True)
class JudgedRows:
    """Samples and the real rows that they are judged by; all `(n, ...)` of one shape, float.

    Attributes:
        samples: What the model drew; may hold values that are not finite.
        train: Rows that the model learned from; of many a part.
        held_out: Rows that neither the model nor the feature space learned from.
        labels: Class of each training row, int from 0, `(len(train),)`; None without classes.
        class_names: Names of the classes, in the order of `labels`.
        rivals: Samples drawn in other ways, scored beside the model's.
        learned: Gives the rows that samples may be copies of, in parts; None if these are `train`.
    """

    samples: np.ndarray
    train: np.ndarray
    held_out: np.ndarray
    labels: np.ndarray | None = None
    class_names: tuple[str, ...] = ()
    rivals: tuple[Rival, ...] = ()
    learned: Callable[[], Iterator[np.ndarray]] | None = None


def judge_samples(
    rows: JudgedRows, space: FeatureSpace, tables: ComparedTables | None, seed: int
) -> GenerationReport:
    """Judge samples in every way there is.

    Args:
        rows: The samples and the real rows.
        space: Where samples and real rows are compared, from `learn_feature_space` of the training
            rows.
        tables: The same rows as tables, for generators of tables; else None.
        seed: What rows are drawn with.

    Returns:
        The report; scores are None and notes say so where there are too few rows. Samples that are
        not finite are counted by an alarm and left out.
    """
    broken, rows = _without_broken(rows)
    scores = _score_all(rows, space, seed)
    varied = diversity(space.features(rows.samples), space.features(rows.held_out), seed)
    modes = _modes(rows, space)
    memorisation = _memorisation(rows, seed)
    missing = _missing_share(rows, seed)
    lacking = (
        *missing_modes(modes),
        *low_variety(scores[MODEL], scores[RESAMPLED], varied),
    )
    alarms = (
        *broken,
        *(lacking or partial_collapse(missing)),  # all have the same way out
        *_copying(memorisation),
    )
    notes = ()
    if scores[MODEL].kid is None:
        notes = ("Samples are not scored: there are fewer than four samples or held-out rows.",)
    return GenerationReport(
        num_samples=len(rows.samples),
        feature_space=space.description,
        scores=scores,
        memorisation=memorisation,
        diversity=varied,
        modes=modes,
        missing_share=missing,
        tables=compare_tables(tables, seed) if tables else None,
        alarms=alarms,
        notes=notes,
    )


def _without_broken(rows: JudgedRows) -> tuple[tuple[Alarm, ...], JudgedRows]:
    is_finite = np.asarray(np.isfinite(flat(rows.samples)).all(axis=1))
    if is_finite.all():
        return (), rows
    alarm = Alarm(
        code="broken_samples",
        problem=f"{int((~is_finite).sum()):,} of {len(is_finite):,} samples hold values that are "
        "not numbers; they are left out.",
        fix="Choose a learning rate a tenth as large and train again.",
    )
    return (alarm,), replace(rows, samples=rows.samples[is_finite])


def _score_all(rows: JudgedRows, space: FeatureSpace, seed: int) -> dict[str, SampleScores]:
    """Score every set of samples with equally many rows, so that the scores can be compared."""
    sets = [Rival(MODEL, rows.samples), Rival(RESAMPLED, rows.train), *rows.rivals]
    num_rows = min(MOST_ROWS, len(rows.held_out), *(len(one.samples) for one in sets))
    real = space.features(draw_rows(rows.held_out, num_rows, seed))
    return {
        one.name: score_samples(
            space.features(draw_rows(one.samples, num_rows, seed + 1)), real, seed
        )
        for one in sets
    }


def _modes(rows: JudgedRows, space: FeatureSpace) -> ModeCoverage | None:
    if space.classes is None or rows.labels is None or not len(rows.samples):
        return None
    samples, real = space.classes(rows.samples), space.classes(rows.held_out)
    return count_modes(samples, real, rows.labels, rows.class_names)


def _missing_share(rows: JudgedRows, seed: int) -> float | None:
    measured = _measure(rows.train)
    kinds = find_kinds(measured(rows.train), len(rows.samples), seed)
    return missing_share(measured(rows.samples), kinds) if kinds else None


def _memorisation(rows: JudgedRows, seed: int) -> MemorisationCheck:
    """Distances are those of pixels as they are and of columns with the same spread."""
    measured = _measure(rows.train)
    parts = rows.learned() if rows.learned else iter([rows.train])
    return check_memorisation(
        measured(rows.samples), map(measured, parts), measured(rows.held_out), seed
    )


def _measure(train: np.ndarray) -> Encoder:
    if train.ndim == 2:
        standardised = fit_standard(train)
        return lambda rows: standardised(bounded(rows))
    if train.ndim == 4:
        return lambda rows: bounded(flat(smaller_images(rows, LARGEST_SIDE)))
    return lambda rows: bounded(flat(rows))


def _copying(check: MemorisationCheck) -> tuple[Alarm, ...]:
    if check.verdict is not CopyVerdict.COPIES:
        return ()
    return (
        Alarm(
            code="copies",
            problem=f"Samples repeat training rows. {check.explanation}",
            fix="Train for fewer epochs, choose a smaller network, or add more training rows; do "
            "not pass the samples on as anonymous.",
        ),
    )
