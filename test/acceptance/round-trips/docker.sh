#!/usr/bin/env bash
# needs: root dockerd docker containerd runc socat ip
# docker: a real daemon of our own. Build, sign in, push, remove the local copy, pull, compare; over HTTP on loopback,
# and over TLS with the site's CA in certs.d; mount between repositories; an index that holds another architecture.
. "$(dirname "$0")/../lib.sh"
private_machine
make_fixtures

# Docker trusts whatever resolves to loopback, so that would show nothing about the CA. The daemon gets a network of its
# own, in which the named registry has another address; relays lead from there to the server.
daemon=$WORK/dockerd
mkdir -p "$daemon"
for registry in "$HTTP_REGISTRY" "$HTTPS_REGISTRY"; do
  start "relay-${registry##*:}" socat "UNIX-LISTEN:$daemon/relay-${registry##*:},fork" "TCP4:127.0.0.1:${registry##*:}"
done
[ "${NAMED_REGISTRY##*:}" = "${HTTPS_REGISTRY##*:}" ] || fail 'the named registry has to be on the HTTPS port'
sed "s/^127\.0\.0\.1 ${NAMED_REGISTRY%:*}$/198.51.100.7 ${NAMED_REGISTRY%:*}/" /etc/hosts >"$daemon/hosts"
echo '{}' >"$daemon/daemon.json" # not the machine's /etc/docker/daemon.json
export DOCKER_HOST=unix://$daemon/docker.sock
cat >"$daemon/run" <<'END'
set -e
mount --bind "$1/hosts" /etc/hosts
ip link set lo up
ip address add 198.51.100.7/32 dev lo
relay() { socat "TCP4-LISTEN:$2,bind=$1,reuseaddr,fork" "UNIX-CONNECT:$daemon/relay-$2" & }
daemon=$1 http=$2 https=$3
relay 127.0.0.1 "$http"
relay 127.0.0.1 "$https"
relay 198.51.100.7 "$https"
# vfs and no bridge: the images are small and no container runs, so nothing is asked of the kernel.
exec dockerd --config-file "$daemon/daemon.json" --data-root "$daemon/data" --exec-root "$daemon/exec" \
  --pidfile "$daemon/pid" --iptables=false --ip6tables=false --bridge=none --storage-driver=vfs \
  --exec-opt native.cgroupdriver=cgroupfs -H "$DOCKER_HOST"
END
start dockerd unshare --net --mount bash "$daemon/run" "$daemon" "${HTTP_REGISTRY##*:}" "${HTTPS_REGISTRY##*:}"
wait_for dockerd 60 docker version
docker version --format 'docker {{.Client.Version}}, dockerd {{.Server.Version}}'

payload_in() { # image -> digest
  local container
  container=$(docker create "$1" none)
  docker cp "$container:/payload.bin" "$WORK/tmp/payload" >/dev/null
  docker rm "$container" >/dev/null
  digest_of "$WORK/tmp/payload"
}

mkdir "$WORK/context"
cp "$(command -v busybox)" "$WORK/context/busybox"
printf 'FROM scratch\nCOPY busybox /bin/\nCOPY payload.bin /\nLABEL made-by=acceptance\n' >"$WORK/context/Dockerfile"

step "the site's CA"
certs=/etc/docker/certs.d/$NAMED_REGISTRY # in the private /etc
mv "$certs" "$WORK/certs"
refused 'the registry without its CA in certs.d' 'x509|certificate' docker login -u "$REG_USER" -p "$REG_PASS" "$NAMED_REGISTRY"
mv "$WORK/certs" "$certs"

for registry in "$HTTP_REGISTRY" "$HTTPS_REGISTRY" "$NAMED_REGISTRY"; do
  step "sign in, build, push, pull at $registry"
  image=$registry/docker/app:1
  head -c 500000 /dev/urandom >"$WORK/context/payload.bin"
  DOCKER_BUILDKIT=0 docker build -q -t "$image" "$WORK/context" 2>/dev/null
  refused 'a wrong password' 'unauthorized|401' docker login -u "$REG_USER" -p "not-$REG_PASS" "$registry"
  refused 'a push without sign-in' 'unauthorized|authentication required|no basic auth' docker push "$image"
  docker login -u "$REG_USER" --password-stdin "$registry" 2>/dev/null <<<"$REG_PASS"
  before=$(docker image inspect -f '{{.Id}}' "$image")
  pushed=$(docker push "$image" | sed -n 's/^1: digest: \(sha256:[0-9a-f]*\) .*/\1/p')
  assert_eq 'the registry has the manifest that docker named' "$(get_manifest "$registry" docker/app 1 | digest_of)" "$pushed"

  output=$(docker tag "$image" "$registry/docker/second:1" && docker push "$registry/docker/second:1")
  assert_contains 'a second repository mounts the layers' "$output" 'Mounted from docker/app'

  docker rmi -f "$image" "$registry/docker/second:1" >/dev/null
  refused 'a look at the removed copy' 'no such (image|object)' docker image inspect "$image"
  docker pull -q "$image" >/dev/null
  assert_eq 'the same image id came back' "$(docker image inspect -f '{{.Id}}' "$image")" "$before"
  assert_eq 'under the same digest' "$(docker image inspect -f '{{index .RepoDigests 0}}' "$image")" "$registry/docker/app@$pushed"
  assert_eq 'the same bytes lie in it' "$(payload_in "$image")" "$(digest_of "$WORK/context/payload.bin")"
  docker pull -q "$registry/docker/app@$pushed" >/dev/null
  ok 'a pull by digest'
done

step 'an OCI index with two architectures'
push_layout "$NAMED_REGISTRY" docker/multi 1 "$LAYOUT" "$MULTI"
docker pull -q "$NAMED_REGISTRY/docker/multi:1" >/dev/null
assert_eq 'the image of this machine' "$(payload_in "$NAMED_REGISTRY/docker/multi:1")" "$(digest_of "$WORK/payload-gzip.bin")"
docker pull -q --platform linux/arm64 "$NAMED_REGISTRY/docker/multi:1" >/dev/null
assert_eq 'the image of the other' "$(payload_in "$NAMED_REGISTRY/docker/multi:1")" "$(digest_of "$WORK/payload-arm.bin")"

step 'sign out'
docker logout "$NAMED_REGISTRY" >/dev/null
refused 'a pull after signing out' 'unauthorized|authentication required|no basic auth' docker pull "$NAMED_REGISTRY/docker/multi:1"
