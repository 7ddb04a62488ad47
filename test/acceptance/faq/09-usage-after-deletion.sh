#!/usr/bin/env bash
# needs: root az-newest dockerd docker containerd runc crane jq curl busybox zstd unshare
# server: own
# FAQ: why the usage does not fall after a deletion: two images share a base.
. "$(dirname "$0")/../azure/lib.bash"
. "$acceptance/azure/az.bash"
az_register
quiet az_login
make_registry contoso9
start_docker
quiet az acr login -n contoso9
before=$(usage_of contoso9)

step 'two images on one base'
build() { # name bytes
  mkdir -p "$WORK/build-$1"
  head -c "$2" /dev/urandom >"$WORK/build-$1/own"
  printf 'FROM alpine\nCOPY own /own\n' >"$WORK/build-$1/Dockerfile"
  docker build -q -t "$login_server/shop/$1:v1" "$WORK/build-$1" >/dev/null
  docker push -q "$login_server/shop/$1:v1" >/dev/null
}
# What a manifest and all that it names have, by its own figures.
parts() { crane manifest "$login_server/shop/$1:v1" | jq -r '.config, .layers[] | "\(.digest) \(.size)"'; }
build one 300000
build two 500000
base=$(comm -12 <(parts one | sort) <(parts two | sort))
[ "$(wc -l <<<"$base")" = 1 ] || fail "the images share not just one layer: $base"
base=${base##* }
size_of() { echo $(($(crane manifest "$login_server/shop/$1:v1" | wc -c) + $(parts "$1" | awk '{sum += $2} END {print sum}'))); }
one=$(size_of one) two=$(size_of two)
assert_eq 'the base counts once' "$(usage_of contoso9)" $((before + one + two - base))

step 'the first one is deleted: the base stays, for the other one has it'
quiet az acr repository delete -n contoso9 --image shop/one:v1 --yes
assert_eq 'usage falls by its own bytes, at once' "$(usage_of contoso9)" $((before + two))
quiet crane validate --remote "$login_server/shop/two:v1"
docker rmi -f "$login_server/shop/two:v1" >/dev/null
quiet docker pull "$login_server/shop/two:v1"

step 'then the other one'
quiet az acr repository delete -n contoso9 --image shop/two:v1 --yes
assert_eq 'usage falls by the rest, at once' "$(usage_of contoso9)" "$before"

step 'an image that is pushed again counts again'
docker push -q "$login_server/shop/two:v1" >/dev/null
assert_eq 'usage' "$(usage_of contoso9)" $((before + two))
quiet crane validate --remote "$login_server/shop/two:v1"
server_is_well
