"""Turning the numbers of a VAE's code by sliders, without a browser."""

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from dlstudio.ui.report_turning import choose_turned

pytestmark = pytest.mark.slow  # each opens a page


def page(num_codes: int, information: tuple[float, ...] = ()) -> None:
    import base64

    import numpy as np
    import streamlit as st

    from dlstudio.reports.generated import GeneratedSamples
    from dlstudio.ui import report_turning
    from tests.ui.past_runs import finished

    def drawn(_run: object, request: dict[str, list[list[float]]]) -> GeneratedSamples:
        codes = request["codes"]
        st.session_state.setdefault("asked", []).append(codes)
        data = base64.b64encode(np.zeros((len(codes), 4, 4, 1), "uint8").tobytes()).decode()
        return GeneratedSamples(kind="image", data=data, shape=(len(codes), 4, 4, 1))

    st.session_state["asked"] = []
    # No worker is asked here; that it draws what codes say is tested beside the worker.
    report_turning.drawn_for = drawn
    report_turning.classes_of = lambda _run: []
    report_turning.show_turning(finished("generation"), num_codes, information)


@pytest.fixture(autouse=True)
def as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bring back what the page replaces."""
    from dlstudio.ui import report_turning

    for name in ("drawn_for", "classes_of"):
        monkeypatch.setattr(report_turning, name, getattr(report_turning, name))


def opened(num_codes: int, information: tuple[float, ...] = ()) -> AppTest:
    args = (num_codes, information)
    app = AppTest.from_function(page, default_timeout=60, args=args).run()
    assert not app.exception
    return app


def asked(app: AppTest) -> tuple[np.ndarray, np.ndarray]:
    """The code that is shown, and the codes along one of its numbers."""
    shown, along = app.session_state["asked"]
    return np.asarray(shown), np.asarray(along)


def test_a_slider_sets_its_number_and_a_walk_changes_one_alone() -> None:
    app = opened(3)
    assert len(app.slider) == 3
    app.slider(key="turn.1").set_value(1.5)
    app = app.selectbox(key="turn.along").select(2).run()
    shown, along = asked(app)

    assert shown.tolist() == [[0.0, 1.5, 0.0]]
    assert (along[:, :2] == [0.0, 1.5]).all()
    assert (along[0, 2], along[-1, 2]) == (-3.0, 3.0)
    assert (np.diff(along[:, 2]) > 0).all()


def test_all_numbers_go_back_to_0_at_once() -> None:
    app = opened(3)
    app.slider(key="turn.0").set_value(2.0).run()
    app.button[0].click().run()

    assert not app.exception
    assert asked(app)[0].tolist() == [[0.0, 0.0, 0.0]]


def test_of_long_codes_the_first_sixteen_are_turned_and_it_is_said() -> None:
    app = opened(20)

    assert len(app.slider) == 16
    assert asked(app)[0].shape == (1, 20)
    assert app.caption[-1].value == "The first 16 of 20 numbers; the others stay 0."


def test_the_numbers_that_say_most_are_turned_and_those_asleep_are_counted() -> None:
    app = opened(4, (0.005, 0.3, 0.0, 1.2))

    assert [slider.label for slider in app.slider] == ["Code 4", "Code 2"]
    assert app.caption[-1].value == (
        "The numbers that say most about a row come first. 2 of 4 are asleep: the network ignores "
        "what it does not need, and turning would change next to nothing."
    )
    app.slider(key="turn.1").set_value(1.5)
    app = app.selectbox(key="turn.along").select(1).run()
    shown, along = asked(app)
    assert shown.tolist() == [[0.0, 1.5, 0.0, 0.0]]
    assert (along[0, 1], along[-1, 1]) == (-3.0, 3.0)
    app.button[0].click().run()
    assert asked(app)[0].tolist() == [[0.0, 0.0, 0.0, 0.0]]


def test_of_many_telling_numbers_sixteen_are_turned() -> None:
    places, words = choose_turned(18, [0.1] * 17 + [0.2])

    assert places == [17, *range(15)]
    assert words.endswith("come first. 2 others that say less stay 0.")


def test_a_code_that_is_asleep_as_a_whole_is_called_so() -> None:
    assert choose_turned(3, [0.0, 0.0, 0.01]) == (
        [0, 1, 2],
        "All 3 numbers are asleep: the network ignores them.",
    )
    assert choose_turned(2, [0.0, 0.02]).words.startswith("The numbers that say most")
