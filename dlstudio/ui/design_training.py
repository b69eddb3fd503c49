"""The part of the Design page that says how the network is trained."""

import streamlit as st

from dlstudio.spec.run import RunSpec
from dlstudio.ui.design_state import Design
from dlstudio.ui.forms import record_form


def show_training(design: Design) -> RunSpec:
    """Show the settings of the training, grouped; return the spec as edited."""
    st.caption("These settings suit most data. The learning rate is the one to try first.")
    training = record_form(design.spec.training, design.place("training"))
    return design.spec.model_copy(update={"training": training})
