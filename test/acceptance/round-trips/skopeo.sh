#!/usr/bin/env bash
# needs: root skopeo
# skopeo: gzip, zstd and multi-arch images there and back, over HTTP and over TLS with the site's CA; mount between
# repositories, sync, delete.
. "$(dirname "$0")/../lib.sh"
private_machine
skopeo --version
make_fixtures

step 'sign in'
for registry in "$HTTP_REGISTRY" "$HTTPS_REGISTRY" "$NAMED_REGISTRY"; do
  tls=$([ "$registry" != "$HTTP_REGISTRY" ] && echo true || echo false)
  refused "a wrong password at $registry" 'unauthorized|invalid username/password' \
    skopeo login --tls-verify=$tls -u "$REG_USER" -p "not-$REG_PASS" "$registry"
  skopeo login --tls-verify=$tls -u "$REG_USER" --password-stdin "$registry" <<<"$REG_PASS"
done
refused 'a pull without sign-in' 'unauthorized|authentication required' \
  env REGISTRY_AUTH_FILE="$WORK/none.json" skopeo inspect --raw --tls-verify=false "docker://$HTTP_REGISTRY/skopeo/none:1"

mkdir "$WORK/no-ca"
refused "TLS without the site's CA" 'x509|certificate' \
  skopeo inspect --cert-dir "$WORK/no-ca" "docker://$NAMED_REGISTRY/skopeo/none:1"

for registry in "$HTTP_REGISTRY" "$HTTPS_REGISTRY" "$NAMED_REGISTRY"; do
  step "push and pull at $registry"
  tls=$([ "$registry" != "$HTTP_REGISTRY" ] && echo true || echo false)
  repository=skopeo/from-${registry//[.:]/-}
  for image in "gzip $GZIP" "zstd $ZSTD" "multi $MULTI"; do
    read -r tag digest <<<"$image"
    skopeo copy -q --all --preserve-digests --dest-tls-verify=$tls "oci:$LAYOUT:$tag" "docker://$registry/$repository:$tag"
    assert_served "$registry" "$repository" "$tag" "$LAYOUT" "$digest"
    new_layout "$WORK/back-$tag"
    skopeo copy -q --all --preserve-digests --src-tls-verify=$tls "docker://$registry/$repository:$tag" "oci:$WORK/back-$tag:$tag"
    assert_same_layout "$tag there and back" "$LAYOUT" "$WORK/back-$tag" "$digest"
    rm -rf "$WORK/back-$tag"
  done
  assert_eq 'list-tags' "$(skopeo list-tags --tls-verify=$tls "docker://$registry/$repository" | jq -c ".Tags | sort")" '["gzip","multi","zstd"]'
  assert_eq 'inspect picks the architecture asked for' \
    "$(skopeo inspect --tls-verify=$tls --override-arch arm64 --override-os linux "docker://$registry/$repository:multi" | jq -r .Architecture)" arm64
done

step 'Docker schema 2'
skopeo copy -q --format v2s2 --dest-tls-verify=false "oci:$LAYOUT:gzip" "docker://$HTTP_REGISTRY/skopeo/v2s2:1"
assert_eq 'the media type is what skopeo sent' \
  "$(get_manifest "$HTTP_REGISTRY" skopeo/v2s2 1 -I | tr -d '\r' | sed -n 's/^content-type: //Ip')" application/vnd.docker.distribution.manifest.v2+json

step 'mount between repositories'
log=$(skopeo --debug copy --preserve-digests --src-tls-verify=false --dest-tls-verify=false \
  "docker://$HTTP_REGISTRY/skopeo/from-${HTTP_REGISTRY//[.:]/-}:gzip" "docker://$HTTP_REGISTRY/skopeo/mounted:1" 2>&1)
assert_contains 'skopeo asked for a mount' "$log" '?from=skopeo'
assert_eq 'both layers were mounted (skopeo uploads configs)' "$(grep -c 'mount OK' <<<"$log")" 2
assert_served "$HTTP_REGISTRY" skopeo/mounted 1 "$LAYOUT" "$GZIP"

step 'sync to a folder'
skopeo sync --scoped --src docker --dest dir --src-tls-verify=false "$HTTP_REGISTRY/skopeo/mounted" "$WORK/sync" 2>&1
assert_eq 'the manifest came down' "$(digest_of "$WORK/sync/$HTTP_REGISTRY/skopeo/mounted:1/manifest.json")" "$GZIP"

step 'delete'
skopeo delete --tls-verify=false "docker://$HTTP_REGISTRY/skopeo/mounted:1"
refused 'a pull of what was deleted' 'manifest unknown|name unknown' skopeo inspect --tls-verify=false "docker://$HTTP_REGISTRY/skopeo/mounted:1"
