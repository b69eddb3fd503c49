"""The metrics a person meets: what they are called, what they mean and which way is better."""

from collections.abc import Mapping

from dlstudio.spec.frozen import Frozen


class MetricInfo(Frozen):
    """One metric. `is_higher_better` is None where neither direction is better."""

    name: str
    title: str
    help: str
    is_higher_better: bool | None
    is_share: bool = False


def _share(name: str, title: str, help_text: str) -> MetricInfo:
    return MetricInfo(name=name, title=title, help=help_text, is_higher_better=True, is_share=True)


def _error(name: str, title: str, help_text: str) -> MetricInfo:
    return MetricInfo(name=name, title=title, help=help_text, is_higher_better=False)


def _rival(name: str, title: str, help_text: str, is_share: bool) -> MetricInfo:
    """What another method reaches; runs are not better or worse for it."""
    return MetricInfo(
        name=name, title=title, help=help_text, is_higher_better=None, is_share=is_share
    )


_WEIGHTED = "Each class counts by its number of rows."

METRICS: dict[str, MetricInfo] = {
    info.name: info
    for info in (
        _share("accuracy", "Accuracy", "Share of rows that were predicted right."),
        _share("precision", "Precision", "Of the rows predicted as a class, the share that is."),
        _share("recall", "Recall", "Of the rows of a class, the share that was found."),
        _share(
            "f1", "F1", "Precision and recall in one number; it is low as soon as one of them is."
        ),
        MetricInfo(
            name="roc_auc",
            title="ROC AUC",
            help="How well rows are ranked: 0.5 is guessing, 1 is perfect.",
            is_higher_better=True,
        ),
        _error(
            "log_loss", "Log loss", "Punishes being sure and wrong. Lower is better; 0 is perfect."
        ),
        _share("precision_weighted", "Precision, weighted", _WEIGHTED),
        _share("recall_weighted", "Recall, weighted", _WEIGHTED),
        _share("f1_weighted", "F1, weighted", _WEIGHTED),
        _error(
            "rmse",
            "RMSE",
            "Typical size of the error, in units of the target (of autoencoders: of the scaled "
            "inputs); large errors count more.",
        ),
        _error("mae", "MAE", "Average size of the error, in units of the target."),
        MetricInfo(
            name="smape",
            title="sMAPE",
            help="Average error in percent of the values' size: 0 is perfect, 200 the worst.",
            is_higher_better=False,
            is_share=True,
        ),
        _error(
            "mase",
            "MASE",
            "Average error in units of the error of repeating the last season, in training. Below "
            "1 is better than that.",
        ),
        MetricInfo(
            name="r2",
            title="R²",
            help="Share of the target's variation that is explained: 1 is perfect, 0 is the mean.",
            is_higher_better=True,
        ),
        MetricInfo(
            name="pr_auc",
            title="PR AUC",
            help="How precise flagged rows stay while all anomalies are found: 1 is perfect, the "
            "share of anomalies is guessing.",
            is_higher_better=True,
        ),
        _share(
            "explained",
            "Explained",
            "Share of the rows' variation that comes back out of their codes; 0 is the mean.",
        ),
        _rival(
            "pca_explained",
            "Explained by PCA",
            "Share of the variation that PCA, which knows straight directions only, keeps in codes "
            "of the same size.",
            is_share=True,
        ),
        _rival(
            "pca_rmse",
            "RMSE of PCA",
            "Typical error of PCA, which knows straight directions only, with codes of that size.",
            is_share=False,
        ),
        _share(
            "neighbour_accuracy",
            "Neighbour accuracy",
            "Share of rows whose class is that of the rows with the most similar codes.",
        ),
        _rival(
            "pca_neighbour_accuracy",
            "Neighbour accuracy of PCA",
            "Share of rows whose class is that of the rows with the most similar PCA codes.",
            is_share=True,
        ),
        _error(
            "kid",
            "KID",
            "Distance of samples from held-out rows: 0 is the same distribution; lower is better.",
        ),
        _share("sample_precision", "Sample precision", "Share of samples that look real."),
        _share("sample_recall", "Sample recall", "Share of real rows that samples come close to."),
        _share("modes_found", "Classes found", "Share of the classes that occur among samples."),
        MetricInfo(
            name="missing_share",
            title="Missing kinds",
            help="Share of the rows that are of kinds which hardly ever appear among samples.",
            is_higher_better=False,
            is_share=True,
        ),
        MetricInfo(
            name="copied_share",
            title="Copied samples",
            help="Share of samples that nearly repeat one training row; 1 in 100 is chance.",
            is_higher_better=False,
            is_share=True,
        ),
        _error(
            "column_distance",
            "Column distance",
            "How differently single columns are spread in samples and in real rows: 0 to 1.",
        ),
        _error(
            "pair_distance",
            "Pair distance",
            "How differently two columns go together in samples and in real rows; 0 is alike.",
        ),
        MetricInfo(
            name="synthetic_score",
            title="Synthetic score",
            help="Accuracy, or R², on real rows of a predictor that was trained on samples alone.",
            is_higher_better=True,
        ),
        _error("reconstruction", "Reconstruction", "How far rows come out from how they went in."),
        MetricInfo(
            name="kl",
            title="KL",
            help="How much the code says about its row (Kullback-Leibler divergence): near 0 it "
            "says nothing, and much of it makes samples from random codes worse.",
            is_higher_better=None,
        ),
        MetricInfo(
            name="generator_loss",
            title="Generator loss",
            help="How badly samples deceive the discriminator; it should neither explode nor end.",
            is_higher_better=None,
        ),
        MetricInfo(
            name="discriminator_loss",
            title="Discriminator loss",
            help="How badly real rows are told from samples; at 0 for long, training has stopped.",
            is_higher_better=None,
        ),
        _error("loss", "Loss", "What training makes as small as possible."),
    )
}


def metric_info(name: str) -> MetricInfo:
    """Describe a metric.

    Args:
        name: Such as "rmse", or "rmse_price" for one target of several.

    Returns:
        The entry of `METRICS`, with the target in its title for a metric of one target; for an
        unknown name one without a direction.
    """
    if name in METRICS:
        return METRICS[name]
    base, _, target = name.partition("_")
    if target and base in METRICS:
        info = METRICS[base]
        return info.model_copy(update={"name": name, "title": f"{info.title} of {target}"})
    return MetricInfo(name=name, title=name, help="", is_higher_better=None)


def primary_metric(task: str) -> str:
    """The metric that a table shows first for a kind of task."""
    return _PRIMARY.get(task, "rmse")


def shown_metric(task: str, metrics: Mapping[str, Mapping[str, float]]) -> str:
    """The metric that sums up one run.

    Args:
        task: Kind of the task.
        metrics: The run's metrics by split; empty while there are none.

    Returns:
        The primary metric; "rmse" where only that could be measured, as of anomalies of which none
        is known.
    """
    primary = primary_metric(task)
    is_there = any(primary in found for found in metrics.values())
    has_error = any(_FALLBACK in found for found in metrics.values())
    return _FALLBACK if has_error and not is_there else primary


_FALLBACK = "rmse"
_PRIMARY = {"classification": "accuracy", "anomaly_detection": "roc_auc", "generation": "kid"}
