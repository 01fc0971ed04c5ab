# Two commands for a fresh Debian machine with cargo:
#   make run    build, rehearse the next broadcast at once, then stay on as the station
#   make test   everything that CI checks
# For who changes the code:
#   make fuzz   hostile files and lines for MINUTES (10) a target, with the nightly compiler; docs/fuzzing.md
# ALOUD=1 make run lets the rehearsal sound on a real device outside the station's session hours.

PLAN ?= schedules/cam-tan
DATA ?= data
ALOUD ?=

.PHONY: run test fuzz build setup-build setup-test

run: setup-build build
	@PLAN="$(PLAN)" DATA="$(DATA)" ALOUD="$(ALOUD)" scripts/first-run.sh

build:
	cargo build --release --locked

test: setup-build setup-test
	cargo fmt --check
	cargo clippy --locked --all-targets -- -D warnings
	scripts/test.sh

fuzz: setup-build
	@scripts/install.sh g++
	@scripts/fuzz.sh $(TARGETS)

setup-build:
	@scripts/install.sh libasound2-dev pkg-config gcc

setup-test:
	@scripts/install.sh pulseaudio pulseaudio-utils libasound2-plugins python3 python3-numpy poppler-utils
	@scripts/nextest.sh
