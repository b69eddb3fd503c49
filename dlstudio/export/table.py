"""The table of formats in which a trained model can leave the studio."""

from dlstudio.errors import Problem, StudioError
from dlstudio.spec.frozen import Frozen
from dlstudio.spec.messages import nearest


class ExportFormat(Frozen):
    """One format. `is_available` tells whether this version can write it."""

    key: str
    title: str
    description: str
    is_available: bool = False


EXPORT_FORMATS = {
    entry.key: entry
    for entry in (
        ExportFormat(
            key="keras",
            title="Keras file",
            description="One file with preprocessing inside; plain Keras loads it.",
            is_available=True,
        ),
        ExportFormat(key="saved_model", title="SavedModel", description="For TensorFlow Serving."),
        ExportFormat(key="litert", title="LiteRT", description="For phones and small devices."),
        ExportFormat(key="onnx", title="ONNX", description="For other runtimes."),
        ExportFormat(key="script", title="Python script", description="The whole run as code."),
        ExportFormat(key="fastapi", title="FastAPI app", description="A web service."),
        ExportFormat(key="flask", title="Flask app", description="A web service."),
        ExportFormat(key="streamlit", title="Streamlit app", description="A page to try it on."),
        ExportFormat(
            key="capsule", title="Capsule", description="Everything of a run in one file."
        ),
    )
}


def available_formats() -> str:
    """The keys of the formats that this version can write, for a sentence."""
    return ", ".join(key for key, entry in EXPORT_FORMATS.items() if entry.is_available)


def check_format(key: str) -> ExportFormat:
    """Return a format that can be written.

    Args:
        key: A key of `EXPORT_FORMATS`.

    Raises:
        StudioError: The format is unknown or cannot be written by this version.
    """
    found = EXPORT_FORMATS.get(key)
    available = available_formats()
    if found is None:
        guess = nearest(key, EXPORT_FORMATS)
        fix = f"Did you mean {guess!r}?" if guess else f"Choose one of: {available}."
        problem = Problem(f"{key!r} is not an export format.", fix, "--format")
    elif not found.is_available:
        problem = Problem(
            f"This version cannot export {found.title} yet.",
            f"Choose one of: {available}.",
            "--format",
        )
    else:
        return found
    raise StudioError(problem.problem, problem.fix, problem.where)
