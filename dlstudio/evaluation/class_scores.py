"""Precision, recall and F1 of every class, from counts alone."""

from dataclasses import dataclass

import numpy as np

from dlstudio.reports.evaluation import ClassReport


@dataclass(frozen=True)
class ClassScores:
    """One entry a class in each array.

    Where nothing was predicted as a class its precision counts as 0, where a class has no rows its
    recall does: scikit-learn's convention.

    Attributes:
        precision: Share of the rows predicted as the class that belong to it; in [0, 1].
        recall: Share of the rows of the class that were predicted as it; in [0, 1].
        f1: Harmonic mean of both; in [0, 1].
        num_actual: Rows of the class.
        num_predicted: Rows predicted as the class.
    """

    precision: np.ndarray
    recall: np.ndarray
    f1: np.ndarray
    num_actual: np.ndarray
    num_predicted: np.ndarray

    def averages(self) -> dict[str, float]:
        """Macro averages (precision, recall, f1) and those weighted by rows (..._weighted).

        Macro averages are over the classes that occur among the actual or predicted ones.
        """
        occurs = (self.num_actual + self.num_predicted) > 0
        metrics: dict[str, float] = {}
        for name in ("precision", "recall", "f1"):
            metrics[name] = float(getattr(self, name)[occurs].mean()) if occurs.any() else 0.0
        return metrics | self.weighted()

    def weighted(self) -> dict[str, float]:
        """Averages in which a class counts as often as it has rows."""
        num_rows = self.num_actual.sum()
        if num_rows == 0:
            return {}
        return {
            f"{name}_weighted": float((getattr(self, name) * self.num_actual).sum() / num_rows)
            for name in ("precision", "recall", "f1")
        }

    def of_class(self, index: int) -> dict[str, float]:
        """Precision, recall and F1 of one class."""
        return {name: float(getattr(self, name)[index]) for name in ("precision", "recall", "f1")}

    def reports(self, class_names: tuple[str, ...]) -> tuple[ClassReport, ...]:
        """One record a class, in the order of `class_names`."""
        return tuple(
            ClassReport(name=name, num_rows=int(self.num_actual[index]), **self.of_class(index))
            for index, name in enumerate(class_names)
        )


def score_classes(actual: np.ndarray, predicted: np.ndarray, num_classes: int) -> ClassScores:
    """Score predictions of one class a row.

    Args:
        actual: Class indices in [0, num_classes); int `(n,)`.
        predicted: Class indices in [0, num_classes); int `(n,)`.
        num_classes: Number of classes.
    """
    hits = np.bincount(actual[actual == predicted], minlength=num_classes)
    return _scores(
        hits,
        np.bincount(actual, minlength=num_classes),
        np.bincount(predicted, minlength=num_classes),
    )


def score_labels(actual: np.ndarray, predicted: np.ndarray) -> ClassScores:
    """Score predictions of several labels a row.

    Args:
        actual: Which labels each row holds; bool `(n, num_labels)`.
        predicted: Which labels were predicted; bool `(n, num_labels)`.
    """
    hits = (actual & predicted).sum(axis=0)
    return _scores(hits, actual.sum(axis=0), predicted.sum(axis=0))


def _scores(hits: np.ndarray, num_actual: np.ndarray, num_predicted: np.ndarray) -> ClassScores:
    return ClassScores(
        precision=_ratio(hits, num_predicted),
        recall=_ratio(hits, num_actual),
        f1=_ratio(2 * hits, num_actual + num_predicted),
        num_actual=num_actual,
        num_predicted=num_predicted,
    )


def _ratio(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """Part of whole, 0 where there is no whole; float64."""
    return np.divide(part, whole, out=np.zeros(len(whole)), where=whole > 0)
