#!/usr/bin/env bash
# needs: root crane dockerd docker jq curl unshare nginx
# server: own
# nginx in front with deploy/nginx/holdfast.conf as it is, but for names and paths: it sends the bytes of blobs itself, and no byte
# that the registry has not allowed; then with redirects to data.<domain>, which go the same way.
. "$(dirname "$0")/../azure/lib.bash"
. "$acceptance/azure/az.bash"
export SSL_CERT_FILE=$CA
kill $server; wait $server || fail "the server ended with $?"
serve() { # configuration...: as the head of the example says
  printf '%s\n' 'proxies: [127.0.0.1]' "$@" >"$WORK/holdfast.yaml"
  env -i PATH="$PATH" HOME="$WORK" "$checkout/bin/holdfast" serve --http 127.0.0.1:5000 --https off --domain "$DOMAIN" --public-port 443 \
    --data "$server_data" --config "$WORK/holdfast.yaml" >"$WORK/ready" 2>>"$WORK/server.log" &
  server=$!
  wait_for 'the server' 60 grep -q '"event":"ready"' "$WORK/ready"
}
again() {
  kill $server; wait $server || fail "the server ended with $?"; serve "$@"
  wait_for 'nginx reaches it again' 30 sh -c "[ \$(curl -s -o /dev/null -w '%{http_code}' --cacert '$CA' 'https://$host/v2/') = 401 ]"
}
serve 'distribution: { accelLocation: /holdfast-blobs/ }'

# The example, with this site's names, certificate and folder; around it what nginx has from its own file, and a log that says who sent what.
sed "s#site1\.corp\.example#$DOMAIN#g; s#/etc/holdfast/site\.pem#$DATA/tls/server.pem#; s#/etc/holdfast/site\.key#$DATA/tls/server-key.pem#
  s#/var/lib/holdfast/blobs/#$DATA/blobs/#" "$checkout/deploy/nginx/holdfast.conf" >"$WORK/site.conf"
cat >"$WORK/nginx.conf" <<END
user root; daemon off; pid $WORK/nginx.pid; error_log $WORK/nginx-error.log;
events {}
http {
  log_format who '\$request_method \$host \$request_uri served=\$uri status=\$status sent=\$body_bytes_sent upstream=\$upstream_response_length';
  access_log $WORK/nginx-access.log who;
  client_body_temp_path $WORK/nginx-body; proxy_temp_path $WORK/nginx-proxy;
  fastcgi_temp_path $WORK/nginx-1; uwsgi_temp_path $WORK/nginx-2; scgi_temp_path $WORK/nginx-3;
  include $WORK/site.conf;
}
END
start nginx nginx -c "$WORK/nginx.conf"
host=$NAMED_REGISTRY
wait_for nginx 20 curl -s -o /dev/null --cacert "$CA" "https://$host/v2/"
echo "nginx $(nginx -v 2>&1 | sed 's#.*/##')"

image=$host/team/app
crane auth login "$host" -u "$REG_USER" -p "$REG_PASS" >/dev/null 2>&1
head -c 3000000 /dev/urandom >"$WORK/random"; tar -C "$WORK" -czf "$WORK/layer.tar.gz" random
crane append --oci-empty-base -f "$WORK/layer.tar.gz" -t "$image:v1" >/dev/null 2>&1 || fail 'a push through nginx'
layer=$(crane manifest "$image:v1" | jq -er '.layers[0].digest')
file=$DATA/blobs/sha256/${layer:7:2}/${layer:7}
size=$(stat -c %s "$file")
blob=https://$host/v2/team/app/blobs/$layer
as_user() { curl -sS --cacert "$CA" -u "$REG_USER:$REG_PASS" "$@"; }
sent_by_nginx() { grep -c "served=/holdfast-blobs/sha256/${layer:7:2}/${layer:7} status=200 sent=$size" "$WORK/nginx-access.log" || true; }
by_nginx() { # what command...
  local what=$1 before; shift; before=$(sent_by_nginx)
  "$@" >"$WORK/said" 2>&1 || fail "$what: $(cat "$WORK/said")"
  wait_for "$what: nginx's own line" 5 sh -c "[ \$(grep -c 'served=/holdfast-blobs/sha256/${layer:7:2}/${layer:7} status=200 sent=$size' '$WORK/nginx-access.log') -gt $before ]"
  ok "$what, and nginx sent the $size bytes"
}
pull() { rm -rf "$WORK/pulled"; crane pull --format oci "$image:v1" "$WORK/pulled" && cmp "$WORK/pulled/blobs/sha256/${layer:7}" "$file"; }

step 'nginx sends blobs'
by_nginx 'crane pulls' pull
by_nginx 'curl fetches it' as_user -f -D "$WORK/head" -o "$WORK/blob" "$blob"
assert_same_file 'the bytes' "$WORK/blob" "$file"
for header in "Docker-Content-Digest: $layer" "ETag: \"$layer\"" 'X-Ms-Correlation-Request-Id: ' 'Content-Type: application/octet-stream'; do
  assert_contains "the registry's ${header%%:*}" "$(tr -d '\r' <"$WORK/head")" "$header"
done
if grep -i 'x-accel' "$WORK/head"; then fail 'the client sees where files are'; fi
assert_eq 'a part of it' "$(as_user -r 10-19 -o "$WORK/part" -w '%{http_code}' "$blob") $(od -An -tx1 "$WORK/part" | tr -d ' \n')" \
  "206 $(od -An -tx1 -j10 -N10 "$file" | tr -d ' \n')"
