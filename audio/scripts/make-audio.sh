#!/bin/sh
# Làm lại các bản thu mẫu của Đài từ bài đọc trong thư mục này.
#
# Makes every recording in audio/ again from the scripts beside this file, and the signal tune from make-signal.py.
#
#   ./make-audio.sh                 all of them
#   ./make-audio.sh goi-113 signal  only these
#
# Debian packages: espeak-ng sox vorbis-tools python3
#
# Settings, from the environment:
#   SPEAK    another speech program, which writes a WAV file; {out} and {text-file} are filled in, for example
#            SPEAK='my-tts --voice hanoi --out {out} --text-file {text-file}' ./make-audio.sh
#   VOICE    espeak-ng's voice (vi), SPEED its words a minute (150)
#   QUALITY  oggenc's quality (2), RATE samples a second (22050)
#   OUT      where the recordings go (the folder above this one)
#
# The same scripts and the same programs give the same files: no dates, a fixed stream number, no random dither.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
out=${OUT:-$here/..}
rate=${RATE:-22050}
quality=${QUALITY:-2}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM

need() {
    command -v "$1" >/dev/null 2>&1 || { echo "make-audio.sh: $1 is missing; apt install $2" >&2; exit 3; }
}
need sox sox
need oggenc vorbis-tools
[ -n "${SPEAK:-}" ] || need espeak-ng espeak-ng

speak() { # script, wav
    if [ -n "${SPEAK:-}" ]; then
        command=$(printf '%s' "$SPEAK" | sed -e 's|{out}|"$LOAXA_OUT"|g' -e 's|{text-file}|"$LOAXA_TEXT"|g')
        LOAXA_OUT=$2 LOAXA_TEXT=$1 sh -c "$command"
    else
        espeak-ng -v "${VOICE:-vi}" -s "${SPEED:-150}" -p 42 -a 80 -b 1 -f "$1" -w "$2"
    fi
}

# What a horn cannot carry is left out. A synthetic voice has sharp peaks: the all-pass filters spread them and a gentle
# compressor evens the rest, so that the voice comes to about the loudness of the tune (-18 to -19 LUFS) below -2 dB of peak.
# Silence at both ends is cut to 0.1 s and 0.2 s.
voice() { # id
    speak "$here/$1.txt" "$work/raw.wav"
    sox -V1 -D "$work/raw.wav" -b 16 -c 1 -r "$rate" "$work/$1.wav" \
        gain -6 highpass 140 allpass 400 400h allpass 900 800h allpass 300 300h \
        compand 0.002,0.1 6:-60,-60,-30,-20,-20,-14,0,-9 -4 -60 0.002 \
        silence 1 0.02 0.4% reverse silence 1 0.02 0.4% reverse \
        pad 0.1 0.2 norm -2.5
    encode "$1" "Giọng máy đọc thử, thay tạm giọng của Đài"
}

tune() {
    need python3 python3
    python3 "$here/make-signal.py" "$work/raw.wav"
    sox -V1 -D "$work/raw.wav" -b 16 -c 1 -r "$rate" "$work/signal.wav" highpass 200 lowpass 6000 norm -3
    encode signal "Nhạc hiệu, viết bằng make-signal.py"
}

encode() { # id, remark
    oggenc --quiet --serial 1 -q "$quality" -c "DESCRIPTION=$2" -c "LICENSE=Apache-2.0" -o "$work/$1.ogg" "$work/$1.wav"
    mv -f "$work/$1.ogg" "$out/$1.ogg"
    rm -f "$work"/*.wav
    echo "$1.ogg"
}

if [ $# -eq 0 ]; then
    set -- signal
    for script in "$here"/*.txt; do
        set -- "$@" "$(basename -- "$script" .txt)"
    done
fi
for id in "$@"; do
    case $id in
        signal) tune ;;
        *) voice "$id" ;;
    esac
done
