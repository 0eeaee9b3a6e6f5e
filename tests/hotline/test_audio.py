"""Only sound is kept of a sound file."""

from __future__ import annotations

import io
import wave

import pytest

from mrc.hotline.audio import NotSound, read_sound, tone
from mrc.hotline.states import AudioType

FRAME = bytes([0xFF, 0xFB, 0x90, 0x00]) + bytes(413)
"""A frame of MPEG 1 layer III, 128 kilobits and 44,100 samples a second: 417 bytes, 26 milliseconds."""


def made(channels: int, width: int, rate: int, frames: int = 800) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(width)
        file.setframerate(rate)
        file.writeframes(bytes(frames * channels * width))
    return out.getvalue()


@pytest.mark.parametrize(("channels", "width"), [(1, 1), (1, 2), (2, 1), (2, 2)])
def test_waves_become_one_channel_of_sixteen_bits(channels: int, width: int) -> None:
    sound = read_sound(made(channels, width, 8_000))
    assert (sound.audio_type, sound.milliseconds) == (AudioType.WAV, 100)
    with wave.open(io.BytesIO(sound.content)) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getnframes()) == (1, 2, 800)


def test_what_hides_in_a_wave_is_left_out() -> None:
    hidden = made(1, 2, 8_000) + b"LIST\x14\x00\x00\x00INFOIARTsomebody\x00"
    assert b"somebody" not in read_sound(hidden).content


def test_an_mp3_keeps_its_frames_alone() -> None:
    tag = b"ID3\x04\x00\x00\x00\x00\x00\x0asomebody!!"
    sound = read_sound(tag + FRAME * 40 + b"TAGsomebody")
    assert (sound.audio_type, sound.content) == (AudioType.MP3, FRAME * 40)
    assert sound.milliseconds == 1_044


@pytest.mark.parametrize(
    "data",
    [b"", b"RIFF", b"RIFF\x00\x00\x00\x00WAVE", b"\xff\xfb\x90", FRAME, b"<html></html>" * 50,
     made(1, 2, 8_000, 0), made(1, 2, 96_000), made(4, 2, 8_000), made(1, 4, 8_000), b"OggS" + bytes(500),
     b"\x1aE\xdf\xa3" + bytes(500), bytes(10_000)],
)  # fmt: skip
def test_what_is_no_sound_is_refused(data: bytes) -> None:
    with pytest.raises(NotSound):
        read_sound(data)


def test_a_tone_is_as_long_as_asked() -> None:
    assert read_sound(tone(500, 440)).milliseconds == 500
