"""What commands say of the samples of a VAE or GAN, and of anomaly scores beside rivals."""

from collections.abc import Iterator

from dlstudio.cli.output import format_metric
from dlstudio.reports.anomaly import ISOLATION_FOREST, PCA, AnomalyDetails
from dlstudio.reports.generation import MODEL, RESAMPLED, CopyVerdict, GenerationReport

_NAMES = {MODEL: "this network", RESAMPLED: "training rows drawn again"}
_RIVALS = {ISOLATION_FOREST: "isolation forest", PCA: "PCA error"}
_COPYING = {
    CopyVerdict.NO_SIGN: "No sign of copied training rows:",
    CopyVerdict.CANNOT_TELL: "Whether samples are copies cannot be told:",
}


def generation_notes(report: GenerationReport) -> Iterator[str]:
    """Say how samples were judged, what they teach, whether they are copies, and what is wrong.

    Args:
        report: The report on the samples of a run.
    """
    scored = [
        f"{_NAMES.get(name, name)} {format_metric(scores.kid)} "
        f"({format_metric(scores.kid_low)} to {format_metric(scores.kid_high)})"
        for name, scores in report.scores.items()
        if scores.kid is not None
    ]
    if scored:
        yield f"KID with its 95 % interval, in {report.feature_space}: {'; '.join(scored)}."
    taught = report.tables and report.tables.synthetic_score
    if taught:
        yield (
            f"A predictor of {taught.target} reaches {taught.measure} "
            f"{format_metric(taught.synthetic)} on real rows if it learned from samples alone, "
            f"{format_metric(taught.real)} from real rows, {format_metric(taught.baseline)} by "
            "always guessing the same."
        )
    if report.memorisation.verdict in _COPYING:
        yield f"{_COPYING[report.memorisation.verdict]} {report.memorisation.explanation}"
    yield from report.notes
    yield from (f"{alarm.problem} {alarm.fix}" for alarm in report.alarms)


def rival_notes(details: AnomalyDetails) -> Iterator[str]:
    """Say how well other methods rank the same rows, and what is wrong with the threshold.

    Args:
        details: What a report knows of the anomaly scores of one split.
    """
    areas = [
        f"{_RIVALS.get(rival.name, rival.name)} {format_metric(rival.roc_auc)} "
        f"({rival.standing.value})"
        for rival in details.rivals
        if rival.roc_auc is not None
    ]
    if areas:
        yield f"ROC AUC of other methods on the same rows, beside this one: {', '.join(areas)}."
    yield from (f"{alarm.problem} {alarm.fix}" for alarm in details.alarms)
