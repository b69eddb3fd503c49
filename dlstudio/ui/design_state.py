"""The draft that the Design page shows: found by its address, saved with every change.

What an address of a run or a dataset begins is stored with its first change, which puts its id into
the address as well: who only looks leaves no draft behind, and Back leads to where they came from.
"""

from dataclasses import dataclass
from typing import NoReturn

import streamlit as st

from dlstudio.data.catalog import open_dataset
from dlstudio.data.dataset import Dataset
from dlstudio.data.label_lists import with_labels
from dlstudio.errors import Problem
from dlstudio.spec.check import check_spec
from dlstudio.spec.dataset import ColumnRole, DatasetInfo
from dlstudio.spec.defaults import default_spec, usable_inputs
from dlstudio.spec.run import DatasetRef, RunSpec
from dlstudio.spec.task import TaskKind, TaskSpec
from dlstudio.ui import services
from dlstudio.ui.design_defaults import usual_name
from dlstudio.ui.design_drafts import Draft, new_draft, read_draft
from dlstudio.ui.design_tabs import begun_draft, keep_draft, own_draft, widget_key
from dlstudio.ui.forms import FormPlace
from dlstudio.ui.session import AddressKey, SessionKey


@dataclass(frozen=True)
class Design:
    """What the page works on.

    Attributes:
        draft: The draft as it is stored.
        info: The dataset that it names.
        problems: Everything that keeps its spec from being trained.
        key: Beginning of the widgets' keys; another one when the spec was changed from outside
            the widgets, so that they begin afresh.
    """

    draft: Draft
    info: DatasetInfo
    problems: tuple[Problem, ...]
    key: str

    @property
    def spec(self) -> RunSpec:
        """The spec as it is now."""
        return self.draft.spec

    def place(self, where: str, *skip: str) -> FormPlace:
        """The place of a form for one record of the spec."""
        return FormPlace(where, f"{self.key}.{where}", self.problems, skip=frozenset(skip))


def open_design() -> Design | None:
    """Open the draft that the address names, or begin one from its run or dataset.

    Returns:
        The design; None if the address names nothing.

    Raises:
        StudioError: What the address names does not exist.
    """
    draft = _open_draft()
    if draft is None:
        return None
    ref = draft.spec.dataset
    info = with_labels(dataset_version(ref.name, ref.fingerprint), draft.spec).info
    return Design(draft, info, check_spec(draft.spec, info), widget_key(draft.id))


def _open_draft() -> Draft | None:
    """The draft of the address; one that begins from a run or a dataset is not stored yet."""
    address, settings = st.query_params, services.settings()
    if AddressKey.DRAFT in address:
        return own_draft(settings, read_draft(settings, address[AddressKey.DRAFT]))
    if AddressKey.RUN in address:
        return begun_draft(settings, services.store().get_run(address[AddressKey.RUN]).spec)
    if AddressKey.DATASET in address:
        info = dataset_info(address[AddressKey.DATASET])
        return begun_draft(settings, first_spec(info, address.get_all(AddressKey.TARGET)))
    return None


def save_edit(design: Design, spec: RunSpec) -> None:
    """Store what the widgets say; the page runs again so that it shows what follows from it."""
    if spec != design.spec:
        keep_draft(services.settings(), design.draft.with_spec(spec))
        st.rerun()


def replace_spec(design: Design, spec: RunSpec) -> NoReturn:
    """Store a spec that did not come from the widgets; they begin afresh with it."""
    store_draft(design.draft.with_spec(spec))


def store_draft(draft: Draft) -> NoReturn:
    """Store a changed draft and show it; all widgets begin afresh."""
    begin_afresh()
    keep_draft(services.settings(), draft)
    st.rerun()


def begin_afresh() -> None:
    """Make all widgets of the next run take their values from the draft."""
    before = st.session_state.get(SessionKey.DESIGN_REVISION, 0)
    st.session_state[SessionKey.DESIGN_REVISION] = before + 1


def first_spec(info: DatasetInfo, targets: list[str]) -> RunSpec:
    """Draft a spec for a dataset; if no target is known yet, everything but the target.

    Args:
        info: The dataset.
        targets: Columns to predict; empty takes those with the role target.
    """
    if targets or info.with_role(ColumnRole.TARGET):
        return default_spec(info, targets)
    task = TaskSpec(kind=TaskKind.CLASSIFICATION, inputs=usable_inputs(info, ()), targets=())
    ref = DatasetRef(name=info.name, fingerprint=info.fingerprint)
    return RunSpec(name=usual_name(info.name, "fnn"), dataset=ref, task=task)


def move_to_dataset(design: Design, name: str) -> NoReturn:
    """Begin a new draft for another dataset that keeps network and training."""
    spec = first_spec(dataset_info(name), [])
    network = design.spec.architecture
    kept = {"architecture": network, "training": design.spec.training}
    named = {"name": usual_name(name, network.kind)}
    _show_draft(new_draft(services.settings(), spec.model_copy(update={**kept, **named})))


def dataset_info(name: str, fingerprint: str | None = None) -> DatasetInfo:
    """Describe a dataset version; the current one if no fingerprint is given.

    Raises:
        NotFoundError: There is no such dataset or version.
    """
    return dataset_version(name, fingerprint).info


def dataset_version(name: str, fingerprint: str | None = None) -> Dataset:
    """Open a dataset version; the current one if no fingerprint is given.

    Raises:
        NotFoundError: There is no such dataset or version.
    """
    if fingerprint is None:
        return open_dataset(services.settings(), name)
    return _version(str(services.settings().home), name, fingerprint)


@st.cache_resource(max_entries=16, show_spinner=False)
def _version(_home: str, name: str, fingerprint: str) -> Dataset:
    return open_dataset(services.settings(), name, fingerprint)


def _show_draft(draft: Draft) -> NoReturn:
    """Put a draft into the address in place of what it was made from."""
    st.query_params[AddressKey.DRAFT] = draft.id  # first: each change is a step for Back
    for key in (AddressKey.RUN, AddressKey.DATASET, AddressKey.TARGET, AddressKey.VERSION):
        if key in st.query_params:
            del st.query_params[key]
    begin_afresh()
    st.rerun()
