"""The Home page: what this is, the road, the last runs and the machine."""

import streamlit as st

from dlstudio.runs.records import RunRecord
from dlstudio.ui import services
from dlstudio.ui.formats import ago_s, count, escape_markdown, size, small
from dlstudio.ui.headline import headline_help, headline_of
from dlstudio.ui.list_row import list_row
from dlstudio.ui.machine import Machine, look_at_machine
from dlstudio.ui.navigation import Screen, link_screen, open_screen
from dlstudio.ui.page_header import show_empty_state
from dlstudio.ui.run_status import STATUS_LOOKS

NUM_LAST_RUNS = 5

_ROAD = (
    (Screen.DATA, "Upload a table, or a ZIP of images, sounds, videos, texts or recordings."),
    (Screen.DESIGN, "Choose what to predict; a good network is drafted for you."),
    (Screen.TRAIN, "Press Train and watch the network learn."),
    (Screen.RUNS, "See how good it is and compare what you tried."),
    (Screen.PREDICT, "Ask it about new rows or files, or download it."),
)


def show_welcome() -> None:
    """Say in one breath what the studio does, and offer the first step."""
    st.title("Train a neural network on your own data", anchor=False)
    st.markdown(
        "Tables, images, texts, sounds, videos, time series and sensor recordings. No code and no "
        "account: everything stays on this machine."
    )
    if st.button("Add your data", icon=":material/upload:", type="primary", key="home_add_data"):
        open_screen(Screen.DATA)


def show_road() -> None:
    """Show the five steps from data to predictions, each a link to its page."""
    st.header("How it works", anchor=False)
    with st.grid(len(_ROAD), min_column_width=190):
        for step, (screen, text) in enumerate(_ROAD, start=1):
            with st.container(border=True, height="stretch", gap="xxsmall"):
                link_screen(screen, f"**{step}. {screen.value.capitalize()}**")
                st.caption(text)


def show_last_runs() -> None:
    """List the newest runs, each a link to what it is doing or has done."""
    st.header("Your last runs", anchor=False)
    runs = services.store().list_runs(limit=NUM_LAST_RUNS)
    if not runs:
        show_empty_state(
            "No runs yet",
            "A run is one training of one network. Start with a sample above, or add your data.",
            ":material/directions_run:",
        )
        return
    for run in runs:
        _show_run(run)
    link_screen(Screen.RUNS, "All runs", icon=":material/arrow_forward:")


def show_machine() -> None:
    """Show what training has to work with here."""
    st.header("This machine", anchor=False)
    machine = _machine()
    with st.grid(4, min_column_width=200):
        st.metric(
            "Processor",
            count(machine.num_cores, "core"),
            f"{machine.cpu_percent:.0f} % busy",
            delta_color="off",
            delta_arrow="off",
            border=True,
            help=f"Processor cores that training may use. {machine.system}.",
        )
        st.metric(
            "Memory",
            size(machine.memory_bytes),
            f"{size(machine.free_memory_bytes)} free",
            delta_color="off",
            delta_arrow="off",
            border=True,
            help="Training needs about 1 GB for itself, and room for the data.",
        )
        _show_gpus(machine)
        st.metric(
            "Disk",
            size(machine.free_disk_bytes),
            "free",
            delta_color="off",
            delta_arrow="off",
            border=True,
            help=f"Datasets and runs are kept in {services.settings().home}.",
        )


def _show_run(run: RunRecord) -> None:
    what, news = list_row()
    with what:
        screen = Screen.RUNS if run.status.is_over else Screen.TRAIN
        link_screen(screen, f"**{escape_markdown(run.name)}**", run=run.id)
        status, dataset = STATUS_LOOKS[run.status].badge, escape_markdown(run.dataset)
        st.markdown(f"{status} {small(f'on {dataset}')}", width="content")
    news.markdown(
        f"{headline_of(run)} {small(ago_s(run.created_at))}",
        width="content",
        help=headline_help(run),
    )


def _show_gpus(machine: Machine) -> None:
    names = ", ".join(gpu.name for gpu in machine.gpus)
    memory_bytes = sum(gpu.memory_bytes for gpu in machine.gpus)
    free_bytes = memory_bytes - sum(gpu.used_bytes for gpu in machine.gpus)
    memory = f"{size(free_bytes)} of {size(memory_bytes)} free"
    st.metric(
        "Graphics card (GPU)",
        names or "None found",
        memory if names else "training uses the processor",
        delta_color="off",
        delta_arrow="off",
        border=True,
        help="An NVIDIA graphics card makes large networks train many times faster. Tables "
        "and small images train well without one.",
    )


@st.cache_data(ttl=10, show_spinner=False)
def _machine() -> Machine:
    return look_at_machine(services.settings().home)
