#!/usr/bin/env bash
# needs: root az-newest crane dockerd docker containerd ctr jq curl busybox zstd unshare
# server: own
# FAQ: "InvalidAuthenticationInfo", when curl -L forwards the credentials to where a blob is. The FAQ's script works as written;
# forwarded credentials do no harm; and a switch answers them as Azure does.
before_server() { printf 'distribution: { redirect: signed }\n' >"$WORK/holdfast.yaml"; }
SERVER_ARGS="--config $WORK/holdfast.yaml"
. "$(dirname "$0")/../azure/lib.bash"
. "$acceptance/azure/az.bash"
az_register
quiet az_login
make_registry contoso24
export CURL_CA_BUNDLE=$CA
repository=team/app digest=$(jq -r '.layers[0].digest' "$(blob_path "$LAYOUT" "$GZIP")")
credential=$(printf %s "contoso24:$admin_password" | base64 -w0)
registry=contoso24
is_the_blob() { assert_eq "$1" "$(digest_of "$2")" "$digest"; }

# The FAQ's two lines, as they stand there; only the domain is this site's.
faq_script() {
  redirect_url=$(curl -s -D - -H "Authorization: basic $credential" https://$registry.azsacr.$DOMAIN/v2/$repository/blobs/$digest | grep "^Location: " | cut -d " " -f2 | tr -d '\r')
  curl $redirect_url
}

step "the FAQ's script, word for word"
faq_script >"$WORK/blob" 2>"$WORK/curl" || fail "$(cat "$WORK/curl")"
is_the_blob 'it fetches the blob' "$WORK/blob"
assert_matches 'from the data host' "$redirect_url" "^https://data\.$DOMAIN/"

step 'credentials that are forwarded'
fetch() { curl -sS -o "$WORK/blob" -w '%{http_code}' "$@" -H "Authorization: basic $credential" "https://$login_server/v2/$repository/blobs/$digest"; }
assert_eq 'curl -L' "$(fetch -L)" 200
is_the_blob 'the blob' "$WORK/blob"
assert_eq 'curl --location-trusted' "$(fetch --location-trusted)" 200
is_the_blob 'the blob' "$WORK/blob"
assert_eq 'a part of it' "$(curl -sS -L -o "$WORK/part" -w '%{http_code}' -r 10-19 -H "Authorization: basic $credential" "https://$login_server/v2/$repository/blobs/$digest")" 206
assert_eq 'just that part' "$(od -An -tx1 "$WORK/part" | tr -d ' \n')" "$(od -An -tx1 -j 10 -N 10 "$(blob_path "$LAYOUT" "$digest")" | tr -d ' \n')"

step 'an address that was changed'
other_digest=sha256:$(printf %s "${digest#sha256:}" | tr 0-9a-f 1-9a-f0) # every digit differs, whatever the layer's digest is
assert_eq 'another digest' "$(http_status "${redirect_url/$digest/$other_digest}")" 403
assert_eq 'a longer life' "$(http_status "$(sed 's/se=[0-9]*/se=9999999999/' <<<"$redirect_url")")" 403
assert_eq 'no signature' "$(http_status "${redirect_url%&sig=*}")" 403

pull_by_all() {
  rm -rf "$WORK/pulled"; new_layout "$WORK/pulled"
  crane pull --format oci "$login_server/team/app:v1" "$WORK/pulled" 2>"$WORK/said" || fail "crane: $(cat "$WORK/said")"
  assert_same_layout 'crane pulls through the redirect' "$LAYOUT" "$WORK/pulled" "$GZIP"
  docker image rm -f "$login_server/team/app:v1" >/dev/null 2>&1 || true
  quiet docker pull "$login_server/team/app:v1"
  ctr images rm --sync "$login_server/team/app:v1" >/dev/null 2>&1 || true
  ctr content prune references >/dev/null
  ctr images pull --hosts-dir "$WORK/hosts" --user "contoso24:$admin_password" "$login_server/team/app:v1" >"$WORK/said" 2>&1 || fail "containerd: $(cat "$WORK/said")"
  ok 'containerd pulls'
}
step 'docker, crane and containerd'
mkdir -p "/etc/docker/certs.d/$login_server" "/etc/docker/certs.d/data.$DOMAIN" "$WORK/docker"
for name in "$login_server" "data.$DOMAIN"; do cp "$CA" "/etc/docker/certs.d/$name/ca.crt"; done
echo '{}' >"$WORK/daemon.json"
export DOCKER_HOST=unix://$WORK/docker.sock
start dockerd dockerd --config-file "$WORK/daemon.json" --data-root "$WORK/docker" --exec-root "$WORK/docker-run" --pidfile "$WORK/docker.pid" \
  --storage-driver=vfs --host "$DOCKER_HOST" --bridge none --iptables=false --ip6tables=false
wait_for dockerd 60 docker version
echo "$admin_password" | docker login "$login_server" -u contoso24 --password-stdin >/dev/null 2>&1 || fail 'docker login'
mkdir -p "$WORK/hosts/$login_server"
printf 'server = "https://%s"\nca = "%s"\n[host."https://%s"]\n  capabilities = ["pull", "resolve"]\n  ca = "%s"\n' \
  "$login_server" "$CA" "$login_server" "$CA" >"$WORK/hosts/$login_server/hosts.toml"
start_containerd
pull_by_all
assert_matches 'they came by the data host' "$(grep -c '"route":"download-get"' "$WORK/server.log")" '^[1-9]'
if grep -oE 'sig=[A-Za-z0-9_-]{43}' "$WORK/server.log"; then fail 'the log holds a signature'; fi
ok 'the log holds no signature'

step 'the switch: as Azure answers'
kill $server; wait $server || fail "the server ended with $?"
echo 'distribution: { redirect: azure }' >"$WORK/holdfast.yaml"
env -i PATH="$PATH" HOME="$WORK" "$checkout/bin/holdfast" serve --data "$server_data" --http 127.0.0.1:80 --https 127.0.0.1:443 \
  --domain "$DOMAIN" --config "$WORK/holdfast.yaml" >"$WORK/ready" 2>>"$WORK/server.log" &
server=$!
wait_for 'the server' 30 grep -q '"event":"ready"' "$WORK/ready"
assert_eq 'curl --location-trusted' "$(fetch --location-trusted)" 400
assert_contains 'says what the FAQ shows' "$(cat "$WORK/blob")" '<Error><Code>InvalidAuthenticationInfo</Code><Message>Authentication information is not given in the correct format. Check the value of Authorization header.'
faq_script >"$WORK/blob" 2>"$WORK/curl" || fail "$(cat "$WORK/curl")"
is_the_blob "the FAQ's script works as before" "$WORK/blob"
pull_by_all
server_is_well
