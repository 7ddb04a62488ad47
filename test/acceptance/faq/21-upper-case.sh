#!/usr/bin/env bash
# needs: root az-newest crane jq curl busybox zstd unshare
# server: own
# FAQ: the login works and the push says unauthorized: the registry's name was written with capitals.
. "$(dirname "$0")/../azure/lib.bash"
. "$acceptance/azure/az.bash"
az_register
quiet az_login
make_registry MyRegistry
assert_eq 'the login server is lower case' "$login_server" "myregistry.azsacr.$DOMAIN"
upper=MyRegistry.azsacr.$DOMAIN
answer=$(curl -sS --cacert "$CA" --resolve "$upper:443:127.0.0.1" -H "Host: $upper" "https://$login_server/v2/team/app/manifests/v1" -w ' %{http_code}')
assert_matches 'without credentials' "$answer" ' 401$'
assert_contains 'the text names the host to use' "$answer" "$login_server"
assert_eq 'with credentials' "$(http_status -H "Host: $upper" -u "MyRegistry:$admin_password" "https://$login_server/v2/team/app/manifests/v1")" 200
server_is_well
