"""The reports of reconstructions and anomalies, without a browser."""

import json

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from dlstudio.reports.anomaly import AnomalyDetails, Blame, RivalScores, ThresholdScores
from dlstudio.reports.reconstruction import Histogram, NeighbourAccuracy, ReconstructionDetails
from dlstudio.spec.task import ThresholdRule
from dlstudio.ui.point_cloud import MOST_GROUPS, OTHERS, Cloud, cloud_figure, groups_of
from dlstudio.ui.report_anomaly import (
    blame_words,
    rival_words,
    threshold_texts,
    threshold_words,
)
from dlstudio.ui.report_reconstruction import kept_words, row_name
from tests.ui.figures import traces

pytestmark = pytest.mark.slow  # each opens a page


def page(is_mixed: bool = False) -> None:
    import numpy as np

    from dlstudio.evaluation.anomaly import ScoredRows, report_anomalies
    from dlstudio.evaluation.codes_sample import sample_codes
    from dlstudio.evaluation.pca import fit_pca
    from dlstudio.evaluation.reconstruction import ReconstructionErrors
    from dlstudio.evaluation.thresholds import choose_threshold
    from dlstudio.reports.anomaly import Blame
    from dlstudio.reports.evaluation import EvaluationReport, SplitReport
    from dlstudio.spec.task import ThresholdRule
    from dlstudio.ui.report_panel import show_report
    from tests.ui.past_runs import finished

    random = np.random.default_rng(3)
    rows = random.normal(size=(60, 4))
    pca = fit_pca(rows, 2, seed=0)
    errors = ReconstructionErrors(("a", "b", "c", "d"), 2, pca)
    errors.add(rows, rows * 0.9)
    rebuilt = errors.result()
    scores = np.abs(random.normal(size=60))
    labels = np.arange(60) % 2 == 0 if is_mixed else scores > 1.5
    choice = choose_threshold(scores, labels, ThresholdRule.AUTO, 0.99)
    blames = {int(scores.argmax()): (Blame(column="a", share=0.75),)}
    scored = ScoredRows(np.arange(60), scores, labels, {"pca": scores[::-1].copy()}, blames)
    judged = report_anomalies(scored, choice)
    split = SplitReport(
        num_rows=60,
        metrics={**judged.metrics, **rebuilt.metrics},
        reconstruction=rebuilt.details,
        anomaly=judged.details,
    )
    codes = sample_codes(np.arange(60), pca.encode(rows), pca.encode(rows))
    report = EvaluationReport(
        task="anomaly_detection", splits={"test": split, "train": split}, codes=codes
    )
    show_report(report, finished("anomaly_detection"))


def test_a_report_shows_the_threshold_the_rivals_and_what_stands_out() -> None:
    app = AppTest.from_function(page, default_timeout=60).run()

    assert not app.exception and not app.warning
    said = " ".join(entry.value for entry in app.markdown)
    assert "it parts the known anomalies of the validation rows best" in said
    assert "Described by 2 numbers a row, the network keeps" in said
    rivals, rows = app.dataframe[0].value, app.dataframe[1].value
    assert rivals["Method"].tolist() == ["This network", "PCA error"]
    assert rivals["ROC AUC"].tolist()[0] == 1.0
    looks = json.loads(app.dataframe[0].proto.columns)
    assert looks["ROC AUC"]["type_config"]["format"] == "%.4f"  # as many digits as its card
    assert rows["To blame"].tolist()[0] == "a (75\xa0%)"
    assert rows["Known"].tolist()[0] == "anomaly"
    captions = " ".join(entry.value for entry in app.caption)
    assert "The dataset was removed" in captions
    assert "The network ranks these rows better than PCA error." in captions


def test_the_word_at_the_threshold_stands_above_the_bars() -> None:
    app = AppTest.from_function(page, default_timeout=60).run()
    (chart,) = [one for one in app.get("plotly_chart") if '"threshold"' in one.proto.spec]
    (word,) = json.loads(chart.proto.spec)["layout"]["annotations"]
    assert (word["yref"], word["y"], word["yanchor"]) == ("y domain", 1.0, "bottom")


def test_another_threshold_can_be_tried() -> None:
    app = AppTest.from_function(page, default_timeout=60).run()
    (slider,) = app.select_slider
    before = {metric.label: metric.value for metric in app.metric}

    app = slider.set_value(0).run()
    (words,) = [entry.value for entry in app.caption if entry.value.startswith("To use it: ")]
    assert "as Threshold on the Predict page" in words
    assert "`dlstudio export abc123 --threshold " in words
    after = {metric.label: metric.value for metric in app.metric}
    assert not app.exception
    assert before["Flagged"] != after["Flagged"] == "100\xa0%"
    assert after["Recall"] == "100\xa0%"


def test_a_threshold_that_was_tried_on_some_rows_is_not_tried_on_others() -> None:
    app = AppTest.from_function(page, default_timeout=60).run()
    before = [metric.value for metric in app.metric]
    app = app.select_slider[0].set_value(0).run()
    assert [metric.value for metric in app.metric] != before

    app = app.button_group(key="scores").set_value("train").run()
    assert not app.exception
    assert [metric.value for metric in app.metric] == before
    assert not [entry for entry in app.caption if entry.value.startswith("To use it: ")]


def test_thresholds_that_are_close_read_differently() -> None:
    thresholds = [0.2, 0.45878, 0.45881, 0.459, 1.0, float(np.nextafter(1.0, 2.0)), 12.3456]
    texts = threshold_texts(thresholds)
    assert texts[:5] == ["0.2", "0.45878", "0.45881", "0.459", "1"]
    assert len(set(texts)) == len(texts)
    assert texts[-1] == "12.3"


