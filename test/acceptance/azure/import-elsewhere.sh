#!/usr/bin/env bash
# needs: root az-newest crane jq curl busybox zstd unshare ip
# server: own
# az acr import from a registry elsewhere: another site at a private address, with a CA and a password of its own.
PEER_DOMAIN=peer.contoso.internal
SERVER_ARGS="--config $WORK/site.yaml"
before_server() {
  /sbin/ip address add 10.99.0.1/32 dev lo
  echo "10.99.0.1 registry.azsacr.$PEER_DOMAIN" >>/etc/hosts
  env -i PATH="$PATH" HOME="$WORK" "$checkout/bin/holdfast" serve --data "$WORK/peer" --http off --https 10.99.0.1:443 --domain "$PEER_DOMAIN" >"$WORK/peer-ready" 2>"$WORK/peer.log" &
  for _ in $(seq 300); do grep -q '"event":"ready"' "$WORK/peer-ready" && break; sleep 0.1; done
  printf 'outbound:\n  ca: %s\n' "$WORK/peer/tls/ca.pem" >"$WORK/site.yaml"
}
. "$(dirname "$0")/lib.bash"
. "$acceptance/azure/az.bash"
az_register
quiet az_login
make_registry contosoimport
peer=registry.azsacr.$PEER_DOMAIN
peer_password=$(jq -er .registry.password "$WORK/peer/bootstrap.json")
export SSL_CERT_FILE=$WORK/peer/tls/ca.pem
crane auth login "$peer" -u registry -p "$peer_password" >/dev/null 2>&1
sub_layout "$MULTI" "$WORK/multi"
crane push --index "$WORK/multi" "$peer/a/b:v1" >/dev/null
index=$(crane digest "$peer/a/b:v1")
export SSL_CERT_FILE=$CA

step 'a whole index, by password'
quiet az acr import -n contosoimport --source "$peer/a/b:v1" -u registry -p "$peer_password"
assert_eq 'the index, as crane sees it' "$(crane digest "$login_server/a/b:v1")" "$index"
quiet crane validate --remote "$login_server/a/b:v1"
quiet az acr import -n contosoimport --source "$peer/a/b@$index" -t other/name:v9 -u registry -p "$peer_password"
assert_eq 'by digest, under another name' "$(crane digest "$login_server/other/name:v9")" "$index"

step 'what does not work says why, and leaves nothing'
az_refused 'a wrong password' any 'UNAUTHORIZED|unauthorized|did not accept|credentials' acr import -n contosoimport --source "$peer/a/b:v1" -t c/d:v1 -u registry -p wrong
az_refused 'a tag that is not there' any 'MANIFEST_UNKNOWN|not found' acr import -n contosoimport --source "$peer/a/b:none" -t c/d:v1 -u registry -p "$peer_password"
az_refused 'this machine itself' any 'loopback|not allowed|outbound' acr import -n contosoimport --source "localhost.localdomain/a/b:v1" -t c/d:v1
refused 'what was imported in part' 'MANIFEST_UNKNOWN|NAME_UNKNOWN|not found' crane digest "$login_server/c/d:v1"
server_is_well