# The log is written every half second.
wait_for "the registry's line of the part" 5 sh -c "[ \$(grep -c '\"route\":\"blob-get\".*${layer:7}\|${layer:7}.*\"route\":\"blob-get\"' '$WORK/server.log') -ge 3 ]"
assert_eq 'the registry itself sent no byte of it' "$(jq -s -c --arg d "$layer" '[.[] | select(.route? == "blob-get" and .status == 200 and (.url | contains($d))) | .bytes] | unique' "$WORK/server.log")" '[0]'
assert_eq 'past nginx the registry sends it' "$(curl -sS -u "$REG_USER:$REG_PASS" -H "Host: $host" "http://127.0.0.1:5000/v2/team/app/blobs/$layer" | cmp - "$file" && echo same)" same

step 'and none that the registry does not allow'
assert_eq 'the folder, from outside' "$(http_status "https://$host/holdfast-blobs/sha256/${layer:7:2}/${layer:7}")" 404
assert_eq 'without sign-in' "$(http_status "$blob")" 401
assert_eq 'with a wrong password' "$(http_status -u "$REG_USER:wrong" "$blob")" 401
assert_eq 'from a repository that has it not' "$(as_user -o /dev/null -w '%{http_code}' "https://$host/v2/team/other/blobs/$layer")" 404
registry="/subscriptions/$SUBSCRIPTION/resourceGroups/default/providers/Microsoft.ContainerRegistry/registries/registry"
policy() { arm PATCH "$registry?api-version=2019-05-01" -f -o /dev/null -d "{\"properties\":{\"policies\":{\"quarantinePolicy\":{\"status\":\"$1\"}}}}"; }
policy enabled
assert_eq 'in quarantine' "$(as_user -o /dev/null -w '%{http_code}' "$blob")" 405
policy disabled

step 'docker'
mkdir -p "/etc/docker/certs.d/$host" "/etc/docker/certs.d/data.$DOMAIN" "$WORK/docker"
for name in "$host" "data.$DOMAIN"; do cp "$CA" "/etc/docker/certs.d/$name/ca.crt"; done
echo '{}' >"$WORK/daemon.json"
export DOCKER_HOST=unix://$WORK/docker.sock
start dockerd dockerd --config-file "$WORK/daemon.json" --data-root "$WORK/docker" --exec-root "$WORK/docker-run" --pidfile "$WORK/docker.pid" \
  --storage-driver=vfs --host "$DOCKER_HOST" --bridge none --iptables=false --ip6tables=false
wait_for dockerd 60 docker version
echo "$REG_PASS" | docker login "$host" -u "$REG_USER" --password-stdin >/dev/null 2>&1 || fail 'docker login'
echo small >"$WORK/small"; tar -C "$WORK" -c small | docker import - "$host/team/docker:1" >/dev/null
docker push "$host/team/docker:1" >"$WORK/said" 2>&1 || fail "docker push: $(cat "$WORK/said")"
docker_pull() { docker image rm -f "$host/team/docker:1" >/dev/null 2>&1; docker pull "$host/team/docker:1"; }
by_docker() { # what
  local layer size; layer=$(crane manifest "$host/team/docker:1" | jq -er '.layers[0].digest')
  size=$(stat -c %s "$DATA/blobs/sha256/${layer:7:2}/${layer:7}")
  by_nginx "$1" docker_pull
}
by_docker 'docker pulls'

step 'redirects to the data host, sent by nginx'
again 'distribution: { accelLocation: /holdfast-blobs/, redirect: signed, redirectSeconds: 10 }'
address() { as_user -o /dev/null -w '%{redirect_url}' "$blob"; }
assert_matches 'the address' "$(address)" "^https://data\.$DOMAIN/.*$layer"
by_nginx 'crane follows' pull
by_docker 'docker follows'
assert_matches 'they came by the data host' "$(grep -c "data\.$DOMAIN .*served=/holdfast-blobs/.*status=200" "$WORK/nginx-access.log")" '^[1-9]'
by_nginx 'credentials that are forwarded do no harm' as_user -f -L --location-trusted -o "$WORK/blob" "$blob"
assert_same_file 'the bytes' "$WORK/blob" "$file"
by_nginx 'a wrong header does none either' curl -sS -f --cacert "$CA" -H 'Authorization: Bearer nonsense' -o "$WORK/blob" "$(address)"
other=$(crane config "$image:v1" | sha256sum | cut -c1-64)
given=$(address)
assert_eq 'the digest of another blob of the image' "$(http_status "${given/${layer:7}/$other}")" 403
assert_eq 'another signature' "$(http_status "${given%&sig=*}&sig=$(printf 'A%.0s' $(seq 43))")" 403
sleep 11
assert_eq 'after its life' "$(http_status "$given")" 403
assert_eq 'with a longer life' "$(http_status "$(sed 's/se=[0-9]*/se=9999999999/' <<<"$given")")" 403

step 'the switch: as Azure answers'
again 'distribution: { accelLocation: /holdfast-blobs/, redirect: azure }'
assert_eq 'credentials that are forwarded' "$(as_user -L --location-trusted -o "$WORK/said" -w '%{http_code}' "$blob")" 400
assert_contains 'the XML' "$(cat "$WORK/said")" '<Error><Code>InvalidAuthenticationInfo</Code><Message>Authentication information is not given in the correct format. Check the value of Authorization header.'
by_nginx 'crane, which forwards none' pull
if [ -s "$WORK/nginx-error.log" ]; then fail "nginx: $(cat "$WORK/nginx-error.log")"; fi
server_is_well
