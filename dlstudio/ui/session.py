"""Names of everything kept in the session; the store and the address are the truth, not these."""

from enum import StrEnum


class SessionKey(StrEnum):
    """One value in `st.session_state`; widgets' own keys are written beside the widget.

    Only ids and drafts live here: they may be lost at any moment (a refresh is a new session).
    """

    UPLOAD = "upload"  # id of the finished upload that waits to be read
    DATA_JOB = "data_job"  # id of the reading job that this page watches
    DRAFT_SPEC = "draft_spec"  # YAML of the spec on the Design page
    DRAFT_SAMPLE = "draft_sample"  # key of the sample whose card was clicked on Home
    CHOSEN_RUNS = "chosen_runs"  # ids of the runs ticked on the Runs page


class AddressKey(StrEnum):
    """One query parameter; it says what a page shows, so that any view can be linked to."""

    DATASET = "dataset"
    VERSION = "version"  # fingerprint; absent means the current version
    TAB = "tab"
    TARGET = "target"
    RUN = "run"
    RUNS = "runs"  # comma-separated run ids
    JOB = "job"
