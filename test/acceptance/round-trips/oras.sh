#!/usr/bin/env bash
# needs: oras
# oras: artifacts of files, attached referrers (by the referrers API, not the fallback tag), an index, a copy with all
# referrers between repositories.
. "$(dirname "$0")/../lib.sh"
oras version | sed -n 1p
make_fixtures

cd "$WORK"
head -c 300000 /dev/urandom >one.bin
echo '{"hello": "world"}' >two.json
echo '{"spdxVersion": "SPDX-2.3"}' >sbom.json
head -c 100 /dev/urandom >signature.bin

for registry in "$HTTP_REGISTRY" "$HTTPS_REGISTRY"; do
  step "sign in, push, pull at $registry"
  # Without --plain-http=false oras would talk plain HTTP to any localhost.
  if [ "$registry" = "$HTTP_REGISTRY" ]; then how=(--plain-http); from=(--from-plain-http) to=(--to-plain-http)
  else how=(--plain-http=false --ca-file "$CA"); from=(--from-plain-http=false --from-ca-file "$CA") to=(--to-plain-http=false --to-ca-file "$CA"); fi
  repository=oras/artifact-${registry##*:}
  image=$registry/$repository
  refused 'a wrong password' '401|unauthorized' oras login "${how[@]}" -u "$REG_USER" -p "not-$REG_PASS" "$registry"
  refused 'a push without sign-in' '401|unauthorized|basic credential not found' oras push "${how[@]}" "$image:1" two.json
  oras login "${how[@]}" -u "$REG_USER" --password-stdin "$registry" <<<"$REG_PASS" 2>/dev/null
  oras push "${how[@]}" --artifact-type application/vnd.acceptance.thing "$image:1" one.bin:application/octet-stream two.json:application/json >/dev/null
  digest=$(oras resolve "${how[@]}" "$image:1")
  assert_eq 'the artifact type' "$(oras manifest fetch "${how[@]}" "$image:1" | jq -r .artifactType)" application/vnd.acceptance.thing
  mkdir back
  oras pull "${how[@]}" -o back "$image:1" >/dev/null
  assert_same_file 'the first file came back' one.bin back/one.bin
  assert_same_file 'the second file came back' two.json back/two.json
  rm -r back

  step 'referrers'
  oras attach "${how[@]}" --distribution-spec v1.1-referrers-api --artifact-type application/spdx+json "$image:1" sbom.json >/dev/null
  oras attach "${how[@]}" --distribution-spec v1.1-referrers-api --artifact-type application/vnd.acceptance.signature "$image:1" signature.bin >/dev/null
  discover() { oras discover "${how[@]}" --distribution-spec v1.1-referrers-api --format json "$@" "$image:1"; }
  assert_eq 'discover finds both' "$(discover | jq -c '[.referrers[].artifactType] | sort')" '["application/spdx+json","application/vnd.acceptance.signature"]'
  assert_eq 'discover by type finds the one' "$(discover --artifact-type application/spdx+json | jq -c '[.referrers[].artifactType]')" '["application/spdx+json"]'
  sbom=$(discover --artifact-type application/spdx+json | jq -r '.referrers[0].digest')
  mkdir back
  oras pull "${how[@]}" -o back "$image@$sbom" >/dev/null
  assert_same_file 'the attached file came back' sbom.json back/sbom.json
  rm -r back
  assert_eq 'the referrer names its subject' "$(get_manifest "$registry" "$repository" "$sbom" | jq -r .subject.digest)" "$digest"

  step 'copy with all referrers'
  oras copy -r "${from[@]}" "${to[@]}" "$image:1" "$registry/oras/copied-${registry##*:}:1" >/dev/null
  assert_eq 'the copy has the same digest' "$(oras resolve "${how[@]}" "$registry/oras/copied-${registry##*:}:1")" "$digest"
  assert_eq 'and both referrers' "$(reg_curl "$registry" "/v2/oras/copied-${registry##*:}/referrers/$digest" -f | jq '.manifests | length')" 2

  step 'an image index'
  for image in "gzip $GZIP" "zstd $ZSTD"; do
    read -r tag digest <<<"$image"
    oras copy --from-oci-layout "${to[@]}" "$LAYOUT:$tag" "$registry/oras/index:$tag" >/dev/null
    assert_served "$registry" oras/index "$tag" "$LAYOUT" "$digest"
  done
  oras manifest index create "${how[@]}" "$registry/oras/index:both" gzip zstd >/dev/null
  assert_eq 'the index names both' "$(get_manifest "$registry" oras/index both | jq -c '[.manifests[].digest]')" "[\"$GZIP\",\"$ZSTD\"]"
  assert_matches 'the catalogue names the repository' "$(oras repo ls "${how[@]}" "$registry")" '^oras/index$'
  assert_eq 'repo tags' "$(oras repo tags "${how[@]}" "$registry/oras/index" | sort | tr '\n' ' ')" 'both gzip zstd '

  step 'delete'
  oras manifest delete -f "${how[@]}" "$registry/$repository@$sbom" >/dev/null
  image=$registry/$repository
  assert_eq 'a deleted referrer is no longer listed' "$(discover | jq -c '[.referrers[].artifactType]')" '["application/vnd.acceptance.signature"]'
done
