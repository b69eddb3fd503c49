"""Delimited texts: what is guessed, what is refused, what is counted."""

from pathlib import Path

import pytest

from dlstudio.settings import Settings
from tests.data.files import add, cells, kinds, refuse, warning_codes


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(settings: Settings, tmp_path: Path, delimiter: str) -> None:
    content = "name,age\nAda,36\nAlan,41\n".replace(",", delimiter)
    dataset = add(settings, tmp_path, content)
    assert cells(dataset) == {"name": ["Ada", "Alan"], "age": [36, 41]}
    assert dataset.info.source.options["delimiter"] == delimiter


def test_a_chosen_delimiter_beats_the_guess(settings: Settings, tmp_path: Path) -> None:
    dataset = add(settings, tmp_path, "a:b,c\n1:x,3\n4:y,6\n", delimiter=":")
    assert cells(dataset) == {"a": [1, 4], "b,c": ["x,3", "y,6"]}


def test_excel_s_own_separator_line_is_obeyed(settings: Settings, tmp_path: Path) -> None:
    dataset = add(settings, tmp_path, "sep=|\na|b\n1|x\n2|y\n")
    assert cells(dataset) == {"a": [1, 2], "b": ["x", "y"]}


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("utf-8", "name,stadt\nJörg,Köln\nÉva,Győr\n"),
        ("utf-8-sig", "name,stadt\nJörg,Köln\nÉva,Győr\n"),
        ("utf-16", "name,stadt\nJörg,Köln\nÉva,Győr\n"),
        ("utf-16-le", "name,stadt\nJörg,Köln\nÉva,Győr\n"),
        ("utf-16-be", "name,stadt\nJörg,Köln\nÉva,Győr\n"),
        ("utf-32", "name,stadt\nJörg,Köln\n"),
        ("latin-1", "name,stadt\nJörg,Köln\nAndré,Orléans\n"),
        ("cp1252", "name,preis\nJörg,€ fünf\n„Anne“,€ sieben\n"),
        ("shift_jis", "名前,都市\n太郎,東京\n花子,大阪府\n次郎,横浜市\n"),
        ("gb18030", "姓名,城市\n王伟,北京市\n李娜,上海市\n张敏,广州市\n"),
        ("cp1251", "имя,город\nИван,Москва\nОльга,Санкт-Петербург\nПётр,Новосибирск\n"),
    ],
)
def test_every_encoding_is_read(
    settings: Settings, tmp_path: Path, encoding: str, text: str
) -> None:
    dataset = add(settings, tmp_path, text.encode(encoding))
    rows = [line.split(",") for line in text.splitlines()]
    assert cells(dataset) == {name: list(column) for name, *column in zip(*rows, strict=True)}


def test_a_letter_late_in_the_file_changes_the_encoding(settings: Settings, tmp_path: Path) -> None:
    content = b"name,age\n" + b"Anna,31\n" * 60_000 + "Jörg,40\n".encode("cp1252")
    dataset = add(settings, tmp_path, content)
    assert dataset.info.num_rows == 60_001
    assert cells(dataset)["name"][-1] == "Jörg"
    assert dataset.info.source.options["encoding"] == "cp1252"


@pytest.mark.parametrize("num_before", [10, 60_000])
def test_a_letter_cut_in_two_damages_no_other(
    settings: Settings, tmp_path: Path, num_before: int
) -> None:
    rows = "name,city\n" + "José,Köln\n" * num_before + "Zoë,Győr\n" * 5
    content = rows.encode() + b"Ren\xc3,Orl\xc3\xa9ans\n"
    dataset = add(settings, tmp_path, content)
    assert cells(dataset)["name"][0] == "José"
    assert cells(dataset)["name"][-1] == "Ren\ufffd"
    assert cells(dataset)["city"][-1] == "Orléans"
    assert dataset.info.source.options["encoding"] == "utf-8-damaged"
    (warning,) = [entry for entry in dataset.info.warnings if entry.code == "damaged-letters"]
    assert f"1 letter could not be read as UTF-8, the first in line {num_before + 7}" in (
        warning.problem
    )
    again = add(settings, tmp_path, content, encoding="utf-8-damaged")
    assert cells(again) == cells(dataset)


