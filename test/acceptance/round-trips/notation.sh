#!/usr/bin/env bash
# needs: notation
# notation: sign, list and verify, the signatures kept as referrers; what is unsigned or signed by another is refused.
. "$(dirname "$0")/../lib.sh"
notation version | sed -n 's/^Version: */notation /p'
make_fixtures
export SSL_CERT_FILE=$CA

cd "$WORK"
notation cert generate-test --default acceptance.example >/dev/null
notation cert generate-test other.example >/dev/null
cat >policy.json <<'END'
{"version": "1.0", "trustPolicies": [{"name": "acceptance", "registryScopes": ["*"],
  "signatureVerification": {"level": "strict"}, "trustStores": ["ca:acceptance.example"], "trustedIdentities": ["*"]}]}
END
notation policy import policy.json >/dev/null

for registry in "$HTTP_REGISTRY" "127.0.0.1:${HTTPS_REGISTRY##*:}"; do # notation talks plain HTTP to any localhost
  step "sign and verify at $registry"
  how=(); if [ "$registry" = "$HTTP_REGISTRY" ]; then how=(--insecure-registry); fi
  repository=notation/app-${registry##*:}
  push_layout "$registry" "$repository" 1 "$LAYOUT" "$GZIP"
  image=$registry/$repository@$GZIP
  unset NOTATION_USERNAME NOTATION_PASSWORD
  refused 'signing without sign-in' '401|unauthorized|credential' notation sign "${how[@]}" "$image"
  export NOTATION_USERNAME=$REG_USER NOTATION_PASSWORD=$REG_PASS
  refused 'an unsigned image' 'no signature' notation verify "${how[@]}" "$image"
  notation sign "${how[@]}" --key other.example "$image" >/dev/null
  refused 'a signature of somebody untrusted' 'authenticity|not trusted|verification failed' notation verify "${how[@]}" "$image"
  notation sign "${how[@]}" --signature-format cose --user-metadata build=7 "$image" >/dev/null
  assert_contains 'verify' "$(notation verify "${how[@]}" --user-metadata build=7 "$image" 2>&1)" 'Successfully verified'
  assert_eq 'ls shows both signatures' "$(notation ls "${how[@]}" "$image" 2>/dev/null | grep -c '── sha256:')" 2
  assert_eq 'they are referrers' \
    "$(reg_curl "$registry" "/v2/$repository/referrers/$GZIP?artifactType=application/vnd.cncf.notary.signature" -f | jq '.manifests | length')" 2
done
