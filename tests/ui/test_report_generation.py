"""The report of samples, without a browser."""

from streamlit.testing.v1 import AppTest

from dlstudio.reports.generation import (
    CopyVerdict,
    GenerationReport,
    MemorisationCheck,
    ModeCoverage,
    SampleScores,
)
from dlstudio.ui.report_generation import classes_words, missing_words, verdict_words


def page() -> None:
    from dlstudio.reports.evaluation import EvaluationReport, SplitReport
    from dlstudio.reports.generation import (
        Alarm,
        ColumnDistance,
        CopyVerdict,
        GenerationReport,
        MemorisationCheck,
        ModeCount,
        ModeCoverage,
        PairDistance,
        SampleScores,
        SyntheticScore,
        TableSimilarity,
    )
    from dlstudio.ui.report_panel import show_report
    from tests.ui.past_runs import finished

    scores = {
        name: SampleScores(
            kid=kid, kid_low=kid - 0.01, kid_high=kid + 0.01, precision=0.8, recall=0.7
        )
        for name, kid in (("model", 0.05), ("resampled", 0.0), ("Gaussian over pixels", 0.3))
    }
    modes = ModeCoverage(
        classes=(
            ModeCount(name="a", num_samples=50, real_share=0.5, is_found=True),
            ModeCount(name="b", num_samples=0, real_share=0.4, is_found=False),
            ModeCount(name="c", num_samples=0, real_share=0.0, is_found=None),
        ),
        num_found=1,
        num_judged=2,
        share_found=0.5,
    )
    tables = TableSimilarity(
        columns=(ColumnDistance(column="age", measure="KS", model=0.1, resampled=0.05),),
        pairs=(PairDistance(first="age", second="sex", measure="eta", model=0.2, resampled=0.1),),
        column_distance=0.1,
        column_distance_resampled=0.05,
        pair_distance=0.2,
        pair_distance_resampled=0.1,
        synthetic_score=SyntheticScore(
            target="sex", measure="accuracy", synthetic=0.7, real=0.8, baseline=0.5
        ),
    )
    report = GenerationReport(
        num_samples=100,
        feature_space="pixels",
        scores=scores,
        memorisation=MemorisationCheck(verdict=CopyVerdict.NO_SIGN, explanation="All is new."),
        modes=modes,
        tables=tables,
        alarms=(Alarm(code="copies", problem="It went wrong.", fix="Try again."),),
    )
    split = SplitReport(num_rows=60, metrics=report.metrics)
    whole = EvaluationReport(task="generation", splits={"test": split}, generation=report)
    show_report(whole, finished("generation"))


def test_a_report_shows_scores_alarms_copies_classes_and_columns() -> None:
    app = AppTest.from_function(page, default_timeout=60).run()

    assert not app.exception
    said = " ".join(entry.value for entry in (*app.markdown, *app.warning, *app.caption))
    assert "**It went wrong.** Try again." in said
    assert "Better than the best cheap rival: Gaussian over pixels has 0.3" in said
    assert "**No sign of copying**" in said
    assert "**1 of 2 classes appear among the samples**" in said
    assert app.dataframe[1].value["Found"].tolist() == ["yes", "no", "cannot tell"]
    assert "A predictor of **sex** that learned from samples alone reaches Accuracy **0.7**" in said
    assert "From 100 samples, compared in pixels." in said
    assert "Mean 0.1; of training rows drawn again 0.05." in said  # of columns
    assert "Mean 0.2; of training rows drawn again 0.1." in said  # of pairs


def report_of(kid: float | None, rival: float) -> GenerationReport:
    def scores(value: float | None) -> SampleScores:
        low, high = (None, None) if value is None else (value - 0.02, value + 0.02)
        return SampleScores(kid=value, kid_low=low, kid_high=high, precision=None, recall=None)

    check = MemorisationCheck(verdict=CopyVerdict.CANNOT_TELL, explanation="")
    return GenerationReport(
        num_samples=10,
        feature_space="pixels",
        scores={"model": scores(kid), "PCA": scores(rival)},
        memorisation=check,
    )


def test_the_verdict_says_whether_the_network_beats_its_cheap_rivals() -> None:
    assert "Better than the best cheap rival: PCA has 0.3" in verdict_words(report_of(0.1, 0.3))
    assert "**Worse than a cheap rival**: PCA has 0.1" in verdict_words(report_of(0.3, 0.1))
    assert "Cannot be told from a cheap rival" in verdict_words(report_of(0.1, 0.11))
    # Each lies outside the other's interval, but their intervals meet.
    assert "Cannot be told from a cheap rival" in verdict_words(report_of(0.1, 0.13))
    assert "too few samples" in verdict_words(report_of(None, 0.1))


def test_the_level_to_aim_at_is_said_where_no_rival_is() -> None:
    report = report_of(0.1, 0.3)
    scores = {"model": report.scores["model"], "resampled": report.scores["PCA"]}
    assert verdict_words(report.model_copy(update={"scores": scores})) == (
        "KID is **0.1**: 0 would be the same distribution as real rows, and training rows drawn "
        "again have 0.3."
    )


def test_the_part_of_the_data_that_samples_lack_is_said_if_it_is_known() -> None:
    assert missing_words(None) == ""
    said = "\u00a0% of the training rows are of kinds that samples lack."
    assert missing_words(0.0) == f"0{said}"
    assert missing_words(0.374) == f"37.4{said}"


def test_classes_that_cannot_be_judged_are_not_counted() -> None:
    nothing = ModeCoverage(classes=(), num_found=0, num_judged=0, share_found=None)
    assert classes_words(nothing) == "Which classes appear among the samples cannot be told"
