"""A button beside each hint about the data that can be answered at once."""

from collections.abc import Sequence
from functools import cached_property

import streamlit as st

from dlstudio.data.catalog import drop_repeated
from dlstudio.data.duplicates import can_drop_repeated
from dlstudio.data.fixes import column_fix, joint_fix, joint_setting, setting_fix
from dlstudio.spec.dataset import DatasetInfo, QualityWarning
from dlstudio.spec.run import RunSpec
from dlstudio.ui import services
from dlstudio.ui.data_columns import save_changes, save_version
from dlstudio.ui.design_drafts import reuse_or_begin
from dlstudio.ui.design_state import first_spec
from dlstudio.ui.navigation import Screen, open_screen

SECTION_OF_FIX = {"class-imbalance": "training", "lists-labels": "task"}
# One way to Design answers every hint of these kinds.
SHARED_FIXES = ("missing-values",)


class WarningFixer:
    """Shows the fixes of one dataset's warnings; the draft of its run is made once.

    Args:
        info: The current version of the dataset.
        target: The column to predict, if one is chosen.
    """

    def __init__(self, info: DatasetInfo, target: str | None) -> None:
        """Note what is shown."""
        self._info = info
        self._target = target

    @cached_property
    def _spec(self) -> RunSpec:
        """The draft of a run, of which some warnings change a setting."""
        return first_spec(self._info, [self._target] if self._target else [])

    def show_button(self, warning: QualityWarning) -> None:
        """Offer the fix of a warning; nothing is shown where only the file can be mended."""
        key = f"fix_{self._info.fingerprint}_{warning.code}_{warning.where}"
        if warning.code == "duplicate-rows":
            self._show_drop_button(key)
            return
        edit = column_fix(self._info, warning)
        if edit is not None:
            if st.button(edit.label, icon=":material/build:", key=key):
                save_changes(self._info, edit.changes)
            return
        setting = setting_fix(self._info, self._spec, warning)
        if setting is not None:
            label, spec = setting
            if st.button(label, icon=":material/arrow_forward:", key=key):
                _open_design(spec, SECTION_OF_FIX.get(warning.code, "columns"))

    def show_joint_button(self, warnings: Sequence[QualityWarning]) -> None:
        """Offer to answer all warnings of a kind at once; nothing where each needs its own."""
        code = warnings[0].code
        key = f"fix_{self._info.fingerprint}_{code}_all"
        edit = joint_fix(self._info, warnings)
        if edit is not None:
            if st.button(edit.label, icon=":material/build:", key=key):
                save_changes(self._info, edit.changes)
            return
        setting = joint_setting(self._info, self._spec, warnings)
        if setting is not None:
            label, spec = setting
            if st.button(label, icon=":material/arrow_forward:", key=key):
                _open_design(spec, SECTION_OF_FIX.get(code, "columns"))

    def show_shared_button(self, warnings: Sequence[QualityWarning]) -> None:
        """Offer the one fix of warnings of a kind in `SHARED_FIXES`; nothing if none has any."""
        answered = next((one for one in warnings if setting_fix(self._info, self._spec, one)), None)
        if answered is not None:
            self.show_button(answered)

    def _show_drop_button(self, key: str) -> None:
        """Offer a version without repeated rows; files are left as they are."""
        if can_drop_repeated(self._info) and st.button(
            "Leave out the repetitions",
            icon=":material/build:",
            help="Makes a new version in which the first of equal rows stays, in the same order.",
            key=key,
        ):
            save_version(self._info, lambda: drop_repeated(services.settings(), self._info.name))


def _open_design(spec: RunSpec, section: str) -> None:
    draft = reuse_or_begin(services.settings(), spec)
    open_screen(Screen.DESIGN, draft=draft.id, section=section)
