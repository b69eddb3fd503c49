"""The reports of classification and regression, without a browser."""

import json
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tests.fixtures.training import TrainedRun
from tests.ui.opened import open_page, words_of

pytestmark = pytest.mark.slow  # each opens a page


def page(kind: str) -> None:
    """A report of ten test rows, of which some are answered wrong, and of perfect training rows."""
    import numpy as np

    from dlstudio.evaluation.classification import ClassPredictions, report_classification
    from dlstudio.evaluation.multilabel import LabelPredictions, report_labels
    from dlstudio.evaluation.regression import report_regression
    from dlstudio.reports.evaluation import EvaluationReport, SplitReport
    from dlstudio.ui.report_panel import show_report
    from tests.ui.past_runs import finished

    def of_classes(names: tuple[str, ...], actual: list[int], predicted: list[int]) -> SplitReport:
        probabilities = np.full((len(actual), len(names)), 0.2 / (len(names) - 1))
        probabilities[np.arange(len(actual)), predicted] = 0.8
        rows = ClassPredictions(names, np.asarray(actual), np.asarray(predicted), probabilities)
        return report_classification(rows)

    def of_labels(actual: np.ndarray, predicted: np.ndarray) -> SplitReport:
        return report_labels(
            LabelPredictions(("rain", "wind"), actual, predicted, np.where(predicted, 0.8, 0.2))
        )

    two, three = ("no", "yes [k]"), ("ash", "beech", "elm")
    many = tuple(f"class {number}" for number in range(21))
    tens = np.arange(10.0)
    values = np.stack([tens, 100 * tens], axis=1)
    held = np.stack([np.arange(10) < 5, np.arange(10) % 2 == 0], axis=1)
    missed = held & (np.arange(10) != 0)[:, None]  # the first row holds both, none was predicted
    off = values + np.where(np.arange(10) % 2 == 0, 1.0, -1.0)[:, None] * [1.0, 50.0]
    tests = {
        "binary": lambda: of_classes(two, [0] * 6 + [1] * 4, [0] * 5 + [1] + [1] * 3 + [0]),
        "classes": lambda: of_classes(
            three, [0] * 4 + [1] * 3 + [2] * 3, [0] * 4 + [1] * 2 + [2, 2, 2, 1]
        ),
        "many": lambda: of_classes(many, list(range(21)), list(range(21))),
        "labels": lambda: of_labels(held, missed),
        "value": lambda: report_regression(("cost_[k]",), values[:, :1], off[:, :1]),
        "values": lambda: report_regression(("cost_[k]", "gain"), values, off),
    }
    perfect = {
        "binary": lambda: of_classes(two, [0, 1] * 7, [0, 1] * 7),
        "classes": lambda: of_classes(three, [0, 1, 2] * 7, [0, 1, 2] * 7),
        "many": tests["many"],
        "labels": lambda: of_labels(held, held),
        "value": lambda: report_regression(("cost_[k]",), values[:, :1], values[:, :1]),
        "values": lambda: report_regression(("cost_[k]", "gain"), values, values),
    }
    task = "regression" if kind.startswith("value") else "classification"
    splits = {"test": tests[kind](), "train": perfect[kind]()}
    show_report(EvaluationReport(task=task, splits=splits), finished(task))


def report_of(kind: str) -> AppTest:
    app = AppTest.from_function(page, default_timeout=60, args=(kind,)).run()
    assert not app.exception
    return app


def cards(app: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in app.metric}


def headings(app: AppTest) -> list[str]:
    return [heading.value for heading in app.subheader]


def charts(app: AppTest) -> dict[str, dict[str, Any]]:
    """The figures by their words for those who do not see them."""
    return {one.proto.alt: json.loads(one.proto.spec) for one in app.get("plotly_chart")}


def names_of(figure: dict[str, Any]) -> list[str]:
    return [trace["name"] for trace in figure["data"]]


CURVES = ("Found against False alarms", "Precision against Recall")
CONFUSION = "Confusion matrix: rows are true classes, columns predicted ones."
SCATTER = "Predicted against true values; good predictions lie on the diagonal."
RESIDUALS = "How often errors of each size occur."


def test_two_classes_have_one_curve_and_say_whose_scores_stand_on_the_cards() -> None:
    app = report_of("binary")

    assert cards(app) == {
        "Accuracy": "80\xa0%",
        "Precision": "75\xa0%",
        "Recall": "75\xa0%",
        "F1": "75\xa0%",
        "ROC AUC": "0.7917",
        "Log loss": "0.5004",
    }
    said = words_of(app)
    assert "From 10 rows. Precision, recall and F1 are those of the class 'yes \\[k\\]'." in said
    assert headings(app) == ["What was taken for what", "ROC curve", "Precision and recall"]
    drawn = charts(app)
    assert set(drawn) == {CONFUSION, *CURVES}
    assert drawn[CONFUSION]["data"][0]["z"] == [[5, 1], [1, 3]]
    assert drawn[CONFUSION]["layout"]["xaxis"]["ticktext"] == ["no", "yes [k]"]
    assert names_of(drawn[CURVES[0]]) == ["yes [k] (area 0.792)"]
    classes = app.dataframe[0].value
    assert classes["Class"].tolist() == ["no", "yes [k]"]
    assert classes["Recall"].tolist() == pytest.approx([500 / 6, 75])
    assert classes["Rows"].tolist() == [6, 4]


