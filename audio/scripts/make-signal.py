#!/usr/bin/env python3
"""Nhạc hiệu của Đài: viết bằng công thức, không lấy từ bản nhạc nào.

Makes the station's signal tune as a mono 16-bit WAV: a short tune of our own on the five notes of the northern "điệu Bắc"
scale, on a plucked string (Karplus-Strong) with a soft bell under the last notes. It ends by itself. Every number is fixed,
so the same samples come out each time. Only the standard library is used.

    python3 make-signal.py signal.wav
"""

import array
import math
import random
import sys
import wave

RATE = 44100
BEAT = 0.54  # seconds
LENGTH = 10.2  # seconds; the last second fades to nothing

# Horn loudspeakers carry about 300 Hz to 5 kHz: every note's ground tone lies above 290 Hz.
PITCH = {
    "D4": 293.66, "E4": 329.63, "G4": 392.00, "A4": 440.00, "B4": 493.88,
    "D5": 587.33, "E5": 659.26, "G5": 783.99, "A5": 880.00, "B5": 987.77,
}

# (beat, note, strength). Two calls, an answer, and home.
TUNE = [
    (0.0, "D5", 0.80), (0.5, "E5", 0.60), (1.0, "G5", 0.90), (2.0, "E5", 0.65), (2.5, "D5", 0.60),
    (3.0, "B4", 0.80), (4.0, "D5", 0.70), (4.5, "E5", 0.60), (5.0, "A5", 0.90), (6.0, "G5", 0.70),
    (6.5, "E5", 0.60), (7.0, "D5", 0.80), (8.0, "B4", 0.65), (8.5, "D5", 0.60), (9.0, "E5", 0.70),
    (9.5, "G5", 0.65), (10.0, "A5", 0.85), (11.0, "B5", 0.70), (11.5, "A5", 0.60), (12.0, "G5", 0.95),
    # Open strings below, as a left hand would add them.
    (1.0, "G4", 0.45), (3.0, "G4", 0.40), (5.0, "D4", 0.45), (7.0, "G4", 0.40), (10.0, "D4", 0.45),
    # The last sweep over the strings.
    (13.0, "G4", 0.55), (13.2, "B4", 0.50), (13.4, "D5", 0.50), (13.6, "G5", 0.60), (13.8, "B5", 0.35),
]
BELLS = [(0.0, "G4", 0.10), (12.0, "G4", 0.16), (12.0, "D5", 0.12), (13.8, "G5", 0.10)]


def string(frequency, strength, seconds, seed):
    """One plucked string: a soft burst that goes round a delay line and loses its highs each time."""
    damping = min(0.5, 170.0 / frequency)  # short strings would die too soon with the plain average of two
    loop = RATE / frequency - damping  # the damping filter's own delay, in samples
    size = int(loop)
    fraction = loop - size
    allpass = (1 - fraction) / (1 + fraction)
    noise = random.Random(seed)
    burst = [noise.uniform(-1.0, 1.0) for _ in range(size)]
    for _ in range(3):  # a fingertip rather than a plectrum
        burst = [(burst[i - 1] + 2 * burst[i] + burst[(i + 1) % size]) / 4 for i in range(size)]
    place = max(1, size // 5)  # where the string is plucked
    burst = [burst[i] - 0.8 * burst[i - place] for i in range(size)]
    mean = sum(burst) / size
    burst = [b - mean for b in burst]
    peak = max(abs(b) for b in burst)
    line = [strength * b / peak for b in burst]
    loss = 0.001 ** (1.0 / (frequency * 2.6))  # 60 dB in about 2.6 s
    out, last, kept_in, kept_out = [], 0.0, 0.0, 0.0
    for n in range(int(seconds * RATE)):
        at = n % size
        now = line[at]
        out.append(now)
        softened = loss * ((1 - damping) * now + damping * last)
        last = now
        passed = allpass * softened + kept_in - allpass * kept_out
        kept_in, kept_out = softened, passed
        line[at] = passed
    return eased(out, 0.003)


def bell(frequency, strength, seconds):
    """A small bronze bell far away: three partials, the higher ones die first."""
    parts = [(1.0, 1.0, 2.4), (2.0, 0.45, 1.5), (3.01, 0.20, 0.8)]
    out = []
    for n in range(int(seconds * RATE)):
        t = n / RATE
        out.append(strength * sum(
            level * math.exp(-t * 3 / decay) * math.sin(2 * math.pi * frequency * ratio * t)
            for ratio, level, decay in parts))
    return eased(out, 0.02)


def eased(sound, attack_seconds):
    """No click at either end."""
    attack, release = int(attack_seconds * RATE), int(0.3 * RATE)
    for n in range(attack):
        sound[n] *= n / attack
    for n in range(release):
        sound[-1 - n] *= n / release
    return sound


def add(mix, sound, seconds):
    start = int(seconds * RATE)
    for n, value in enumerate(sound[: len(mix) - start]):
        mix[start + n] += value


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: make-signal.py OUT.wav")
    mix = [0.0] * int(LENGTH * RATE)
    for number, (beat, note, strength) in enumerate(TUNE):
        at = 0.05 + beat * BEAT
        add(mix, string(PITCH[note], strength, min(3.2, LENGTH - at), 1000 + number), at)
    for beat, note, strength in BELLS:
        at = 0.05 + beat * BEAT
        add(mix, bell(PITCH[note], strength, min(3.2, LENGTH - at)), at)
    # A courtyard's worth of echo.
    for delay, level in ((0.061, 0.18), (0.113, 0.11)):
        shift = int(delay * RATE)
        for n in range(len(mix) - 1, shift - 1, -1):
            mix[n] += level * mix[n - shift]
    fade = int(1.0 * RATE)
    for n in range(fade):
        mix[-1 - n] *= 0.5 - 0.5 * math.cos(math.pi * n / fade)
    peak = max(abs(v) for v in mix)
    samples = array.array("h", (round(v / peak * 0.7 * 32767) for v in mix))
    if sys.byteorder == "big":
        samples.byteswap()
    with wave.open(sys.argv[1], "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(samples.tobytes())


if __name__ == "__main__":
    main()
