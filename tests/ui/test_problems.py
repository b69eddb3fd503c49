"""How problems are shown."""

from streamlit.testing.v1 import AppTest

from dlstudio.errors import Problem
from dlstudio.ui.problems import problem_text


def test_a_problem_names_its_place_and_its_fix() -> None:
    text = problem_text(Problem("It is too large.", "Make it smaller.", "learning_rate"))
    assert text.startswith("**learning\\_rate**: It is too large.")
    assert "**To fix it:** Make it smaller." in text


def test_a_place_that_is_no_field_of_the_screen_is_not_named() -> None:
    text = problem_text(Problem("The disk is full.", "Free some space.", "disk"))
    assert text.startswith("The disk is full.")


def test_a_place_can_be_left_out() -> None:
    text = problem_text(Problem("A.", "B.", "c"), with_place=False)
    assert text.startswith("A.")


def test_only_the_problems_of_a_field_are_shown_beside_it() -> None:
    def page() -> None:
        import streamlit as st

        from dlstudio.errors import Problem
        from dlstudio.ui.problems import show_problems

        problems = [
            Problem("First.", "Fix 1.", "training.schedule.kind"),
            Problem("Second.", "Fix 2.", "training"),
            Problem("Third.", "Fix 3.", "trainings"),
        ]
        st.write(show_problems(problems, where="training"), show_problems(problems, where="split"))

    app = AppTest.from_function(page, default_timeout=60).run()
    assert [error.value.split("  \n")[0] for error in app.error] == ["First.", "Second."]
    assert [text.value for text in app.markdown] == ["`True` `False`"]


def test_a_part_that_fails_is_told_there_and_the_page_goes_on() -> None:
    def page() -> None:
        import streamlit as st

        from dlstudio.errors import DataError
        from dlstudio.ui.problems import showing_problems

        with showing_problems():
            raise DataError("The file is empty.", "Choose another file.", "a.csv")
        st.write("still here")

    app = AppTest.from_function(page, default_timeout=60).run()
    assert "The file is empty." in app.error[0].value
    assert app.markdown[0].value == "still here"


def test_an_unexpected_error_shows_a_card_with_details_and_no_traceback() -> None:
    def page() -> None:
        from dlstudio.ui.on_error import show_script_error

        try:
            raise RuntimeError("the inner workings")
        except RuntimeError as error:
            show_script_error(error)

    app = AppTest.from_function(page, default_timeout=60).run()
    assert "Something went wrong in the studio" in app.subheader[0].value
    assert "RuntimeError: the inner workings" in app.code[0].value
    assert not app.exception


def test_a_problem_that_no_page_handled_is_still_the_users_problem() -> None:
    def page() -> None:
        from dlstudio.errors import NotFoundError
        from dlstudio.ui.on_error import show_script_error

        show_script_error(NotFoundError("There is no run 'x'.", "Choose another.", "run"))

    app = AppTest.from_function(page, default_timeout=60).run()
    assert "There is no run" in app.error[0].value


def test_a_full_disk_is_told_as_such() -> None:
    def page() -> None:
        import errno

        from dlstudio.ui.on_error import show_script_error

        show_script_error(OSError(errno.ENOSPC, "No space left on device"))

    app = AppTest.from_function(page, default_timeout=60).run()
    assert "The disk is full." in app.error[0].value
    assert "Free some space" in app.error[0].value
    assert not app.subheader


def test_a_database_that_does_not_answer_is_no_fault_of_the_studio() -> None:
    def page() -> None:
        from sqlalchemy.exc import OperationalError

        from dlstudio.ui.on_error import show_script_error

        show_script_error(OperationalError("SELECT", {}, Exception("database is locked")))

    app = AppTest.from_function(page, default_timeout=60).run()
    assert "The store of runs does not answer" in app.error[0].value
    assert "database is locked." in app.error[0].value
    assert not app.subheader
