# Two commands for a fresh Debian machine with cargo:
#   make run    build, rehearse the next broadcast at once, then stay on as the station
#   make test   everything that CI checks
#   make soak FOR=10m           the engine under faults on a virtual clock, for as long as asked
#   make fuzz   hostile files and lines for MINUTES (10) a target, with the nightly compiler; docs/fuzzing.md
#   make kill COUNT=50 SEED=7   kill -9 at random moments of the real daemon, its log against its sound
# ALOUD=1 make run lets the rehearsal sound on a real device outside the station's session hours.

PLAN ?= schedules/cam-tan
DATA ?= data
ALOUD ?=
FOR ?= 10m
FIRST ?=

COUNT ?= 50
SEED ?= $(shell date +%s)

.PHONY: run test soak fuzz kill build setup-build setup-test

run: setup-build build
	@PLAN="$(PLAN)" DATA="$(DATA)" ALOUD="$(ALOUD)" scripts/first-run.sh

build:
	cargo build --release --locked

# Made-up days under faults for as long as asked (docs/simulation.md): make soak FOR=8h, or FIRST=7 for given seeds.
soak: setup-build
	cargo bench --locked --bench soak -- $(FOR) $(FIRST)

test: setup-build setup-test
	cargo fmt --check
	cargo clippy --locked --all-targets -- -D warnings
	@scripts/advisories.sh
	scripts/test.sh

fuzz: setup-build
	@scripts/install.sh g++
	@scripts/fuzz.sh $(TARGETS)

kill: setup-build
	LOAXA_KILLS=$(COUNT) LOAXA_KILL_SEED=$(SEED) cargo test --locked --test power_cut kill -- --nocapture

setup-build:
	@scripts/install.sh libasound2-dev pkg-config gcc libc6-dev

setup-test:
	@scripts/install.sh pulseaudio pulseaudio-utils libasound2-plugins python3 python3-numpy poppler-utils \
		libreoffice-writer-nogui libreoffice-calc-nogui fonts-croscore ffmpeg chromium chromium-driver
	@scripts/nextest.sh
