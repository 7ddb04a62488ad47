#!/usr/bin/env bash
# needs: cosign
# cosign, offline: a key pair, sign, verify, attest, tree; as referrers (the new bundles) and as the old .sig tag. No
# transparency log is asked, so nothing leaves this machine.
. "$(dirname "$0")/../lib.sh"
cosign version 2>&1 | sed -n 's/^GitVersion: */cosign /p'
make_fixtures
export COSIGN_PASSWORD='' SIGSTORE_NO_CACHE=true SSL_CERT_FILE=$CA

cd "$WORK"
cosign generate-key-pair --output-key-prefix good 2>/dev/null
cosign generate-key-pair --output-key-prefix other 2>/dev/null
echo '{"bomFormat": "CycloneDX", "specVersion": "1.5", "components": []}' >sbom.json

sign=(sign -y --key good.key --tlog-upload=false --use-signing-config=false)

for registry in "$HTTP_REGISTRY" "$HTTPS_REGISTRY"; do
  step "sign and verify at $registry"
  how=(); if [ "$registry" = "$HTTP_REGISTRY" ]; then how=(--allow-http-registry); fi
  repository=cosign/app-${registry##*:}
  push_layout "$registry" "$repository" 1 "$LAYOUT" "$MULTI"
  image=$registry/$repository@$MULTI
  verify=(verify --insecure-ignore-tlog "${how[@]}")
  refused 'signing without sign-in' 'UNAUTHORIZED|401' cosign "${sign[@]}" "${how[@]}" "$image"
  cosign login "$registry" -u "$REG_USER" --password-stdin <<<"$REG_PASS" 2>/dev/null
  refused 'an unsigned image' 'no signatures found|no matching' cosign "${verify[@]}" --key good.pub "$image"
  cosign "${sign[@]}" "${how[@]}" "$image" 2>/dev/null
  assert_contains 'verify' "$(cosign "${verify[@]}" --key good.pub "$image" 2>/dev/null)" "$MULTI"
  refused 'another key' 'invalid signature|no matching|failed to verify' cosign "${verify[@]}" --key other.pub "$image"
  assert_eq 'the signature is a referrer' \
    "$(reg_curl "$registry" "/v2/$repository/referrers/$MULTI" -f | jq -r '.manifests[].artifactType')" application/vnd.dev.sigstore.bundle.v0.3+json

  step 'attest'
  cosign attest -y --key good.key --tlog-upload=false --use-signing-config=false "${how[@]}" --type cyclonedx --predicate sbom.json "$image" 2>/dev/null
  attested=$(cosign verify-attestation --insecure-ignore-tlog "${how[@]}" --key good.pub --type cyclonedx "$image" 2>/dev/null | jq -r .payload | base64 -d)
  assert_eq 'the attestation is about this image' "sha256:$(jq -r '.subject[0].digest.sha256' <<<"$attested")" "$MULTI"
  assert_eq 'and says what was said' "$(jq -r .predicate.bomFormat <<<"$attested")" CycloneDX
  assert_eq 'both are listed as referrers' "$(reg_curl "$registry" "/v2/$repository/referrers/$MULTI" -f | jq '.manifests | length')" 2
  tree=$(cosign tree "${how[@]}" "$image" 2>&1)
  assert_contains 'tree shows the signature' "$tree" 'https://sigstore.dev/cosign/sign/v1 artifacts via OCI referrer'
  assert_contains 'tree shows the attestation' "$tree" 'https://cyclonedx.org/bom artifacts via OCI referrer'

  step 'the old form, a .sig tag'
  push_layout "$registry" "$repository" gzip "$LAYOUT" "$GZIP"
  image=$registry/$repository@$GZIP
  cosign "${sign[@]}" "${how[@]}" --new-bundle-format=false "$image" 2>/dev/null
  assert_contains 'verify' "$(cosign "${verify[@]}" --new-bundle-format=false --key good.pub "$image" 2>/dev/null)" "$GZIP"
  refused 'another key' 'invalid signature|no matching|failed to verify' cosign "${verify[@]}" --new-bundle-format=false --key other.pub "$image"
  assert_contains 'the tag is there' "$(reg_curl "$registry" "/v2/$repository/tags/list" -f)" "sha256-${GZIP#sha256:}.sig"
done
