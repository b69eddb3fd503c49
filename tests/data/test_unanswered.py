"""What a draft of a run should say about its target."""

from pathlib import Path

from dlstudio.data.catalog import add_dataset
from dlstudio.data.unanswered import unanswered_warnings
from dlstudio.settings import Settings
from dlstudio.spec.defaults import default_spec
from dlstudio.spec.overrides import apply_overrides


def test_warnings_about_a_target_end_where_the_spec_answers_them(
    settings: Settings, tmp_path: Path
) -> None:
    things = ["red|round", "red|big", "round|big", "red", "round", "big", ""] * 20
    rows = "".join(f"{n % 17},{cell}\n" for n, cell in enumerate(things))
    path = tmp_path / "things.csv"
    path.write_text(f"size,things\n{rows}")
    dataset = add_dataset(settings, path)
    spec = default_spec(dataset.info, ("things",))
    missing, lists = unanswered_warnings(dataset, spec)
    assert "is missing in 20 rows" in missing.problem
    assert "(task.empty_cells) to no label (no_label)" in missing.fix
    assert "Set Label separator (task.label_separator) to '|'" in lists.fix
    listed = apply_overrides(spec, ["task.label_separator=|"])
    assert unanswered_warnings(dataset, listed) == (missing,)
    answered = apply_overrides(listed, ["task.empty_cells=no_label"])
    assert unanswered_warnings(dataset, answered) == ()


def test_rare_combinations_do_not_matter_where_each_label_counts(
    settings: Settings, tmp_path: Path
) -> None:
    path = tmp_path / "things.csv"
    path.write_text("size,things\n" + "1,a|b\n2,a\n1,b\n2,b\n" * 5)
    dataset = add_dataset(settings, path)
    spec = default_spec(dataset.info, ("things",))
    (rare,) = unanswered_warnings(dataset, spec)
    assert "fewer than 10 rows of 'a' (5), 'a|b' (5)" in rare.problem
    assert unanswered_warnings(dataset, apply_overrides(spec, ["task.label_separator=|"])) == ()


def test_a_target_of_numbers_has_no_classes_to_warn_about(
    settings: Settings, tmp_path: Path
) -> None:
    path = tmp_path / "counts.csv"
    path.write_text("size,count\n" + "".join(f"{n / 7},{n % 3}\n" for n in range(60)))
    dataset = add_dataset(settings, path)
    assert unanswered_warnings(dataset, default_spec(dataset.info, ("size",))) == ()
