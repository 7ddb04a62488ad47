#!/usr/bin/env bash
# needs: root az-newest crane jq curl busybox zstd unshare chromium
# server: own
# FAQ: the portal lists a hundred of many. Ours has them all, in a real Chromium; az lists as many.
checkout=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)
[ -n "${HOLDFAST_PRIVATE:-}" ] || "$checkout/node_modules/.bin/node" "$checkout/tools/portal.ts" --if-needed --quiet
. "$(dirname "$0")/../azure/lib.bash"
. "$acceptance/azure/az.bash"
az_register
quiet az_login
make_registry contoso25
export PORTAL=https://portal.$DOMAIN PERSON=$OWNER SECRET=$OWNER_PASS
see() { "$checkout/node_modules/.bin/node" "$checkout/test/e2e/faq/look.ts" "$@" || fail "the portal: $*"; }

# One request each, of one curl: an index without children is a whole image.
index=$WORK/index.json type=application/vnd.oci.image.index.v1+json
printf '{"schemaVersion":2,"mediaType":"%s","manifests":[]}' $type >"$index"
put() { # manifests to put, as paths below /v2/
  local path
  for path; do printf 'url="https://%s/v2/%s"\nupload-file="%s"\noutput=/dev/null\n' "$login_server" "$path" "$index"; done >"$WORK/put"
  curl -sS -f --cacert "$CA" -u "contoso25:$admin_password" -H "Content-Type: $type" -K "$WORK/put" || fail 'putting manifests'
}
step '250 repositories, 1500 tags'
mapfile -t repositories < <(printf 'many/r%03d/manifests/v1\n' {0..248})
mapfile -t tags < <(printf 'many/tags/manifests/t%04d\n' {0..1499})
put "${repositories[@]}"
put "${tags[@]}"

step 'az lists them'
assert_eq 'repositories' "$(value acr repository list -n contoso25 --query 'length(@)')" 251
assert_eq 'tags' "$(value acr repository show-tags -n contoso25 --repository many/tags --query 'length(@)')" 1500

step 'so does the portal, scrolled to the end'
found=$(see list /r/contoso25/repositories)
assert_eq 'repositories' "$(jq -r '"\(.rank) of \(.total), the last is \(.name)"' <<<"$found")" '251 of 251, the last is team/app'
assert_eq 'few of them are in the page' "$(jq '.rows <= 200' <<<"$found")" true
found=$(see list '/r/contoso25/repo/many/tags/~/tags?sort=name')
assert_eq 'tags' "$(jq -r '"\(.rank) of \(.total), the last is \(.name)"' <<<"$found")" '1500 of 1500, the last is t1499'
assert_eq 'few of them are in the page' "$(jq '.rows <= 200' <<<"$found")" true
found=$(see list '/r/contoso25/repositories?q=many/r24' --language zh-CN)
assert_eq 'a search, in Chinese' "$(jq -r '"\(.rank) of \(.total), the last is \(.name)"' <<<"$found")" '9 of 9, the last is many/r248'
server_is_well
