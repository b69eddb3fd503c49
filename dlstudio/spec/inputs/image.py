"""How an image column becomes numbers: one size for all, and small changes while training."""

from enum import StrEnum

from pydantic import Field

from dlstudio.spec.fields import form_hints
from dlstudio.spec.media import ImageSummary
from dlstudio.spec.part import SpecPart

# Up to this side images keep their size; larger ones are brought to DEFAULT_SIDE.
LARGEST_KEPT_SIDE = 64
DEFAULT_SIDE = 96
AUGMENTATION = "Augmentation"


class ImageFit(StrEnum):
    """How an image of another shape is brought to the size of the network's input."""

    STRETCH = "stretch"
    CROP = "crop"
    PAD = "pad"


class ImageChannels(StrEnum):
    """What each pixel holds."""

    AUTO = "auto"
    GREY = "grey"
    COLOR = "color"
    COLOR_ALPHA = "color_alpha"

    @property
    def num_values(self) -> int:
        """Numbers a pixel; 0 while it is not decided."""
        return {"auto": 0, "grey": 1, "color": 3, "color_alpha": 4}[self.value]


class ImageDepth(StrEnum):
    """How many steps there are from black to white."""

    AUTO = "auto"
    BITS_8 = "8"
    BITS_16 = "16"


class Flip(StrEnum):
    """Mirrored copies seen in training."""

    NONE = "none"
    HORIZONTAL = "horizontal"
    VERTICAL = "vertical"
    BOTH = "both"


class ImagePreprocessing(SpecPart):
    """An image column."""

    width: int | None = Field(
        default=None,
        ge=8,
        le=1024,
        title="Width",
        description="Pixels across that the network sees. More show finer detail and cost time "
        "and memory; too few blur what matters. Automatic keeps images up to 64 pixels and brings "
        "larger ones to 96.",
    )
    height: int | None = Field(
        default=None,
        ge=8,
        le=1024,
        title="Height",
        description="Pixels down that the network sees. More show finer detail and cost time and "
        "memory; too few blur what matters. Automatic keeps images up to 64 pixels and brings "
        "larger ones to 96.",
    )
    fit: ImageFit = Field(
        default=ImageFit.CROP,
        title="Other shapes",
        description="Images of another shape are cropped at the edges, padded with black, or "
        "stretched. Pad if what matters may be at the edge.",
    )
    channels: ImageChannels = Field(
        default=ImageChannels.AUTO,
        title="Colour",
        description="Automatic takes grey if all images are grey, else colour. Choose grey if "
        "colour tells nothing: it is faster. Colour and transparency also shows which parts can "
        "be seen through.",
    )
    depth: ImageDepth = Field(
        default=ImageDepth.AUTO,
        title="Depth",
        description="Bits a pixel and channel: 8 tell 256 shades apart, 16 tell 65,536. Automatic "
        "takes 16 if images have them, as X-rays, microscopes and editors of photos write them, "
        "and spreads their darkest to their lightest shade over the network's range. 8 takes half "
        "the memory.",
    )
    flip: Flip = Field(
        default=Flip.NONE,
        title="Flip",
        description="Also trains on mirrored images. Horizontal swaps left and right and suits "
        "photos of things; vertical and both suit views from above, such as cells and satellite "
        "pictures. None for letters, digits and anything where left and right differ.",
        json_schema_extra=form_hints(AUGMENTATION),
    )
    crop: float = Field(
        default=0.0,
        ge=0.0,
        le=0.8,
        title="Random crop",
        description="Trains on parts of images, enlarged to the whole size: at 0.2 each part is a "
        "window of 80 % of the width and height, at a place chosen at random. Suits photos whose "
        "subject is anywhere; leave it off (0) where what matters may lie at the edge. 0.1 to 0.3 "
        "is usual; too much cuts the subject away.",
        json_schema_extra=form_hints(AUGMENTATION),
    )
    shift: float = Field(
        default=0.08,
        ge=0.0,
        le=0.5,
        title="Shift",
        description="Moves images at random by up to this share of their size, so that the place "
        "in the picture does not matter. 0.05 to 0.15 is usual; too much moves what matters out "
        "of sight. 0 turns it off.",
        json_schema_extra=form_hints(AUGMENTATION),
    )
    rotation: float = Field(
        default=8.0,
        ge=0.0,
        le=180.0,
        title="Rotation",
        description="Turns images at random by up to this many degrees. 5 to 20 suits photos and "
        "handwriting; too much makes a 6 look like a 9. 0 turns it off.",
        json_schema_extra=form_hints(AUGMENTATION),
    )
    zoom: float = Field(
        default=0.08,
        ge=0.0,
        le=0.5,
        title="Zoom",
        description="Enlarges or shrinks images around their middle at random by up to this "
        "share, so that size does not matter. 0.05 to 0.2 is usual; too much cuts off edges. 0 "
        "turns it off.",
        json_schema_extra=form_hints(AUGMENTATION),
    )
    brightness: float = Field(
        default=0.0,
        ge=0.0,
        le=0.8,
        title="Brightness",
        description="Makes images lighter or darker at random by up to this share, as changing "
        "light does. 0.1 to 0.3 is usual; too much makes them white or black. 0 turns it off.",
        json_schema_extra=form_hints(AUGMENTATION),
    )
    contrast: float = Field(
        default=0.0,
        ge=0.0,
        le=0.8,
        title="Contrast",
        description="Strengthens or weakens contrast at random by up to this share, as fog or "
        "another camera does. 0.1 to 0.3 is usual; too much hides details. 0 turns it off.",
        json_schema_extra=form_hints(AUGMENTATION),
    )
    color: float = Field(
        default=0.0,
        ge=0.0,
        le=0.8,
        title="Colour change",
        description="Changes the colours' strength at random by up to this share; without effect "
        "on grey images. 0.1 to 0.3 is usual; leave it off (0) where the shade of a colour tells "
        "what it is, and too much makes it meaningless.",
        json_schema_extra=form_hints(AUGMENTATION),
    )

    @property
    def shape(self) -> tuple[int, int, int]:
        """Height, width and channels of the network's input; only after `resolve_image`."""
        return (
            self.height or DEFAULT_SIDE,
            self.width or DEFAULT_SIDE,
            self.channels.num_values or 3,
        )


def resolve_image(settings: ImagePreprocessing, summary: ImageSummary | None) -> ImagePreprocessing:
    """Replace what is left empty by what suits the images.

    Args:
        settings: What was asked.
        summary: What the profile found; None if the column was never profiled.

    Returns:
        Settings with width, height, channels and depth decided.
    """
    channels = settings.channels
    if channels is ImageChannels.AUTO:
        is_grey = summary is not None and summary.num_channels == 1
        channels = ImageChannels.GREY if is_grey else ImageChannels.COLOR
    depth = settings.depth
    if depth is ImageDepth.AUTO:
        is_deep = summary is not None and summary.bits > 8
        depth = ImageDepth.BITS_16 if is_deep else ImageDepth.BITS_8
    width, height = _automatic_size(summary)
    return settings.model_copy(
        update={
            "width": settings.width or settings.height or width,
            "height": settings.height or settings.width or height,
            "channels": channels,
            "depth": depth,
        }
    )


def _automatic_size(summary: ImageSummary | None) -> tuple[int, int]:
    if summary is None:
        return DEFAULT_SIDE, DEFAULT_SIDE
    width, height = summary.width.median, summary.height.median
    if max(width, height) <= LARGEST_KEPT_SIDE:
        return max(8, round(width)), max(8, round(height))
    return DEFAULT_SIDE, DEFAULT_SIDE
