"""Pictures: painted anew, so that nothing but what is seen goes on."""

from __future__ import annotations

from io import BytesIO

from PIL import Image, ImageOps

from mrc.attachments.cleaning.answers import Clean, Fault, Unfit

MOST_PIXELS = 50_000_000
"""What the cameras of today's phones make; in memory four bytes each."""
LONGEST_SIDE = 4_000
"""Pixels: an A4 page at 340 dots per inch."""
PREVIEW_SIDE = 640
QUALITY = 85
FORMATS = {"jpeg": "JPEG", "png": "PNG", "webp": "WEBP"}
DEEP_GREY = 256

# Asked by us, before anything is decoded; Pillow itself would only warn.
Image.MAX_IMAGE_PIXELS = None


def clean_picture(data: bytes, file_type: str) -> Clean:
    """Turn a picture upright, make it no larger than needed, and paint it on an empty sheet."""
    try:
        with Image.open(BytesIO(data), formats=[FORMATS[file_type]]) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise Unfit(Fault.FLOOD)
            # Some phones hide a second picture or a film behind a JPEG; the first one is the picture.
            if file_type != "jpeg" and getattr(opened, "n_frames", 1) > 1:
                raise Unfit(Fault.MOVING)
            opened.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            upright = ImageOps.exif_transpose(_plain(opened))
    except (OSError, SyntaxError, ValueError, EOFError, IndexError, TypeError, KeyError):
        raise Unfit(Fault.DAMAGED) from None
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    painted = Image.new(upright.mode, upright.size)
    painted.paste(upright)
    content = BytesIO()
    painted.save(content, FORMATS[file_type], quality=QUALITY)
    return Clean(
        file_type,
        content.getvalue(),
        preview=_preview(painted),
        width=painted.width,
        height=painted.height,
    )


def _plain(opened: Image.Image) -> Image.Image:
    """The picture in grey, colour, or colour with transparency. What it says of itself comes along until it
    was turned upright.
    """
    opened.load()
    if opened.mode.startswith(("I", "F")):
        # Sixteen bits of grey; converted as they are, all but the darkest would become white.
        return opened.convert("I").point(lambda value: value * (1 / DEEP_GREY)).convert("L")
    if opened.mode in {"1", "L"}:
        return opened.convert("L")
    is_see_through = "A" in opened.mode or "a" in opened.mode or "transparency" in opened.info
    return opened.convert("RGBA" if is_see_through and opened.format != "JPEG" else "RGB")


def _preview(painted: Image.Image) -> bytes:
    small = painted.copy()
    small.thumbnail((PREVIEW_SIDE, PREVIEW_SIDE))
    if small.mode == "RGBA":
        white = Image.new("RGBA", small.size, "white")
        small = Image.alpha_composite(white, small).convert("RGB")
    content = BytesIO()
    small.save(content, "JPEG", quality=QUALITY)
    return content.getvalue()
