#!/usr/bin/env bash
# needs: root az-newest crane jq curl busybox zstd unshare
# server: own
# FAQ: how to get the admin credentials: with the CLI, and with PowerShell, whose requests are replayed as it sends them.
. "$(dirname "$0")/../azure/lib.bash"
. "$acceptance/azure/az.bash"
az_register
quiet az_login
make_registry contoso1
id=$(value acr show -n contoso1 --query id -o tsv)

step 'az acr credential show -n'
assert_eq 'the user name' "$(value acr credential show -n contoso1 --query username -o tsv)" contoso1
assert_eq 'the password signs in' "$(http_status -u "contoso1:$admin_password" "https://$login_server/v2/")" 200

step 'Invoke-AzureRmResourceAction -Action listCredentials'
token=$(arm_token) # the v1 form: resource= in place of scope=
assert_matches 'the provider that it asks first' "$(ARM_TOKEN=$token arm GET "/subscriptions/$SUBSCRIPTION/providers/Microsoft.ContainerRegistry?api-version=2019-05-01")" '"apiVersions":\["2019-05-01","2017-10-01"\]'
answer=$(ARM_TOKEN=$token arm POST "$id/listCredentials?api-version=2017-10-01")
assert_eq 'the same passwords' "$(jq -r '.passwords[0].value' <<<"$answer")" "$admin_password"
assert_eq 'in order' "$(jq -r '[.passwords[].name] | join(",")' <<<"$answer")" password,password2

step 'with the admin user disabled'
quiet az acr update -n contoso1 --admin-enabled false
answer=$(ARM_TOKEN=$token arm POST "$id/listCredentials?api-version=2019-05-01")
assert_eq 'the code' "$(jq -r .error.code <<<"$answer")" UnAuthorizedForCredentialOperations
assert_contains 'the text says how to enable it' "$answer" 'az acr update -n contoso1 --admin-enabled true'
assert_eq 'the password does not sign in' "$(http_status -u "contoso1:$admin_password" "https://$login_server/v2/")" 401
az_refused 'az acr credential show' any 'admin' acr credential show -n contoso1
server_is_well
