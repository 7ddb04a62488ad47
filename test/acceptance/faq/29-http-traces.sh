#!/usr/bin/env bash
# needs: root az-newest dockerd docker containerd runc crane jq curl busybox zstd unshare
# server: own
# FAQ: HTTP traces. docker and az work through a proxy that looks into TLS with a CA of its own, which shows what they send;
# every answer has a correlation id, by which the registry's log has the same request.
. "$(dirname "$0")/../azure/lib.bash"
. "$acceptance/azure/az.bash"
az_register
quiet az_login
make_registry contoso29
mkdir -p "$WORK/traces"
start inspector "$checkout/node_modules/.bin/node" "$acceptance/faq/traces/run.ts" "$WORK/traces" "$CA" 8888
wait_for 'the inspecting proxy' 20 grep -q ready "$WORK/inspector.log"
trace=$WORK/traces/trace.jsonl own_ca=$WORK/traces/ca.pem proxy=http://127.0.0.1:8888
# Every exchange since the last call has an id, and the log knows each of them.
all_are_found() { # what at-least
  local count id
  count=$(wc -l <"$trace")
  [ "$count" -ge "$2" ] || fail "$1: only $count exchanges were seen"
  assert_eq "$1: answers without a correlation id" "$(jq -r 'select(.correlationId == null) | .url' "$trace")" ''
  sleep 1 # the log is written after the answer
  for id in $(jq -r .correlationId "$trace"); do grep -qF "$id" "$WORK/server.log" || fail "$1: the log knows no $id"; done
  ok "$1: $count exchanges, each found in the log by its id"
  : >"$trace"
}

step 'az'
HTTPS_PROXY=$proxy REQUESTS_CA_BUNDLE=$own_ca az acr repository list -n contoso29 -o tsv >"$WORK/list" 2>"$WORK/az-error" || fail "az: $(cat "$WORK/az-error")"
assert_eq 'the list' "$(cat "$WORK/list")" team/app
all_are_found az 4

step 'docker'
export HTTPS_PROXY=$proxy
start_docker
cp "$own_ca" "/etc/docker/certs.d/$login_server/ca.crt"
docker login -u contoso29 --password-stdin "$login_server" <<<"$admin_password" >/dev/null 2>&1 || fail 'docker login'
docker tag alpine "$login_server/traced:1"
docker push -q "$login_server/traced:1" >/dev/null
docker rmi "$login_server/traced:1" >/dev/null
docker pull -q "$login_server/traced:1" >/dev/null
unset HTTPS_PROXY
assert_contains 'the push is in the trace' "$(jq -r '"\(.method) \(.url) \(.status)"' "$trace")" "PUT https://$login_server/v2/traced/manifests/1 201"
all_are_found docker 10

step 'check-health says that such a proxy is there'
seen=$(HOLDFAST_CONFIG_DIR=$WORK/none "$checkout/bin/holdfast" acr check-health -n "$login_server" --ca "$own_ca" --no-host --json || true)
assert_eq 'to who trusts the proxy’s CA only' "$(jq -r '.findings[].fault' <<<"$seen")" tls.unknown-ca
server_is_well
