#!/usr/bin/env bash
# needs: root az-newest crane jq curl busybox zstd unshare
# server: own
# FAQ: az acr check-health passes on port 443 (what it asks of docker, helm and notary is not the registry's).
. "$(dirname "$0")/../azure/lib.bash"
. "$acceptance/azure/az.bash"
az_register
quiet az_login
make_registry contoso16
health() { AZURE_CORE_ONLY_SHOW_ERRORS=false az acr check-health -n contoso16 --yes --ignore-errors "$@" >"$WORK/health" 2>&1 || fail "check-health: $(cat "$WORK/health")"; cat "$WORK/health"; }
all=$(health)
assert_contains 'the name' "$all" "DNS lookup to $login_server"
assert_contains 'the challenge' "$all" "Challenge endpoint https://$login_server/v2/ : OK"
assert_matches 'the refresh token' "$all" 'Fetch refresh token for registry .* : OK'
assert_matches 'the access token' "$all" 'Fetch access token for registry .* : OK'
assert_matches 'the rights on a repository' "$(health --repository team/app)" "Fetch access token for repository 'team/app' in registry .* : OK"

step 'a fault is named'
sed -i "/ contoso16\\.azsacr/d" /etc/hosts
assert_contains 'a name that does not resolve' "$(health)" CONNECTIVITY_DNS_ERROR
server_is_well
