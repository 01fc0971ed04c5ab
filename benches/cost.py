#!/usr/bin/env python3
"""What a station costs: resident memory, processor time and wake-ups, idle and playing, of Loaxa and of its peers.

    cargo build --release
    python3 benches/cost.py [--seconds 60] [--only loaxa,mpv,liquidsoap] [--json]

Needs pulseaudio, libasound2-plugins, and for the peers mpv and liquidsoap (all in Debian). Every program sounds through ALSA's `default`,
which leads to one null sink of a sound server that this script starts for itself. Figures are those of /proc: VmRSS and VmHWM (file-backed
pages included), the time that all threads were on a processor (schedstat, to the nanosecond), and voluntary and involuntary switches.
Python's standard library only.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SCHEDULE = os.path.join(ROOT, "schedules", "cam-tan")
RECORDING = os.path.join(ROOT, "audio", "signal.ogg")
PEER_RECORDINGS = os.path.join(ROOT, "audio")


def status(pid):
    fields = {}
    for line in open(f"/proc/{pid}/status"):
        name, value = line.split(":", 1)
        fields[name] = value.split()
    return fields


def of_threads(pid):
    """Nanoseconds on a processor, and switches, over all threads that live."""
    spent = switches = 0
    for task in os.listdir(f"/proc/{pid}/task"):
        try:
            spent += int(open(f"/proc/{pid}/task/{task}/schedstat").read().split()[0])
            for line in open(f"/proc/{pid}/task/{task}/status"):
                if "ctxt_switches" in line:
                    switches += int(line.split()[1])
        except FileNotFoundError:
            pass
    return spent, switches


def observe(pid, seconds):
    """Watches a process for a while."""
    before, woken = of_threads(pid)
    began, most = time.monotonic(), 0
    while time.monotonic() - began < seconds:
        most = max(most, int(status(pid)["VmRSS"][0]))
        time.sleep(0.5)
    took = time.monotonic() - began
    after, woken_after = of_threads(pid)
    now = status(pid)
    return {
        "rss_mb": round(most / 1024, 2),
        "anon_mb": round(int(now["RssAnon"][0]) / 1024, 2),
        "file_mb": round(int(now["RssFile"][0]) / 1024, 2),
        "peak_mb": round(int(now["VmHWM"][0]) / 1024, 2),
        "cpu_percent": round((after - before) / 1e7 / took, 3),
        "switches_per_s": round((woken_after - woken) / took, 1),
        "threads": int(now["Threads"][0]),
        "seconds": round(took, 1),
    }


class Server:
    """A sound server with a null sink, reached only through this environment."""

    def __init__(self, folder):
        self.folder = folder
        with open(os.path.join(folder, ".asoundrc"), "w") as rc:
            rc.write("pcm.!default { type pulse }\nctl.!default { type pulse }\n")
        names = ("HOME", "XDG_RUNTIME_DIR", "PULSE_RUNTIME_PATH", "XDG_CONFIG_HOME", "XDG_STATE_HOME")
        self.environment = dict(os.environ, **{name: folder for name in names})
        socket = os.path.join(folder, "native")
        self.environment["PULSE_SERVER"] = f"unix:{socket}"
        self.child = subprocess.Popen(
            ["pulseaudio", "-n", "--daemonize=no", "--use-pid-file=no", "--exit-idle-time=-1",
             "-L", f"module-native-protocol-unix socket={socket}",
             "-L", "module-null-sink sink_name=horn rate=48000 channels=2"],
            env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(200):
            if os.path.exists(socket):
                return
            time.sleep(0.05)
        sys.exit("pulseaudio does not start")

    def start(self, command, log):
        out = open(os.path.join(self.folder, log), "w")
        return subprocess.Popen(command, env=self.environment, stdin=subprocess.DEVNULL, stdout=out, stderr=out)

    def sounds(self):
        """What the server takes sound from now."""
        listed = subprocess.run(["pactl", "list", "short", "sink-inputs"], env=self.environment, capture_output=True, text=True)
        return listed.stdout.strip()


def end(child):
    child.terminate()
    try:
        child.wait(10)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def playing(server, child, what):
    for _ in range(400):
        if server.sounds():
            return
        if child.poll() is not None:
            break
        time.sleep(0.1)
    sys.exit(f"{what} does not sound: see {server.folder}")


def write_plan(folder, recording, times, instants):
    """A plan that airs a recording, so many times over, at each of these instants (seconds since 1970)."""
    broadcasts = "".join(
        f'[[broadcast]]\nid = "b{n}"\nprogramme = "p"\ncron = "{time.strftime("%S %M %H %d %m *", time.gmtime(at))}"\nlate = "5m"\n'
        for n, at in enumerate(instants))
    plan = os.path.join(folder, "plan.toml")
    with open(plan, "w") as out:
        out.write(f'''format = 1
[station]
name = "Bench"
code = "bench"
timezone = "UTC"
language = "en"
audio = "{os.path.dirname(recording)}"
[[output]]
id = "loa"
device = "default"
[hours]
daily = ["00:00-24:00"]
[[topic]]
id = "topic"
name = {{ vi = "Nội dung", en = "Topic" }}
[[item]]
id = "item"
file = "{os.path.basename(recording)}"
title = "Item"
topic = "topic"
[[programme]]
id = "p"
name = "p"
elements = [{{ item = "item", times = {times} }}]
{broadcasts}''')
    return plan


def loaxa(server, program, seconds, folder):
    data = os.path.join(folder, "idle")
    child = server.start([program, "run", SCHEDULE, "--data", data], "loaxa-idle.log")
    time.sleep(12)  # the first start measures every recording in children
    yield "idle", "the shipped plan, device closed", observe(child.pid, seconds)
    end(child)
    data = os.path.join(folder, "rehearsal")
    at = "2026-11-20 05:29:50"
    child = server.start([program, "rehearse", SCHEDULE, "--at", at, "--aloud", "--data", data], "loaxa-rehearsal.log")
    playing(server, child, "loaxa")
    time.sleep(8)
    yield "playing", "the shipped plan's morning programme, rehearsed", observe(child.pid, seconds)
    end(child)
    recording = os.path.join(folder, "recording.ogg")
    shutil.copy(longest(), recording)
    plan = write_plan(folder, recording, 40, [time.time() + 12])
    child = server.start([program, "run", plan, "--data", os.path.join(folder, "long")], "loaxa-long.log")
    playing(server, child, "loaxa")
    time.sleep(8)
    yield "playing", "one recording (ogg) over and over", observe(child.pid, seconds)
    end(child)


def longest():
    files = [os.path.join(PEER_RECORDINGS, name) for name in os.listdir(PEER_RECORDINGS) if name.endswith(".ogg")]
    return max(files, key=os.path.getsize)


def mpv(server, program, seconds, _folder):
    plain = [program, "--no-config", "--no-video", "--no-terminal", "--ao=alsa"]
    child = server.start([*plain, "--idle=yes"], "mpv-idle.log")
    time.sleep(3)
    yield "idle", "--idle=yes, nothing loaded", observe(child.pid, seconds)
    end(child)
    child = server.start([*plain, "--loop-file=inf", longest()], "mpv.log")
    playing(server, child, "mpv")
    time.sleep(3)
    yield "playing", "the same recording over and over", observe(child.pid, seconds)
    end(child)


def liquidsoap(server, program, seconds, folder):
    recording = longest()
    schedules = {
        "idle": ("a schedule that is not due, output stopped", f'switch([({{ 3h33m0s-3h33m1s }}, single("{recording}"))])'),
        "playing": ("the same recording over and over", f'single("{recording}")'),
    }
    for state, (what, source) in schedules.items():
        script = os.path.join(folder, f"{state}.liq")
        with open(script, "w") as out:
            out.write('settings.init.allow_root.set(true)\nsettings.log.stdout.set(true)\n')
            out.write(f'output.alsa(fallible=true, device="default", {source})\n')
        child = server.start([program, script], f"liquidsoap-{state}.log")
        if state == "playing":
            playing(server, child, "liquidsoap")
        time.sleep(8)
        yield state, what, observe(child.pid, seconds)
        end(child)


def size_of(path):
    return round(os.path.getsize(os.path.realpath(path)) / 1e6, 1)


def installed(package):
    """Megabytes that a Debian package and all it needs take, as apt counts them from nothing."""
    needs = subprocess.run(["apt-cache", "depends", "--recurse", "--no-recommends", "--no-suggests", "--no-conflicts",
                            "--no-breaks", "--no-replaces", "--no-enhances", package], capture_output=True, text=True).stdout
    names = sorted({line for line in needs.splitlines() if line and not line.startswith((" ", "<"))})
    shown = subprocess.run(["dpkg-query", "-W", "-f", "${Installed-Size} ${db:Status-Status}\n", *names],
                           capture_output=True, text=True).stdout
    return round(sum(int(line.split()[0]) for line in shown.splitlines() if line.endswith(" installed")) / 1000)


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--program", default=os.path.join(ROOT, "target", "release", "loaxa"))
    arguments.add_argument("--seconds", type=float, default=60)
    arguments.add_argument("--only", default="loaxa,mpv,liquidsoap")
    arguments.add_argument("--json", action="store_true")
    options = arguments.parse_args()
    every = {"loaxa": (loaxa, options.program), "mpv": (mpv, "mpv"), "liquidsoap": (liquidsoap, "liquidsoap")}
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        server = Server(folder)
        try:
            for name in options.only.split(","):
                measure, program = every[name]
                if shutil.which(program) is None:
                    print(f"{name}: {program} is not there", file=sys.stderr)
                    continue
                for state, what, figures in measure(server, program, options.seconds, folder):
                    rows.append({"program": name, "state": state, "what": what, **figures})
                    if not options.json:
                        print(f"{name:<11} {state:<8} {figures['rss_mb']:7.2f} MB resident ({figures['anon_mb']} own, peak "
                              f"{figures['peak_mb']}), {figures['cpu_percent']:.3f}% of a core, {figures['switches_per_s']} "
                              f"switches/s, {figures['threads']} threads: {what}", flush=True)
            sizes = {"loaxa": size_of(options.program)}
            sizes.update({name: installed(name) for name in ("mpv", "liquidsoap") if shutil.which(name)})
            if options.json:
                print(json.dumps({"rows": rows, "installed_mb": sizes}, indent=1))
            else:
                print("on disk, with what each package needs:", ", ".join(f"{name} {mb} MB" for name, mb in sizes.items()))
        finally:
            end(server.child)


if __name__ == "__main__":
    main()