def details(**changes: object) -> ReconstructionDetails:
    fields: dict[str, object] = {
        "num_components": 16,
        "pca_num_components": 16,
        "explained": 0.87,
        "pca_explained": 0.79,
        "rmse": 0.1,
        "pca_rmse": 0.2,
        "by_column": (),
        "num_columns": 0,
        "row_errors": Histogram(edges=(), counts=()),
    }
    return ReconstructionDetails.model_validate(fields | changes)


def test_codes_are_judged_in_words() -> None:
    neighbours = NeighbourAccuracy(
        label="digit", codes=0.94, pca=0.9, num_neighbours=5, num_rows=100
    )
    said = kept_words(details(neighbours=neighbours))
    assert "keeps **87\xa0%** of what differs between rows" in said
    assert "keeps **79\xa0%**" in said
    assert "**94\xa0%** of the rows get their digit" in said
    assert "keeps **nothing**" in kept_words(details(explained=-0.2))
    assert "All rows are the same" in kept_words(details(explained=None))


def anomalies(**changes: object) -> AnomalyDetails:
    fields: dict[str, object] = {
        "edges": (),
        "is_log": False,
        "histograms": (),
        "rule": ThresholdRule.QUANTILE,
        "quantile": 0.99,
        "chosen": ThresholdScores(threshold=0.5, flagged=0.02),
        "threshold_table": (),
        "rivals": (RivalScores(name="isolation_forest", roc_auc=0.9, pr_auc=0.5),),
        "most_anomalous": (),
    }
    return AnomalyDetails.model_validate(fields | changes)


def test_a_threshold_without_labels_is_a_quantile() -> None:
    said = threshold_words(anomalies())
    assert "99\xa0% of the validation rows have a smaller error" in said
    assert said.endswith("Here that flags **2\xa0%** of the rows.")


def test_a_threshold_that_flags_nearly_everything_is_warned_of() -> None:
    app = AppTest.from_function(page, default_timeout=60, args=(True,)).run()
    (warning,) = app.warning
    assert "of the normal rows, so a flag says next to nothing." in warning.value
    assert "Set the threshold rule to Quantile on the Design page" in warning.value


def test_with_labels_the_quantile_is_that_of_normal_rows() -> None:
    known = anomalies(histograms=[{"group": "normal", "counts": (1,)}])
    assert "99\xa0% of the normal validation rows have" in threshold_words(known)


def rival(name: str, low: float | None, high: float | None) -> RivalScores:
    return RivalScores(name=name, roc_auc=0.9, pr_auc=0.5, ahead_low=low, ahead_high=high)


def test_rivals_are_better_or_worse_only_beyond_chance() -> None:
    better = rival("isolation_forest", -0.2, -0.1)
    assert rival_words(anomalies(rivals=(better,))).startswith(
        "The isolation forest ranks these rows better than the network: "
    )
    worse = rival("pca", 0.01, 0.2)
    said = rival_words(anomalies(rivals=(worse, rival("isolation_forest", -0.1, 0.2))))
    assert said.startswith("The network ranks these rows better than PCA error. These rows are")
    assert "too few to tell whether the isolation forest or the network ranks better" in said
    few = rival_words(anomalies(rivals=(rival("pca", None, None),)))
    assert "too few to tell" in few
    assert rival_words(anomalies(rivals=())) == ""


def test_blame_is_written_with_its_share() -> None:
    assert blame_words([Blame(column="a", share=0.6), Blame(column="b", share=0.25)]) == (
        "a (60\xa0%), b (25\xa0%)"
    )
    assert blame_words([]) == "–"


def test_rare_values_share_one_colour() -> None:
    values = [number for number in range(20) for _ in range(20 - number)]
    groups = groups_of([*values, None])
    assert len(set(groups)) == MOST_GROUPS + 1
    assert groups[-1] == OTHERS
    assert groups_of([None, 1]) == ["missing", "1"]


@pytest.mark.parametrize("num_axes", [2, 3])
def test_each_point_carries_its_row(num_axes: int) -> None:
    points = np.arange(6.0 * num_axes).reshape(6, num_axes)
    cloud = Cloud([5, 6, 7, 8, 9, 10], points, "kind", ["a", "b"] * 3)
    traces = cloud_figure(cloud).to_dict()["data"]
    assert [trace["name"] for trace in traces] == ["a", "b"]
    assert traces[0]["customdata"] == [[5], [7], [9]]


def test_numbers_are_coloured_by_a_scale() -> None:
    cloud = Cloud([0, 1], np.zeros((2, 2)), "size", [1.5, None], is_number=True)
    (trace,) = cloud_figure(cloud).to_dict()["data"]
    assert trace["marker"]["showscale"]
    assert trace["marker"]["colorbar"]["title"]["text"] == "size"


@pytest.mark.parametrize("num_axes", [2, 3])
def test_a_chosen_row_stands_out(num_axes: int) -> None:
    cloud = Cloud(
        [5, 6, 7], np.arange(3.0 * num_axes).reshape(3, num_axes), "kind", ["a", "b", "a"]
    )
    *_, mark = traces(cloud_figure(cloud, 6))
    assert (mark.name, list(mark.x)) == ("row 7", [float(num_axes)])
    assert len(traces(cloud_figure(cloud, 99))) == len(traces(cloud_figure(cloud)))
    assert row_name(cloud, 1) == "7: b"


def test_a_row_can_be_chosen_in_space() -> None:
    app = AppTest.from_function(page, default_timeout=60).run()
    app = app.button_group(key="codes_axes").set_value(3).run()
    chosen = app.selectbox(key="codes.abc123.row.")
    assert chosen.value is None

    app = chosen.select_index(4).run()
    assert not app.exception
    assert "choose the row above" in " ".join(entry.value for entry in app.caption)
