#!/usr/bin/env bash
# needs: root az-newest dockerd docker crane jq curl busybox zstd unshare
# server: own
# FAQ: debug logs of the Docker daemon: what it logs of a failed push leads to the line that the service logged.
. "$(dirname "$0")/../azure/lib.bash"
. "$acceptance/azure/az.bash"
az_register
quiet az_login
make_registry contoso22
mkdir -p "/etc/docker/certs.d/$login_server" "$WORK/docker"
cp "$CA" "/etc/docker/certs.d/$login_server/ca.crt"
echo '{"debug": true}' >"$WORK/daemon.json"
start dockerd dockerd --config-file "$WORK/daemon.json" --data-root "$WORK/docker" --exec-root "$WORK/docker-run" --pidfile "$WORK/docker.pid" \
  --host "unix://$WORK/docker.sock" --bridge none --iptables=false --ip6tables=false
export DOCKER_HOST=unix://$WORK/docker.sock
wait_for dockerd 60 docker version
echo "$admin_password" | docker login "$login_server" -u contoso22 --password-stdin >/dev/null 2>&1 || fail 'docker login'
quiet docker pull "$login_server/team/app:v1"
refused 'a pull of what is not there' 'manifest unknown|not found' docker pull "$login_server/team/app:none"
assert_contains 'the debug log shows the requests' "$(cat "$WORK/dockerd.log")" 'Trying to pull'
# The refusal carries the correlation id; docker shows the text of the registry.
said=$(docker pull "$login_server/team/app:none" 2>&1 || true)
id=$(grep -oE '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}' <<<"$said" | head -n 1)
[ -n "$id" ] || fail "no correlation id in what docker says: $said"
wait_for "the service's line" 10 grep -qF "$id" "$WORK/server.log"
assert_contains "the service's line" "$(grep -F "$id" "$WORK/server.log")" '"status":404'
server_is_well