def test_more_classes_have_a_curve_each_and_means_on_the_cards() -> None:
    app = report_of("classes")

    found = cards(app)
    assert (found["Accuracy"], found["Recall"]) == ("80\xa0%", "77.8\xa0%")
    assert "those of the class" not in words_of(app)
    drawn = charts(app)
    assert set(drawn) == {CONFUSION, *CURVES}
    assert drawn[CONFUSION]["data"][0]["z"] == [[4, 0, 0], [0, 2, 1], [0, 1, 2]]
    assert drawn[CONFUSION]["layout"]["yaxis"]["autorange"] == "reversed"  # as a matrix is read
    assert names_of(drawn[CURVES[0]])[0] == "ash (area 1)"
    assert [name.split(" (")[0] for name in names_of(drawn[CURVES[1]])] == ["ash", "beech", "elm"]
    assert app.dataframe[0].value["F1"].tolist() == pytest.approx([100, 200 / 3, 200 / 3])


def test_curves_of_very_many_classes_are_left_out_and_that_is_said() -> None:
    app = report_of("many")

    assert "Curves are left out\\: there are 21 classes." in words_of(app)
    assert headings(app) == ["What was taken for what"]
    (matrix,) = charts(app).values()
    assert "texttemplate" not in matrix["data"][0]  # numbers would not fit into the cells
    assert len(app.dataframe[0].value) == 21


def test_labels_have_no_confusion_matrix_but_a_curve_and_scores_each() -> None:
    app = report_of("labels")

    assert cards(app)["Accuracy"] == "90\xa0%"  # the first of ten rows is wrong
    said = words_of(app)
    assert "accuracy is the share of rows whose labels are all right." in said
    assert "3 rows hold none of the labels; for 3 of them none was predicted." in said
    assert headings(app) == ["ROC curve", "Precision and recall"]
    drawn = charts(app)
    assert set(drawn) == set(CURVES)
    assert names_of(drawn[CURVES[0]]) == ["rain (area 0.9)", "wind (area 0.9)"]
    labels = app.dataframe[0].value
    assert labels["Class"].tolist() == ["rain", "wind"]
    assert labels["Precision"].tolist() == [100, 100]
    assert labels["Recall"].tolist() == [80, 80]


def test_numbers_are_drawn_against_the_truth_and_by_their_errors() -> None:
    app = report_of("value")

    assert cards(app) == {"RMSE": "1", "MAE": "1", "R²": "0.8788"}
    assert headings(app) == ["cost\\_\\[k\\]"]
    drawn = charts(app)
    assert set(drawn) == {SCATTER, RESIDUALS}
    points, diagonal = drawn[SCATTER]["data"]
    assert points["mode"] == "markers" and len(points["x"]) == 10
    assert (diagonal["x"], diagonal["y"]) == ([0.0, 9.0], [0.0, 9.0])
    (bars,) = drawn[RESIDUALS]["data"]
    assert sum(bars["y"]) == 10
    assert (bars["customdata"][0], bars["y"][0]) == ("-1 to -0.95", 5)
    said = words_of(app)
    assert "On the line, the prediction is exactly right." in said
    assert "Errors: predicted minus true." in said


def test_each_of_several_numbers_has_its_own_charts() -> None:
    app = report_of("values")

    assert headings(app) == ["cost\\_\\[k\\]", "gain"]
    assert len(app.get("plotly_chart")) == 4
    assert cards(app)["RMSE"] == "25.5"  # the mean of 1 and 50
    assert "rmse, mae and r2 are means over the targets." in words_of(app)
    scores = app.dataframe[-1].value
    own = dict(zip(scores["Score"], scores["Test rows"], strict=True))
    assert own["RMSE of gain"] == "50"


@pytest.mark.parametrize(
    ("kind", "card", "before", "after"),
    [
        ("binary", "Accuracy", "80\xa0%", "100\xa0%"),
        ("classes", "Accuracy", "80\xa0%", "100\xa0%"),
        ("labels", "Accuracy", "90\xa0%", "100\xa0%"),
        ("value", "RMSE", "1", "0"),
    ],
)
def test_another_part_of_the_rows_changes_cards_and_charts(
    kind: str, card: str, before: str, after: str
) -> None:
    app = report_of(kind)
    drawn = charts(app)
    assert cards(app)[card] == before

    app.segmented_control(key="scores").set_value("train").run()
    assert not app.exception
    assert cards(app)[card] == after
    assert charts(app) != drawn
    assert set(charts(app)) == set(drawn)
    every = app.dataframe[-1].value
    assert list(every.columns) == ["Score", "Training rows", "Test rows", "What it means"]


def test_the_report_of_a_trained_run_shows_what_was_measured(
    trained_run: TrainedRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DLSTUDIO_HOME", str(trained_run.settings.home))
    app = open_page("runs", run=trained_run.run_id)

    assert not app.exception
    assert headings(app)[:3] == ["What was taken for what", "ROC curve", "Precision and recall"]
    measured = trained_run.summary["metrics"]["test"]
    assert float(cards(app)["Accuracy"].split("\xa0")[0]) == pytest.approx(
        100 * measured["accuracy"], abs=0.1
    )
    drawn = charts(app)
    cells = drawn[CONFUSION]["data"][0]["z"]
    num_rows, num_right = sum(map(sum, cells)), sum(cells[place][place] for place in range(3))
    assert num_right / num_rows == pytest.approx(measured["accuracy"])
    assert f"From {num_rows} rows." in words_of(app)
