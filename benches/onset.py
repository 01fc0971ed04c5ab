#!/usr/bin/env python3
"""How late a start is heard: Loaxa and its peers, at the monitor of a sound server's null sink.

    cargo build --release
    python3 benches/onset.py [--starts 60] [--every 4] [--only loaxa,mpv,liquidsoap] [--load]

Every program is given the same tone and the same instants, whole seconds of the wall clock. The capture is laid on the wall clock by its
earliest arrivals, which leaves a delay of the server's own, the same for all programs of a run: compare medians with each other, and read
the spread (95 of 100 starts are that close to the median) as it is. `--load` keeps every core busy meanwhile.
Needs pulseaudio, pulseaudio-utils, libasound2-plugins, and the peers (all in Debian). Python's standard library only.
"""

import argparse
import array
import math
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import wave

from cost import ROOT, Server, end, write_plan

RATE = 48000
BLOCK = 48
LOUD = 3000


def tone(path):
    """0.3 s of 1 kHz that is at full swing from its first sample."""
    samples = array.array("h")
    for n in range(int(RATE * 0.3)):
        samples.extend([int(20000 * math.cos(2 * math.pi * 1000 * n / RATE))] * 2)
    with wave.open(path, "wb") as out:
        out.setnchannels(2)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes(samples.tobytes())


class Ear:
    """Listens at the monitor and keeps the sample at which each sound begins."""

    def __init__(self, server):
        self.child = subprocess.Popen(
            ["parec", "-d", "horn.monitor", "--raw", "--format=s16le", f"--rate={RATE}", "--channels=1", "--latency-msec=5"],
            env=server.environment, stdout=subprocess.PIPE)
        self.onsets, self.heard, self.zero, self.loud_at = [], 0, math.inf, -RATE
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self):
        rest = b""
        while chunk := os.read(self.child.stdout.fileno(), 65536):
            rest += chunk
            whole = len(rest) // (2 * BLOCK) * (2 * BLOCK)
            self.take(array.array("h", rest[:whole]))
            rest = rest[whole:]
            self.zero = min(self.zero, time.time() - self.heard / RATE)

    def take(self, samples):
        for start in range(0, len(samples), BLOCK):
            block = samples[start:start + BLOCK]
            if max(block) <= LOUD and min(block) >= -LOUD:
                continue
            first = next(n for n, sample in enumerate(block) if abs(sample) > LOUD)
            if self.heard + start - self.loud_at > RATE // 4:
                self.onsets.append(self.heard + start + first)
            self.loud_at = self.heard + start
        self.heard += len(samples)

    def at(self):
        return [self.zero + onset / RATE for onset in self.onsets]


def loaxa(folder, clip, instants):
    return ["run", write_plan(folder, clip, 1, instants), "--data", os.path.join(folder, "data")]


def mpv(_folder, clip, instants):
    """The best that a timer can do for it: woken at the instant, mpv is started."""
    script = ("import subprocess, sys, time\n"
              "for at in map(float, sys.argv[3:]):\n"
              "    time.sleep(max(0, at - time.time()))\n"
              "    subprocess.Popen([sys.argv[1], '--no-config', '--no-video', '--no-terminal', '--ao=alsa', sys.argv[2]])\n")
    return ["-c", script, "mpv", clip, *map(str, instants)]


def liquidsoap(folder, clip, instants):
    spans = ", ".join(f'({{ {time.strftime("%Hh%Mm%Ss", time.gmtime(at))} }}, single("{clip}"))' for at in instants)
    script = os.path.join(folder, "onset.liq")
    with open(script, "w") as out:
        out.write('settings.init.allow_root.set(true)\nsettings.log.stdout.set(true)\n'
                  f'output.alsa(fallible=true, device="default", switch(track_sensitive=false, [{spans}]))\n')
    return [script]


def measure(server, folder, name, program, options):
    command = {"loaxa": loaxa, "mpv": mpv, "liquidsoap": liquidsoap}[name]
    clip = os.path.join(folder, "clip.wav")
    instants = [math.ceil(time.time() + 12) + n * options.every for n in range(options.starts)]
    runner = sys.executable if name == "mpv" else program
    ear = Ear(server)
    child = server.start([runner, *command(folder, clip, instants)], f"{name}.log")
    time.sleep(instants[-1] + 2 - time.time())
    end(child)
    end(ear.child)
    late = []
    for instant in instants:
        near = [at - instant for at in ear.at() if abs(at - instant) < options.every / 2]
        late.extend(near[:1])
    late = sorted(1000 * seconds for seconds in late)
    if not late:
        return f"{name:<11} nothing heard"
    median = statistics.median(late)
    apart = sorted(abs(one - median) for one in late)
    spread = apart[min(len(apart) - 1, math.ceil(0.95 * len(apart)) - 1)]
    return f"{name:<11} {len(late)}/{len(instants)} heard: median {median:.2f} ms, spread {spread:.2f} ms, from {late[0]:.2f} to {late[-1]:.2f} ms"


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--program", default=os.path.join(ROOT, "target", "release", "loaxa"))
    arguments.add_argument("--starts", type=int, default=60)
    arguments.add_argument("--every", type=int, default=4)
    arguments.add_argument("--only", default="loaxa,mpv,liquidsoap")
    arguments.add_argument("--load", action="store_true")
    options = arguments.parse_args()
    os.environ["TZ"] = "UTC"
    burners = [subprocess.Popen(["sh", "-c", "while :; do :; done"]) for _ in range(os.cpu_count() if options.load else 0)]
    try:
        for name in options.only.split(","):
            program = options.program if name == "loaxa" else name
            if shutil.which(program) is None:
                print(f"{name}: {program} is not there", file=sys.stderr)
                continue
            with tempfile.TemporaryDirectory() as folder:
                tone(os.path.join(folder, "clip.wav"))
                server = Server(folder)
                try:
                    print(measure(server, folder, name, program, options), flush=True)
                finally:
                    end(server.child)
    finally:
        for burner in burners:
            end(burner)


if __name__ == "__main__":
    main()