def test_a_damaged_letter_of_json_is_said_too(settings: Settings, tmp_path: Path) -> None:
    content = '{"a": "é ö ü ß ñ ç"}\n'.encode() + b'{"a": "Ren\xc3"}\n'
    dataset = add(settings, tmp_path, content, file_name="data.jsonl")
    assert cells(dataset) == {"a": ["é ö ü ß ñ ç", "Ren\ufffd"]}
    assert "damaged-letters" in warning_codes(dataset)


def test_a_chosen_encoding_that_does_not_fit_is_refused(settings: Settings, tmp_path: Path) -> None:
    error = refuse(lambda: add(settings, tmp_path, b"name\nJ\xf6rg\n", encoding="utf-8"))
    assert "is not utf-8" in error.problem and error.where == "encoding"


def test_an_unknown_encoding_is_refused(settings: Settings, tmp_path: Path) -> None:
    error = refuse(lambda: add(settings, tmp_path, "a\n1\n", encoding="utf-9"))
    assert "'utf-9' is not known" in error.problem


def test_rows_of_a_wrong_length_are_counted_and_listed(settings: Settings, tmp_path: Path) -> None:
    dataset = add(settings, tmp_path, 'a,b\n1,2\n\n3\n4,5,6\n"x\ny",7\n8,9\n10,11\n')
    source = dataset.info.source
    assert dataset.info.num_rows == 4
    assert source.num_rows_rejected == 2
    assert [(entry.line, entry.text) for entry in source.unreadable[:2]] == [
        (4, "3"),
        (5, "4,5,6"),
    ]
    assert source.unreadable[0].reason == "1 cells where 2 were expected"
    assert "rejected-rows" in warning_codes(dataset)


def test_mostly_rejected_rows_mean_a_wrong_delimiter(settings: Settings, tmp_path: Path) -> None:
    content = "a,b\n" + "".join(f"{'x,' * (n % 7)}1\n" for n in range(60)) + "1,2\n" * 5
    error = refuse(lambda: add(settings, tmp_path, content))
    assert "do not have" in error.problem and error.where == "delimiter"


def test_a_quote_that_is_never_closed_costs_only_its_line(
    settings: Settings, tmp_path: Path
) -> None:
    content = 'name,age\nAda,36\n"Alan,41\nGrace,85\nEdsger,72\n'
    dataset = add(settings, tmp_path, content)
    assert cells(dataset)["name"] == ["Ada", "Grace", "Edsger"]
    (entry,) = dataset.info.source.unreadable
    assert (entry.line, entry.text) == (3, '"Alan,41')
    assert entry.reason == "a quote is opened and never closed"


def test_a_cell_may_hold_line_ends_delimiters_and_quotes(
    settings: Settings, tmp_path: Path
) -> None:
    dataset = add(settings, tmp_path, 'a,b\n"x,\ny","say ""hi"""\nz,w\n')
    assert cells(dataset) == {"a": ["x,\ny", "z"], "b": ['say "hi"', "w"]}


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_every_line_end_is_read(settings: Settings, tmp_path: Path, line_end: str) -> None:
    dataset = add(settings, tmp_path, line_end.join(["a,b", "1,x", "2,y", ""]).encode())
    assert cells(dataset) == {"a": [1, 2], "b": ["x", "y"]}


def test_a_title_above_the_table_is_skipped_and_shown(settings: Settings, tmp_path: Path) -> None:
    dataset = add(settings, tmp_path, "Sales 2020\n\nyear,shop,sum\n2019,A,3\n2020,B,4\n")
    assert list(cells(dataset)) == ["year", "shop", "sum"]
    assert dataset.info.source.options["skip_rows"] == 2


@pytest.mark.parametrize("header", [",label", "a,"])
def test_a_header_with_an_empty_name_is_a_header(
    settings: Settings, tmp_path: Path, header: str
) -> None:
    rows = "".join(f"{number},{'pq'[number % 2]}\n" for number in range(20))
    dataset = add(settings, tmp_path, f"{header}\n{rows}")
    assert dataset.info.num_rows == 20
    assert set(header.strip(",").split(",")) < set(dataset.info.column_names)


def test_a_table_without_names_gets_numbered_columns(settings: Settings, tmp_path: Path) -> None:
    dataset = add(settings, tmp_path, "5.1,setosa\n4.9,setosa\n6.3,virginica\n")
    assert list(cells(dataset)) == ["column_1", "column_2"]
    assert dataset.info.num_rows == 3
    with_names = add(settings, tmp_path, "5.1,setosa\n4.9,setosa\n", has_header=True)
    assert list(cells(with_names)) == ["5.1", "setosa"]


