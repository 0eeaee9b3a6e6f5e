"""What a sound file is, by its content; written anew, so that nothing but sound is kept.

Wave files are read by the standard library and become one channel of 16 bits. Of an MP3 only whole frames are
kept: what lies before, between or behind them, such as names and pictures, is left out.
"""

from __future__ import annotations

import io
import math
import struct
import wave
from array import array
from collections.abc import Iterator
from dataclasses import dataclass

from mrc.hotline.states import AudioType

RATES = range(8_000, 48_001)
BITRATES = {
    3: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    2: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
    0: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
"""Kilobits a second of layer III by version: 3 is MPEG 1, 2 is MPEG 2, 0 is MPEG 2.5."""
FREQUENCIES = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8_000)}
FEWEST_FRAMES = 3
"""Fewer may be two bytes that look like a frame by chance."""


class NotSound(Exception):
    """The bytes are no sound that the provider plays."""


@dataclass(frozen=True)
class Sound:
    """A sound file as we keep it."""

    audio_type: AudioType
    content: bytes
    milliseconds: int


def read_sound(data: bytes) -> Sound:
    """The sound in a file, written anew. Raises NotSound."""
    sound = _wave(data) if data[:4] == b"RIFF" and data[8:12] == b"WAVE" else _mp3(data)
    if not sound.milliseconds:
        raise NotSound
    return sound


def tone(milliseconds: int, hertz: int) -> bytes:
    """A sine tone as a wave file, quiet at both ends: what the demo plays where a voice belongs."""
    rate, count = 8_000, 8 * milliseconds
    fade = min(400, count // 4)
    samples = array("h", bytes(2 * count))
    for place in range(count):
        loud = min(1.0, place / fade, (count - place) / fade)
        samples[place] = int(6_000 * loud * math.sin(2 * math.pi * hertz * place / rate))
    return _written(samples, rate).content


def _wave(data: bytes) -> Sound:
    try:
        with wave.open(io.BytesIO(data)) as file:
            channels, width, rate = file.getnchannels(), file.getsampwidth(), file.getframerate()
            if channels not in {1, 2} or width not in {1, 2} or rate not in RATES:
                raise NotSound
            frames = file.readframes(file.getnframes())
    except (wave.Error, EOFError, struct.error, ValueError, RuntimeError):
        raise NotSound from None
    whole = frames[: len(frames) - len(frames) % (channels * width)]
    samples = array("h", whole) if width == 2 else array("h", ((byte - 128) << 8 for byte in whole))
    if channels == 2:
        pairs = zip(samples[::2], samples[1::2], strict=True)
        samples = array("h", ((left + right) // 2 for left, right in pairs))
    return _written(samples, rate)


def _written(samples: array[int], rate: int) -> Sound:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples.tobytes())
    return Sound(AudioType.WAV, out.getvalue(), len(samples) * 1000 // rate)


def _mp3(data: bytes) -> Sound:
    kept, length = [], 0.0
    for frame, seconds in _frames(data):
        kept.append(frame)
        length += seconds
    if len(kept) < FEWEST_FRAMES:
        raise NotSound
    return Sound(AudioType.MP3, b"".join(kept), int(length * 1000))


def _frames(data: bytes) -> Iterator[tuple[bytes, float]]:
    """The frames of an MP3 that follow each other from the first on: (bytes, seconds)."""
    place = _behind_tag(data)
    while (size := _frame_size(data, place)) is not None and place + size[0] <= len(data):
        yield data[place : place + size[0]], size[1]
        place += size[0]


def _behind_tag(data: bytes) -> int:
    if data[:3] != b"ID3" or len(data) < 10:
        return 0
    size = 0
    for byte in data[6:10]:
        size = size << 7 | byte & 0x7F
    return 10 + size


def _frame_size(data: bytes, place: int) -> tuple[int, float] | None:
    """How long the layer III frame at a place is, in bytes and seconds; None where there is none."""
    head = data[place : place + 4]
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0 or head[1] >> 1 & 3 != 1:
        return None
    version, bits, frequency = head[1] >> 3 & 3, head[2] >> 4, head[2] >> 2 & 3
    if version == 1 or not 0 < bits < 15 or frequency == 3:
        return None
    hertz, kilobits = FREQUENCIES[version][frequency], BITRATES[version][bits]
    samples = 1152 if version == 3 else 576
    return samples // 8 * kilobits * 1000 // hertz + (head[2] >> 1 & 1), samples / hertz
