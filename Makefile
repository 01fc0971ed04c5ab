# Two commands for a fresh Debian machine with cargo:
#   make run    build, rehearse the next broadcast at once, then stay on as the station
#   make test   everything that CI checks
#   make kill COUNT=50 SEED=7   kill -9 at random moments of the real daemon, its log against its sound
# ALOUD=1 make run lets the rehearsal sound on a real device outside the station's session hours.

PLAN ?= schedules/cam-tan
DATA ?= data
ALOUD ?=

COUNT ?= 50
SEED ?= $(shell date +%s)

.PHONY: run test kill build setup-build setup-test

run: setup-build build
	@PLAN="$(PLAN)" DATA="$(DATA)" ALOUD="$(ALOUD)" scripts/first-run.sh

build:
	cargo build --release --locked

test: setup-build setup-test
	cargo fmt --check
	cargo clippy --locked --all-targets -- -D warnings
	scripts/test.sh

kill: setup-build
	LOAXA_KILLS=$(COUNT) LOAXA_KILL_SEED=$(SEED) cargo test --locked --test power_cut kill -- --nocapture

setup-build:
	@scripts/install.sh libasound2-dev pkg-config gcc

setup-test:
	@scripts/install.sh pulseaudio pulseaudio-utils libasound2-plugins python3 python3-numpy poppler-utils \
		libreoffice-writer-nogui libreoffice-calc-nogui
	@scripts/nextest.sh
