#!/usr/bin/env bash
# needs: root dockerd docker containerd runc skopeo crane prlimit
# FAQ: a pull that times out may succeed when it is repeated, so clients should always retry. That helps only when every
# request can be repeated: cut at any byte and sent again it ends as if nothing had happened; whoever is told to come again
# is told when (429, 503); and the first byte comes soon also while others push with all their might.
. "$(dirname "$0")/../lib.sh"
private_machine
node=$here/../../node_modules/.bin/node
time_outs() { "$node" "$here/time-outs/run.ts" "$@"; }

step 'every kind of request, cut at random bytes and repeated'
time_outs cuts

step '429 and 503 say when to come again'
time_outs refusals

step 'the first byte beside 16 pushes'
time_outs first-byte

# Real clients, over connections that break in the middle of an answer.
new_layout "$WORK/layout"
image=$(make_image "$WORK/layout" app amd64 gzip)
push_layout "$HTTP_REGISTRY" faq17/app 1 "$WORK/layout" "$image"
largest=$(stat -c %s "$WORK"/layout/blobs/sha256/* | sort -n | tail -n 1)

# $flaky is where the registry can be reached by connections of which so many are cut, each in the middle of a large blob
# at the latest: so nobody comes through before the last cut.
start_flaky() { # name cuts how-connections-break...
  start "$1" "$node" "$here/time-outs/run.ts" flaky "$2" $((largest / 2)) "${@:3}"
  wait_for "the relay of $1" 20 grep -q '^port ' "$WORK/$1.log"
  flaky=127.0.0.1:$(sed -n 's/^port //p' "$WORK/$1.log")
}
was_cut() { # name cuts
  sed -n 's/^cut/   cut/p' "$WORK/$1.log"
  local cuts; cuts=$(grep -c '^cut ' "$WORK/$1.log")
  [ "$cuts" -ge "$2" ] || fail "only $cuts connections were cut" # those that were open beside the last one come on top
  figure "$1 came through $cuts cuts"
}

step 'docker, which goes on where it was'
daemon=$WORK/dockerd
mkdir -p "$daemon"
echo '{ "max-concurrent-downloads": 2, "max-download-attempts": 10 }' >"$daemon/daemon.json"
export DOCKER_HOST=unix://$daemon/docker.sock
# vfs and no bridge: the image is small and no container runs, so nothing is asked of the kernel.
start dockerd dockerd --debug --config-file "$daemon/daemon.json" --data-root "$daemon/data" --exec-root "$daemon/exec" \
  --pidfile "$daemon/pid" --iptables=false --ip6tables=false --bridge=none --storage-driver=vfs \
  --exec-opt native.cgroupdriver=cgroupfs -H "$DOCKER_HOST"
wait_for dockerd 60 docker version
start_flaky docker 2 reset closed # each costs docker 5 s more than the one before
docker login -u "$REG_USER" --password-stdin "$flaky" 2>/dev/null <<<"$REG_PASS"
docker pull -q "$flaky/faq17/app:1" >/dev/null
was_cut docker 2
assert_eq 'it is the image that was pushed' "$(docker image inspect -f '{{index .RepoDigests 0}}' "$flaky/faq17/app:1")" "$flaky/faq17/app@$image"
resumed=$(sed -n 's/.*attempting to resume download.* from \([0-9]*\) bytes.*/\1/p' "$WORK/dockerd.log" | tr '\n' ' ')
assert_matches 'docker asked for the rest only' "$resumed" '^[1-9][0-9]* '

step 'skopeo, which retries by itself'
start_flaky skopeo 4 reset # a connection that is closed in order, in the middle of a blob, skopeo 1.9 does not retry
skopeo login --tls-verify=false -u "$REG_USER" --password-stdin "$flaky" <<<"$REG_PASS"
new_layout "$WORK/by-skopeo"
skopeo --insecure-policy copy -q --retry-times 20 --preserve-digests --src-tls-verify=false "docker://$flaky/faq17/app:1" "oci:$WORK/by-skopeo:1"
was_cut skopeo 4
assert_same_layout 'what skopeo pulled' "$WORK/layout" "$WORK/by-skopeo" "$image"

step 'crane, repeated until it succeeds'
start_flaky crane 4 reset closed
crane auth login "$flaky" -u "$REG_USER" --password-stdin <<<"$REG_PASS" 2>/dev/null
attempts=0
until crane pull --format oci "$flaky/faq17/app:1" "$WORK/by-crane" 2>"$WORK/crane-error"; do
  attempts=$((attempts + 1))
  [ $attempts -lt 20 ] || fail "crane does not come through: $(cat "$WORK/crane-error")"
  rm -rf "$WORK/by-crane"
done
was_cut crane 4
assert_same_layout "what crane pulled after $attempts failures" "$WORK/layout" "$WORK/by-crane" "$image"
