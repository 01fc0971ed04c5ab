#!/bin/sh
# What `make run` does after the build: the next broadcast is rehearsed at once, so that there is something to hear; then the station
# stays on and airs the plan at its hours. Without a sound card both air into wav files, which are named. Both can be watched in a browser.
set -eu
loaxa=${LOAXA:-target/release/loaxa}
HTTP=${HTTP:-127.0.0.1:8080}
rehearsal="$DATA/rehearsals/$(date +%Y%m%dT%H%M%S)"

# A sound card that this user may play on, or a sound server with a real sink. (Without a card PulseAudio makes a dummy, auto_null.)
can_sound() {
    for pcm in /dev/snd/pcm*p; do
        [ -w "$pcm" ] && return 0
    done
    command -v pactl >/dev/null 2>&1 && timeout 5 pactl list short sinks 2>/dev/null | grep -qv auto_null
}

say() { printf '\n== %s\n' "$*"; }

# Rehearses into a wav file, and names it.
into_wav() {
    say "It goes on for some minutes; the file grows in / Vài phút; tệp nằm ở: $rehearsal/wav"
    "$loaxa" rehearse "$PLAN" --next --data "$rehearsal" --output "wav:$rehearsal/wav" --http "$HTTP" || return $?
    for file in "$rehearsal"/wav/*.wav; do
        [ -e "$file" ] && say "Listen to it / Nghe lại: $file"
    done
    return 0
}

station_output=
if can_sound; then
    say "Rehearsing the next broadcast aloud / Nghe thử lần phát kế tiếp, có tiếng"
    code=0
    "$loaxa" rehearse "$PLAN" --next --data "$rehearsal" --http "$HTTP" ${ALOUD:+--aloud} || code=$?
    if [ "$code" -eq 2 ]; then
        say "Outside session hours nothing sounds on a real device (ALOUD=1 make run allows it): into a wav file instead"
        rehearsal="$rehearsal-wav"
        into_wav
    elif [ "$code" -ne 0 ]; then
        exit "$code"
    fi
else
    say "No sound card: airing into a wav file instead / Máy không có card âm thanh: phát vào tệp wav"
    into_wav
    station_output="wav:$DATA/wav"
fi

say "The log of it / Nhật ký: $loaxa log --data $rehearsal"
"$loaxa" log --data "$rehearsal" || true

say "The station is on / Đài đang chạy (Ctrl-C to end; $loaxa status --data $DATA)"
exec "$loaxa" run "$PLAN" --data "$DATA" --http "$HTTP" ${station_output:+--output "$station_output"}
