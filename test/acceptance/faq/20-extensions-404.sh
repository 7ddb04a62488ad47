#!/usr/bin/env bash
# needs:
# FAQ: Red Hat's docker, with signature verification on, asks the registry for signatures below /extensions/v2/ when the
# registry says that it has them, and takes a 401 there for the end of the pull. So we never say it, and answer 404.
. "$(dirname "$0")/../lib.sh"
all=$WORK/all-headers count=0
touch "$all"
# Every response below passes through here.
expect() { # who what path status curl-arguments...
  local who=$1 what=$2 path=$3 status=$4 got registry; shift 4
  for registry in "$HTTP_REGISTRY" "$NAMED_REGISTRY"; do
    got=$("${who}_curl" "$registry" "$path" -D "$WORK/headers" -o "$WORK/body" -w '%{http_code}' "$@")
    [ "$got" = "$status" ] || fail "$what, $who at $registry: $got, not $status: $(head -c 500 "$WORK/body")"
    [ -s "$WORK/headers" ] || fail "$what: no headers were seen"
    cat "$WORK/headers" >>"$all"
    count=$((count + 1))
  done
  ok "$what, $who: $status"
}
new_layout "$WORK/layout"
image=$(make_image "$WORK/layout" app amd64 gzip)
push_layout "$HTTP_REGISTRY" faq20/app 1 "$WORK/layout" "$image"
config=$(jq -r .config.digest "$(blob_path "$WORK/layout" "$image")")

step 'below /extensions/v2/ is nothing, for anybody'
for who in anonymous reg; do
  for path in "/extensions/v2/faq20/app/signatures/$image" "/extensions/v2/faq20/none/signatures/$image" /extensions/v2/ /extensions/v2/anything; do
    expect $who "GET $path" "$path" 404
    assert_eq 'it asks nobody to sign in' "$(grep -ci '^www-authenticate:' "$WORK/headers" || true)" 0
    expect $who "HEAD $path" "$path" 404 -I
  done
  expect $who 'PUT of a signature' "/extensions/v2/faq20/app/signatures/$image" 404 -X PUT -d '{}'
done

step 'other answers of every kind'
manifest=/v2/faq20/app/manifests/1
accept=(-H "Accept: $manifest_types")
expect anonymous 'ping' /v2/ 401
expect reg 'ping' /v2/ 200
expect anonymous 'a manifest' $manifest 401
expect reg 'a manifest' $manifest 200 "${accept[@]}"
expect reg 'HEAD of a manifest' $manifest 200 -I "${accept[@]}"
expect reg 'a blob' "/v2/faq20/app/blobs/$config" 200
expect reg 'HEAD of a blob' "/v2/faq20/app/blobs/$config" 200 -I
expect reg 'a part of a blob' "/v2/faq20/app/blobs/$config" 206 -r 0-9
expect reg 'a missing blob' "/v2/faq20/app/blobs/sha256:$(printf '0%.0s' {1..64})" 404
expect reg 'tags' /v2/faq20/app/tags/list 200
expect reg 'the catalogue' /v2/_catalog 200
expect reg 'referrers' "/v2/faq20/app/referrers/$image" 200
expect reg 'an upload is opened' /v2/faq20/app/blobs/uploads/ 202 -X POST
expect reg 'a manifest again' $manifest 201 -X PUT -H 'Content-Type: application/vnd.oci.image.manifest.v1+json' --data-binary "@$(blob_path "$WORK/layout" "$image")"
expect reg 'a broken manifest' /v2/faq20/app/manifests/2 400 -X PUT -H 'Content-Type: application/vnd.oci.image.manifest.v1+json' -d '{'
expect reg 'a missing tag' /v2/faq20/app/manifests/none 404
expect reg 'an unknown path' /v2/faq20/app/nothing/of/the/kind 404
expect anonymous 'the token service' /oauth2/token 401
for registry in "$HTTP_REGISTRY" "$NAMED_REGISTRY"; do
  got=$(reg_curl "$registry" /oauth2/token -G --data-urlencode "service=$registry" -D "$WORK/headers" -o "$WORK/body" -w '%{http_code}')
  assert_eq "a token at $registry" "$got" 200
  cat "$WORK/headers" >>"$all"
  count=$((count + 1))
done

step 'no answer invites to ask for signatures'
assert_eq 'the headers of every answer were kept' "$(grep -c '^HTTP/' "$all")" "$count"
[ $count -ge 70 ] || fail "only $count answers were seen"
assert_eq "X-Registry-Supports-Signatures in $count answers" "$(grep -ci '^x-registry-supports-signatures' "$all" || true)" 0