def test_row_names_of_r_get_a_column(settings: Settings, tmp_path: Path) -> None:
    dataset = add(settings, tmp_path, '"mpg","cyl"\n"Mazda",21,6\n"Fiat",32.4,4\n')
    assert list(cells(dataset)) == ["column_1", "mpg", "cyl"]
    assert cells(dataset)["column_1"] == ["Mazda", "Fiat"]


def test_double_and_empty_names_are_renamed_with_a_warning(
    settings: Settings, tmp_path: Path
) -> None:
    dataset = add(settings, tmp_path, "a,a,,a_2\n1,2,3,4\n5,6,7,8\n")
    assert list(cells(dataset)) == ["a", "a_3", "column_3", "a_2"]
    assert "renamed-columns" in warning_codes(dataset)


def test_names_that_differ_in_case_stay_apart(settings: Settings, tmp_path: Path) -> None:
    dataset = add(settings, tmp_path, "Age,age,AGE\n1,2,3\n4,5,6\n")
    assert cells(dataset) == {"Age": [1, 4], "age": [2, 5], "AGE": [3, 6]}


@pytest.mark.parametrize(
    ("cell", "value", "decimal", "thousands"),
    [
        ("1.234,50", 1234.5, ",", "."),
        ("1,234.50", 1234.5, ".", ","),
        ("1 234 567,5", 1234567.5, ",", " "),
        ("1'234'567.5", 1234567.5, ".", "'"),
        ("1\u2019234\u2019567.5", 1234567.5, ".", "'"),
        ("12,34,567", 1234567, ".", ","),
        ("1,07,003.5", 107003.5, ".", ","),
        ("\u22121.5", -1.5, ".", "none"),
        ("0,75", 0.75, ",", "none"),
        ("-1.5e-3", -0.0015, ".", "none"),
    ],
)
def test_numbers_are_read_as_they_are_written(
    settings: Settings, tmp_path: Path, cell: str, value: float, decimal: str, thousands: str
) -> None:
    dataset = add(settings, tmp_path, f"a;b\n{cell};x\n{cell};y\n")
    assert cells(dataset)["a"] == [value, value]
    assert dataset.info.source.options["decimal"] == decimal
    assert dataset.info.source.options["thousands"] == thousands


@pytest.mark.parametrize(
    ("delimiter", "late", "value", "decimal", "thousands"),
    [
        (",", '"1,234"', 1234.0, ".", ","),
        (";", "1 234", 1234.0, ".", " "),
        (";", "1.234,5", 1234.5, ",", "."),
        (";", "7,5", 7.5, ",", "none"),
    ],
)
def test_numbers_whose_notation_shows_late_are_read(
    settings: Settings,
    tmp_path: Path,
    delimiter: str,
    late: str,
    value: float,
    decimal: str,
    thousands: str,
) -> None:
    rows = [f"{number % 999}{delimiter}x\n" for number in range(1_500)]
    rows += [f"NA{delimiter}x\n"] * 500
    rows += [f"{late}{delimiter}y\n"] * 3_000
    dataset = add(settings, tmp_path, f"a{delimiter}b\n{''.join(rows)}")
    assert kinds(dataset)["a"] == "number"
    assert cells(dataset)["a"][1_499] == 500
    assert cells(dataset)["a"][-1] == value
    assert dataset.info.source.options["decimal"] == decimal
    assert dataset.info.source.options["thousands"] == thousands


@pytest.mark.parametrize(
    "late",
    ['"1,5"', "oops", '"1,2,3"'],  # there is 7.0 in the file; a word; a list
)
def test_what_is_strange_among_numbers_changes_no_notation(
    settings: Settings, tmp_path: Path, late: str
) -> None:
    rows = [f"{number % 999},7.0\n" for number in range(1_500)] + [f"{late},7.0\n"] * 50
    dataset = add(settings, tmp_path, f"a,b\n{''.join(rows)}")
    assert cells(dataset)["b"][-1] == 7
    assert dataset.info.column("a").num_unreadable == 50
    assert dataset.info.source.options["decimal"] == "."


def test_a_chosen_notation_stays_whatever_comes_late(settings: Settings, tmp_path: Path) -> None:
    rows = [f"{number % 999},x\n" for number in range(1_500)] + ['"1,234",x\n'] * 50
    dataset = add(settings, tmp_path, f"a,b\n{''.join(rows)}", thousands="none")
    assert dataset.info.column("a").num_unreadable == 50


