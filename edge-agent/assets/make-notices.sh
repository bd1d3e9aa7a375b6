#!/bin/sh
# Makes the notices that are built into every box. Debian: espeak-ng, ffmpeg with libopus.
set -eu
cd "$(dirname "$0")"

trim="silenceremove=start_periods=1:start_threshold=-50dB,areverse"
trim="$trim,silenceremove=start_periods=1:start_threshold=-50dB,areverse,aresample=48000"
limit="alimiter=limit=0.63:attack=2:release=40:level=false"

loudness() { # file gain-dB
  ffmpeg -nostdin -hide_banner -i "$1" -af "$trim,volume=$2dB,$limit,ebur128" -f null - 2>&1 |
    sed -n 's/^ *I: *\(-[0-9.]*\) LUFS$/\1/p' | tail -1
}

make() { # name text
  spoken="/tmp/notice-$$.wav"
  espeak-ng -v vi -s 140 -g 4 -w "$spoken" "$2"
  # -16 LUFS (EBU R128) by a static gain into a limiter: what the limiter takes is given back, five times.
  gain=0
  for _ in 1 2 3 4 5; do gain=$(awk "BEGIN { print $gain - 16 - ($(loudness "$spoken" "$gain")) }"); done
  ffmpeg -nostdin -hide_banner -loglevel error -y -i "$spoken" -map_metadata -1 -fflags +bitexact \
    -af "$trim,volume=${gain}dB,$limit" -ac 1 -ar 48000 -c:a libopus -b:a 48k -application audio "$1"
  rm -f "$spoken"
}

make notice-actual.opus "Đây là thông báo khẩn cấp của chính quyền địa phương. Đề nghị bà con chú ý lắng nghe, và làm theo hướng dẫn."
make notice-exercise.opus "Đây là cuộc diễn tập. Đây chỉ là diễn tập, không phải tình huống khẩn cấp thật. Bà con không cần làm gì."
make notice-correction.opus "Thông báo: cảnh báo khẩn cấp vừa phát là nhầm. Xin bà con yên tâm."
