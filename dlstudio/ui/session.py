"""Names of everything kept in the session; the store and the address are the truth, not these."""

from enum import StrEnum


class SessionKey(StrEnum):
    """One value in `st.session_state`; widgets' own keys are written beside the widget.

    Only ids and drafts live here: they may be lost at any moment (a refresh is a new session).
    """

    SCREEN = "screen"  # the screen that is open
    DESIGN_REVISION = "design_revision"  # counts changes that did not come from the form
    DESIGN_SHOWN = "design_shown"  # the draft as this tab last showed it
    DESIGN_BEGUN = "design_begun"  # the draft that this tab began and has not changed yet
    DESIGN_CHANGED = "design_changed"  # the one it began last and has changed, as it began
    DESIGN_ORIGINS = "design_origins"  # which draft each draft of this tab parted from
    TRAIN_ASKED = "train_asked"  # id of the draft whose Train button was pressed
    PRESET_ASKED = "preset_asked"  # id of a draft, and the preset that was pressed for it
    CURVE_CHOICES = "curve_choices"  # what the address of the live curves last said
    LAST_PREVIEW = "last_preview"  # draft id and its latest network preview
    COMPONENT_DATA = "component_data"  # number and latest data of each component in the browser
    RUNS_TABLE = "runs_table_shown"  # key of the table of runs and the ids it shows
    COLUMNS_SHOWN = "columns_shown"  # the editor of columns as this page last showed it
    ROW_IN_SPACE = "row_in_space"  # begins the key of which point of a cloud was chosen last
    PREDICT_FIELD = "predict_field"  # begins the keys of the fields of the form on Predict
    PREDICT_TRUTH = "predict_truth"  # what the dataset says about the row in that form
    PREDICT_KNOWN = "predict_known"  # begins the key of a file of what is known in advance


class AddressKey(StrEnum):
    """One query parameter; it says what a page shows, so that any view can be linked to."""

    DATASET = "dataset"
    VERSION = "version"  # fingerprint; absent means the current version
    TAB = "tab"
    DRAFT = "draft"  # id of the draft on the Design page
    SECTION = "section"  # part of the form on the Design page
    TARGET = "target"
    RUN = "run"
    RUNS = "runs"  # comma-separated run ids
    BASELINE = "baseline"  # id of the run that others are measured against
    JOB = "job"
    SERIES = "series"  # of the forecast of a run's own data
    FILE_SERIES = "file_series"  # of the forecast of a file
    METRIC = "metric"  # of the live curves
    ACROSS = "across"  # their horizontal axis
    SMOOTHING = "smoothing"
    LOG = "log"
    SAMPLE = "sample"  # key of the sample whose card is open on Home
