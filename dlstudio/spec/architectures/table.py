"""The table of architectures: a new one is registered here and in `dlstudio.models`."""

from typing import Annotated

from pydantic import Field

from dlstudio.spec.architectures.fnn import FNN_PRESETS, FnnSpec

ARCHITECTURES = {"fnn": FnnSpec}

ARCHITECTURE_TITLES = {"fnn": "Feed-forward network (FNN)"}

ARCHITECTURE_PRESETS = {"fnn": FNN_PRESETS}

ArchitectureSpec = Annotated[FnnSpec, Field(title="Architecture")]
