"""Pages opened without a browser."""

from streamlit.testing.v1 import AppTest

from dlstudio.settings import studio_folder

ROUTER = studio_folder() / "dlstudio" / "ui" / "router.py"


def open_page(name: str, **address: str) -> AppTest:
    """Open a page of the studio under an address.

    Args:
        name: The page's file in `pages/`, without its ending.
        address: Query parameters.
    """
    app = AppTest.from_file(str(ROUTER), default_timeout=60).run()
    app.switch_page(f"../../pages/{name}.py")
    for key, value in address.items():
        app.query_params[key] = value
    return app.run()


def words_of(app: AppTest) -> str:
    """Everything that a page says in words, one block a line."""
    blocks = [*app.title, *app.header, *app.subheader, *app.markdown, *app.caption]
    boxes = [*app.info, *app.success, *app.warning, *app.error]
    return "\n".join(str(block.value) for block in [*blocks, *boxes])
