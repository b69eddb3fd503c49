"""Which kinds of layers suit which form of an example, in autoencoders and VAEs."""

from collections.abc import Mapping

from dlstudio.spec.architectures.coder import Body, CoderSpec
from dlstudio.spec.canvas import CanvasKind

SUITED_BODIES: Mapping[CanvasKind, tuple[Body, ...]] = {
    CanvasKind.TABLE: (Body.AUTO, Body.DENSE),
    CanvasKind.IMAGE: (Body.AUTO, Body.DENSE, Body.CONVOLUTIONAL),
    CanvasKind.SOUND: (Body.AUTO, Body.DENSE, Body.CONVOLUTIONAL, Body.RECURRENT),
    CanvasKind.SERIES: (Body.AUTO, Body.DENSE, Body.CONVOLUTIONAL, Body.RECURRENT),
}

_AUTOMATIC = {
    CanvasKind.TABLE: Body.DENSE,
    CanvasKind.IMAGE: Body.CONVOLUTIONAL,
    CanvasKind.SERIES: Body.CONVOLUTIONAL,
    CanvasKind.SOUND: Body.CONVOLUTIONAL,
}

_ROWS = {
    Body.CONVOLUTIONAL: frozenset({"blocks", "decoder_blocks"}),
    Body.RECURRENT: frozenset({"recurrent_layers", "decoder_recurrent_layers"}),
}


def body_for(spec: CoderSpec, kind: CanvasKind) -> Body:
    """The kind of layers in use, which "auto" stands for."""
    return _AUTOMATIC[kind] if spec.body is Body.AUTO else spec.body


def unused_rows(body: Body) -> frozenset[str]:
    """The fields of a `CoderSpec` that hold rows of other kinds of layers than the one in use."""
    return frozenset().union(*(names for kind, names in _ROWS.items() if kind is not body))
