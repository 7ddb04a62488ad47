#!/usr/bin/env bash
# needs: crane
# crane: push, pull, validate, copy with mount, index, list, catalogue, delete, and a non-distributable layer with and
# without being asked to take it along.
. "$(dirname "$0")/../lib.sh"
echo "crane $(crane version)"
make_fixtures
FOREIGN=$(make_image "$LAYOUT" foreign amd64 gzip "http://127.0.0.1:9/never-fetched")

step "the site's CA"
refused 'TLS without it' 'x509|certificate' crane digest "$HTTPS_REGISTRY/crane/gzip:1"
export SSL_CERT_FILE=$CA # read by Go programs

for registry in "$HTTP_REGISTRY" "$HTTPS_REGISTRY"; do
  step "sign in, push, pull, validate at $registry"
  refused 'a push without sign-in' 'UNAUTHORIZED|401' crane push --index "$LAYOUT" "$registry/crane/none:1"
  crane auth login "$registry" -u not-a-user -p "not-$REG_PASS" 2>/dev/null # crane only notes it
  refused 'a wrong password' 'UNAUTHORIZED|401' crane catalog "$registry"
  crane auth login "$registry" -u "$REG_USER" --password-stdin <<<"$REG_PASS" 2>/dev/null
  for image in "gzip $GZIP" "zstd $ZSTD" "multi $MULTI"; do
    read -r tag digest <<<"$image"
    sub_layout "$digest" "$WORK/only-$tag"
    crane push "$WORK/only-$tag" "$registry/crane/$tag:1" >/dev/null 2>&1
    assert_served "$registry" "crane/$tag" 1 "$LAYOUT" "$digest"
    assert_eq 'crane digest' "$(crane digest "$registry/crane/$tag:1")" "$digest"
    # It reads layers as gzip whatever they are, so it cannot validate zstd.
    if [ $tag != zstd ]; then crane validate --remote "$registry/crane/$tag:1" 2>&1; fi
    crane pull --format oci "$registry/crane/$tag:1" "$WORK/back-$tag"
    assert_same_layout "$tag there and back" "$LAYOUT" "$WORK/back-$tag" "$digest"
    rm -rf "$WORK/only-$tag" "$WORK/back-$tag"
  done

  step 'copy to a second repository mounts'
  log=$(crane -v copy "$registry/crane/gzip:1" "$registry/crane/mounted-${registry##*:}:1" 2>&1)
  mounts=$(grep -cE 'POST .*[?&]mount=' <<<"$log" || true)
  [ "$mounts" -ge 3 ] || fail "crane asked for $mounts mounts, not for 3"
  case $log in *PATCH*) fail 'a blob was uploaded again although it could be mounted' ;; esac
  assert_served "$registry" crane/mounted-${registry##*:} 1 "$LAYOUT" "$GZIP"

  step 'index, tags, catalogue'
  sub_layout "$ARM" "$WORK/only-arm"
  crane push "$WORK/only-arm" "$registry/crane/index:arm" >/dev/null 2>&1
  crane copy "$registry/crane/gzip:1" "$registry/crane/index:amd" 2>/dev/null
  crane index append -m "$registry/crane/index:arm" -m "$registry/crane/index:amd" -t "$registry/crane/index:both" >/dev/null 2>&1
  assert_eq 'the index that crane made holds both' "$(crane manifest "$registry/crane/index:both" | jq -c '[.manifests[].digest] | sort')" \
    "$(printf '%s\n' "$GZIP" "$ARM" | sort | jq -Rc . | jq -sc .)"
  crane tag "$registry/crane/index:both" latest 2>/dev/null
  assert_eq 'crane ls' "$(crane ls "$registry/crane/index" | sort | tr '\n' ' ')" 'amd arm both latest '
  assert_matches 'crane catalog' "$(crane catalog "$registry")" '^crane/index$'
  rm -rf "$WORK/only-arm"

  step 'delete'
  crane delete "$registry/crane/mounted-${registry##*:}@$GZIP" 2>/dev/null
  refused 'a pull of what was deleted' 'MANIFEST_UNKNOWN|NAME_UNKNOWN|404' crane manifest "$registry/crane/mounted-${registry##*:}@$GZIP"
  refused 'its tag' 'MANIFEST_UNKNOWN|NAME_UNKNOWN|404' crane manifest "$registry/crane/mounted-${registry##*:}:1"

  step 'a non-distributable layer'
  push_layout "$registry" crane/foreign 1 "$LAYOUT" "$FOREIGN"
  layer=$(jq -r '.layers[1].digest' "$(blob_path "$LAYOUT" "$FOREIGN")")
  crane copy "$registry/crane/foreign:1" "$registry/crane/foreign-without:1" 2>/dev/null
  assert_eq 'copied without being asked for it: the layer is not there' "$(reg_status "$registry" "/v2/crane/foreign-without/blobs/$layer" -I)" 404
  assert_served "$registry" crane/foreign-without 1 "$LAYOUT" "$FOREIGN" without-foreign
  crane copy --allow-nondistributable-artifacts "$registry/crane/foreign:1" "$registry/crane/foreign-with:1" 2>/dev/null
  assert_served "$registry" crane/foreign-with 1 "$LAYOUT" "$FOREIGN"
done
