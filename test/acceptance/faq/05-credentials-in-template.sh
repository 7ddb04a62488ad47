#!/usr/bin/env bash
# needs: root az-newest crane jq curl busybox zstd unshare
# server: own
# FAQ: how to get the admin credentials in a template: both snippets as they stand, against the registry myRegistry.
. "$(dirname "$0")/../azure/lib.bash"
. "$acceptance/azure/az.bash"
az_register
quiet az_login
make_registry myRegistry
mine_server=$login_server

# A template whose outputs are the snippet $1 of the FAQ.
snippet() {
  cat <<EOF
{
    "\$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
    "contentVersion": "1.0.0.0",
    "resources": [],
    "outputs": { "password": { "type": "$2", "value":
    "[listCredentials(resourceId('Microsoft.ContainerRegistry/registries', 'myRegistry'), '2017-10-01').passwords[$1].value]"
    } }
}
EOF
}

step 'both snippets'
for i in 0 1; do
  snippet $i string >"$WORK/$i.json"
  expected=$(value acr credential show -n myRegistry --query "passwords[$i].value" -o tsv)
  assert_eq "passwords[$i]" "$(value deployment group create -g default -n "password$i" --template-file "$WORK/$i.json" --query properties.outputs.password.value -o tsv)" "$expected"
  assert_eq 'it signs in' "$(http_status -u "myRegistry:$expected" "https://$mine_server/v2/")" 200
  assert_eq 'the history keeps it for who may list it' "$(value deployment group show -g default -n "password$i" --query properties.outputs.password.value -o tsv)" "$expected"
  if grep -aqF -- "$expected" "$server_data"/metadata.db*; then fail 'the database holds the password'; fi
  if grep -qF -- "$expected" "$WORK/server.log"; then fail 'the log holds the password'; fi
done
ok 'neither the database nor the log holds the passwords'

step 'a secure output'
snippet 0 secureString >"$WORK/secure.json"
assert_eq 'has a type and no value' "$(value deployment group create -g default -n secure --template-file "$WORK/secure.json" --query 'properties.outputs.password' -o json | jq -c '[.type, .value]')" '["SecureString",null]'

step 'whoever may read deployments, and not list credentials'
reader=$(value ad sp create-for-rbac -n reader --role Reader --scopes "/subscriptions/$SUBSCRIPTION")
reader_token=$(arm_token "$(jq -r .appId <<<"$reader")" "$(jq -r .password <<<"$reader")")
shown=$(ARM_TOKEN=$reader_token arm GET "/subscriptions/$SUBSCRIPTION/resourceGroups/default/providers/Microsoft.Resources/deployments/password0?api-version=2021-04-01")
assert_eq 'sees the output and not its value' "$(jq -c '.properties.outputs.password' <<<"$shown")" '{"type":"String"}'

step 'with the admin user disabled'
quiet az acr update -n myRegistry --admin-enabled false
az_refused 'the snippet' any 'admin user is disabled' deployment group create -g default -n disabled --template-file "$WORK/0.json"
server_is_well
