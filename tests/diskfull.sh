#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Storage that gives out: a disk that fills up at many points of a run, a folder that becomes
# read-only or vanishes.  The message names it, the exit code is 74 or 73, and once there is
# room again the run resumes to the same bytes.
set -eu
: "${FABMET:?names the program to test}"
if [ "${1-}" != mounted ]; then
    top_srcdir=${top_srcdir:-$(cd "$(dirname "$0")/.." && pwd)}
    export top_srcdir
    script=$(cd "$(dirname "$0")" && pwd)/$(basename "$0")
    work=$(mktemp -d)
    export work
    trap 'rm -rf "$work"' EXIT
    mkdir "$work/disk"
    # A file system of our own needs a mount namespace of our own.
    for how in -m -rm; do
        if unshare "$how" mount -t tmpfs -o size=64k fabmet "$work/disk" 2>/dev/null; then
            unshare "$how" sh "$script" mounted
            exit
        fi
    done
    echo "SKIP: cannot mount a small file system"
    exit 77
fi
cd "$work"
failed=0

complain() {
    echo "diskfull: $*"
    failed=1
}

mount -t tmpfs -o size=16m fabmet disk
# 240 points in more than a second, 4 MB, so that parts are saved on the way.
{
    sed '/^sweep:/,$d' "$top_srcdir/sims/pull/hook_position.yaml"
    echo 'sweep:'
    echo '  - { param: hook.position, from: 0.2, to: 0.8, points: 80 }'
    echo '  - { param: wire.diameter, values: [20 um, 25 um, 33 um] }'
    echo 'draws: 60000'
} >sweep.yaml
run() {
    got=0
    "$FABMET" run sweep.yaml --progress=never -j 1 "$@" >messages 2>&1 || got=$?
}
run -o whole.h5
[ "$got" = 0 ] || { cat messages; exit 1; }
size=$(wc -c <whole.h5)

# fill LEAVE: a file that leaves about so many bytes of the disk.
fill() {
    rm -f disk/filler
    available=$(df --output=avail -B 1 disk | tail -n 1)
    [ "$available" -le "$1" ] || head -c $((available - $1)) /dev/zero >disk/filler
}

n=0
full=0
for percent in 0 2 8 25 50 75 95 110 150 199; do
    rm -rf disk/*
    fill $((size * percent / 100 + 1))
    run -o disk/r.h5
    n=$((n + 1))
    case $got in
    0)
        [ "$percent" -ge 100 ] || complain "$percent %: exit 0 with too little room"
        ;;
    74 | 73)
        full=$((full + 1))
        grep -q "No space left on device: 'disk/r.h5" messages ||
            complain "$percent %: the message is: $(cat messages)"
        [ ! -e disk/r.h5 ] || complain "$percent %: a result is there"
        [ -z "$(find disk -name '*.tmp')" ] || complain "$percent %: left $(ls -A disk)"
        # What was saved stays, and is good.
        for part in disk/r.h5.parts/*.h5; do
            [ ! -e "$part" ] || "$FABMET" verify "$part" >out 2>&1 ||
                complain "$percent %: $part: $(cat out)"
        done
        ;;
    *) complain "$percent %: exit $got: $(cat messages)" ;;
    esac
    rm -f disk/filler
    run --resume -o disk/r.h5
    [ "$got" = 0 ] || complain "$percent %: with room again, exit $got: $(cat messages)"
    cmp -s disk/r.h5 whole.h5 || complain "$percent %: resumed, the bytes differ"
    [ "$(ls -A disk)" = r.h5 ] || complain "$percent %: left behind: $(ls -A disk)"
done
[ "$full" -ge 7 ] || complain "only $full of $n disks were too small"
echo "diskfull: $full of $n disks were too small, every run was resumed"

# A folder that cannot be written.
rm -rf disk/*
mount -o remount,ro disk
run -o disk/r.h5
[ "$got" = 73 ] || complain "a read-only folder: exit $got"
grep -q 'disk' messages || complain "a read-only folder: $(cat messages)"
mount -o remount,rw disk

# It becomes read-only, or vanishes, on the way.
mkdir disk/gone
for what in remount vanish; do
    "$FABMET" run sweep.yaml --set draws=1000000 --progress=never -j 2 -o disk/gone/r.h5 \
        >messages 2>&1 &
    child=$!
    sleep 0.3
    if [ "$what" = remount ]; then
        mount -o remount,ro disk
    else
        rm -rf disk/gone
    fi
    got=0
    wait "$child" || got=$?
    [ "$got" = 74 ] || [ "$got" = 73 ] || complain "$what: exit $got"
    grep -q 'disk/gone' messages || complain "$what: the message is: $(cat messages)"
    mount -o remount,rw disk
done
umount disk
exit $failed
