#!/usr/bin/env bash
# needs: root az-newest dockerd docker containerd runc crane jq curl busybox zstd unshare chromium
# server: own
# FAQ: how to see that a storage quota changed: a layer of 1 GB that no other image has, by the FAQ's own Dockerfile.
checkout=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)
[ -n "${HOLDFAST_PRIVATE:-}" ] || "$checkout/node_modules/.bin/node" "$checkout/tools/portal.ts" --if-needed --quiet
. "$(dirname "$0")/../azure/lib.bash"
. "$acceptance/azure/az.bash"
az_register
quiet az_login
make_registry contoso10
start_docker
quiet az acr login -n contoso10
mkdir -p "$WORK/build"
cd "$WORK/build"
cat >Dockerfile <<'END'
FROM alpine
RUN dd if=/dev/urandom of=1GB.bin  bs=32M  count=32
RUN ls -lh 1GB.bin
END
quiet docker build -t "$login_server/1gb:latest" .
before=$(usage_of contoso10)
# What the usage ring of the portal shows.
ring() {
  PORTAL=https://portal.$DOMAIN PERSON=$OWNER SECRET=$OWNER_PASS "$checkout/node_modules/.bin/node" "$checkout/test/e2e/faq/look.ts" ring contoso10 | jq .used
}
assert_eq 'the ring in the portal' "$(ring)" "$before"
# By one request that says how long it is, so that nothing of it need be sent.
reg_status_of_upload() {
  curl -sS --cacert "$CA" -u "contoso10:$admin_password" -o /dev/null -w '%{http_code}' -X POST -H 'Expect: 100-continue' \
    -H 'Content-Type: application/octet-stream' -T "$1" "https://$login_server/v2/1gb/blobs/uploads/?digest=$(digest_of "$1")"
}

step 'a quota that it does not fit in'
# Refusals are in 27: docker would send the gigabyte five times before it believes one.
set_quota 1
assert_eq 'the limit that az shows' "$(value acr show-usage -n contoso10 --query "value[?name=='Size'].limit | [0]" -o tsv)" $((1 << 30))
head -c 1100000000 /dev/urandom >"$WORK/large"
said=$(reg_status_of_upload "$WORK/large")
assert_eq 'a blob of that size is refused' "$said" 405
rm "$WORK/large"
assert_eq 'usage' "$(usage_of contoso10)" "$before"

step 'one that it fits in'
set_quota 2
started=$SECONDS
docker push "$login_server/1gb:latest" >"$WORK/pushed" || fail "the push failed: $(tail -n 3 "$WORK/pushed")"
figure "docker push of 1 GB: $((SECONDS - started)) s"
after=$(usage_of contoso10)
layers=$(crane manifest "$login_server/1gb:latest" | jq '[.config.size, .layers[].size] | add')
assert_eq 'usage went up by what was pushed' $((after - before)) $((layers + $(crane manifest "$login_server/1gb:latest" | wc -c)))
[ $((after - before)) -gt $((1 << 30)) ] || fail "usage went up by $((after - before)) bytes only"
ok 'which is more than 1 GiB'
assert_eq 'and so did the ring in the portal' "$(ring)" "$after"

step 'the deletion of the FAQ, and the usage after it'
quiet az acr repository delete -n contoso10 --image 1gb --yes
assert_eq 'usage is down again, at once' "$(usage_of contoso10)" "$before"
assert_eq 'and the ring' "$(ring)" "$before"
server_is_well
