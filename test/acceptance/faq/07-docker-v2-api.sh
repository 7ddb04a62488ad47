#!/usr/bin/env bash
# needs:
# FAQ: "ACR supports the Docker Registry HTTP API V2. The API is at https://<your registry login server>/v2/",
# for example https://mycontainerregistry.azsacr.<regionname>.<fqdn>/v2/
. "$(dirname "$0")/../lib.sh"
headers=$WORK/headers body=$WORK/body
ask() { # curl arguments... -> status; over TLS, by the login server's name, trusting nothing but the site's CA
  curl -sS --max-time 30 --resolve "$NAMED_REGISTRY:127.0.0.1" --cacert "$CA" -D "$headers" -o "$body" -w '%{http_code}' "$@"
}
header() { tr -d '\r' <"$headers" | sed -n "s/^$1: //Ip"; }
url=https://$NAMED_REGISTRY/v2/

assert_matches 'the login server has the form <name>.azsacr.<region>.<fqdn>' "$NAMED_REGISTRY" '^[a-z0-9]+\.azsacr\.[a-z0-9-]+\.[a-z0-9.-]+(:[0-9]+)?$'

step 'without credentials'
assert_eq 'GET /v2/' "$(ask "$url")" 401
challenge=$(header www-authenticate)
assert_eq 'one challenge' "$(wc -l <<<"$challenge")" 1
assert_matches 'a Bearer challenge that names our token service' "$challenge" "^Bearer realm=\"https://${NAMED_REGISTRY//./\\.}/oauth2/token\",service=\"${NAMED_REGISTRY//./\\.}\""
assert_eq 'the API version' "$(header docker-distribution-api-version)" registry/2.0
assert_eq 'a readable error' "$(jq -r '.errors[0].code' "$body")" UNAUTHORIZED
assert_contains 'which is JSON' "$(header content-type)" application/json

step 'with credentials'
assert_eq 'GET /v2/' "$(ask -u "$REG_USER:$REG_PASS" "$url")" 200
assert_eq 'the API version' "$(header docker-distribution-api-version)" registry/2.0
assert_eq 'GET /v2/ with a wrong password' "$(ask -u "$REG_USER:not-$REG_PASS" "$url")" 401
assert_eq 'GET /v2/ with an unknown user' "$(ask -u "nobody:$REG_PASS" "$url")" 401

step 'with a token, as clients do it'
realm=$(sed 's/.*realm="\([^"]*\)".*/\1/' <<<"$challenge")
service=$(sed 's/.*service="\([^"]*\)".*/\1/' <<<"$challenge")
assert_eq 'the token service, wrong password' "$(ask -u "$REG_USER:not-$REG_PASS" -G --data-urlencode "service=$service" "$realm")" 401
assert_eq 'the token service' "$(ask -u "$REG_USER:$REG_PASS" -G --data-urlencode "service=$service" "$realm")" 200
token=$(jq -r '.access_token // .token' "$body")
assert_eq 'GET /v2/ with the token' "$(ask -H "Authorization: Bearer $token" "$url")" 200
broken=${token%?????}AAAAA
assert_eq 'GET /v2/ with a broken token' "$(ask -H "Authorization: Bearer $broken" "$url")" 401

step 'over TLS only with the CA of this site'
if curl -sS --max-time 30 --resolve "$NAMED_REGISTRY:127.0.0.1" -o "$body" "$url" 2>"$WORK/error"; then fail 'curl trusted the server without its CA'; fi
assert_matches 'curl says why' "$(cat "$WORK/error")" 'certificate|SSL'