def test_a_list_of_digits_is_no_number(settings: Settings, tmp_path: Path) -> None:
    dataset = add(settings, tmp_path, 'a;b\n"1,2,3";x\n"4,5,6";y\n"1,234";z\n')
    assert kinds(dataset)["a"] == "category"


def test_cells_that_do_not_fit_are_counted_with_their_lines(
    settings: Settings, tmp_path: Path
) -> None:
    rows = [f"{n}.5,{'NA' if n == 3 else n}" for n in range(30)]
    rows[20] = "oops,20"
    dataset = add(settings, tmp_path, "a,b\n" + "\n".join(rows) + "\n")
    column = dataset.info.column("a")
    assert (column.num_missing, column.num_unreadable) == (1, 1)
    (entry,) = dataset.info.source.unreadable
    assert (entry.line, entry.column, entry.text) == (22, "a", "oops")
    assert dataset.info.column("b").num_missing == 1
    assert dataset.info.column("b").num_unreadable == 0
    assert "unreadable-cells" in warning_codes(dataset)


def test_na_is_a_class_like_any_other(settings: Settings, tmp_path: Path) -> None:
    dataset = add(settings, tmp_path, "region,x\nNA,1\nEU,2\nNA,3\n,4\nnull,5\n")
    assert cells(dataset)["region"] == ["NA", "EU", "NA", None, "null"]
    assert dataset.info.column("region").num_missing == 1


def test_category_text_stays_exactly_as_written(settings: Settings, tmp_path: Path) -> None:
    dataset = add(settings, tmp_path, "c,x\n Private,1\nTRUE,2\n007,3\nTRUE,4\n")
    assert cells(dataset)["c"] == [" Private", "TRUE", "007", "TRUE"]


def test_infinities_are_kept_and_warned_about(settings: Settings, tmp_path: Path) -> None:
    dataset = add(settings, tmp_path, "a,b\ninf,x\n1,y\n-Infinity,z\n2.5,w\n")
    assert dataset.info.column("a").num_infinite == 2
    assert dataset.info.column("a").max == 2.5
    assert "infinite-values" in warning_codes(dataset)


@pytest.mark.parametrize(
    ("first", "second", "order", "day"),
    [
        ("13/02/2020", "01/03/2020", "day-first", 13),
        ("02/13/2020", "03/01/2020", "month-first", 13),
        ("2020-02-13", "2020-03-01T10:00:00Z", "day-first", 13),
        ("13.02.20 10:30", "01.03.20 11:00", "day-first", 13),
        ("13 Feb 2020", "1 Mar 2020", "day-first", 13),
    ],
)
def test_dates_are_read_in_one_order(
    settings: Settings, tmp_path: Path, first: str, second: str, order: str, day: int
) -> None:
    dataset = add(settings, tmp_path, f"when,x\n{first},1\n{second},2\n")
    times = cells(dataset)["when"]
    assert kinds(dataset)["when"] == "datetime"
    assert [(time.day, time.month) for time in times] == [(day, 2), (1, 3)]  # type: ignore[attr-defined]
    assert dataset.info.source.options["date_order"] == order


def test_a_time_zone_is_turned_into_utc(settings: Settings, tmp_path: Path) -> None:
    dataset = add(settings, tmp_path, "when\n2020-01-02T03:00:00+02:00\n2020-01-02 01:00\n")
    first, second = cells(dataset)["when"]
    assert first == second


def test_dates_that_can_be_read_both_ways_are_warned_about(
    settings: Settings, tmp_path: Path
) -> None:
    content = "when,x\n02/03/2020,1\n05/06/2020,2\n"
    guessed = add(settings, tmp_path, content)
    assert "ambiguous-dates" in warning_codes(guessed)
    assert guessed.info.column("when").first == "2020-02-03T00:00:00"
    chosen = add(settings, tmp_path, content, date_order="day-first")
    assert "ambiguous-dates" not in warning_codes(chosen)
    assert chosen.info.column("when").first == "2020-03-02T00:00:00"


def test_lists_of_labels_in_cells_do_not_make_their_sign_the_delimiter(
    settings: Settings, tmp_path: Path
) -> None:
    rows = "".join(f"{row}.5,a{row % 7}|b{row % 5}|c{row % 3}\n" for row in range(400))
    dataset = add(settings, tmp_path, f"size,tags\n{rows}")

    assert dataset.info.column_names == ("size", "tags")
    assert dataset.info.source.options["delimiter"] == ","
