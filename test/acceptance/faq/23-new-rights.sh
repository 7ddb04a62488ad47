#!/usr/bin/env bash
# needs: root az-newest crane jq curl busybox zstd unshare
# server: own
# FAQ: new rights take time to count. Here they count at the very next request, also for tokens that were issued before.
. "$(dirname "$0")/../azure/lib.bash"
. "$acceptance/azure/az.bash"
az_register
quiet az_login
make_registry contoso23
id=$(value acr show -n contoso23 --query id -o tsv)
robot=$(value ad sp create-for-rbac -n robot23 --role AcrPull --scopes "$id")
app=$(jq -r .appId <<<"$robot") secret=$(jq -r .password <<<"$robot")
object=$(value ad sp show --id "$app" --query id -o tsv)
token_of() { curl -sS --cacert "$CA" -u "$1:$2" "https://$login_server/oauth2/token?service=$login_server&scope=repository:team/app:pull,push" | jq -er .access_token; }
status() { http_status -H "Authorization: Bearer $1" "https://$login_server/v2/team/app/manifests/v1"; }
token=$(token_of "$app" "$secret")
assert_eq 'the token pulls' "$(status "$token")" 200

step 'a thousand times: taken away and given back, each counts at the next request'
node=$checkout/node_modules/.bin/node
ARM_TOKEN=$(arm_token) TOKEN=$token SCOPE=$id OBJECT=$object LOGIN_SERVER=$login_server DOMAIN=$DOMAIN NODE_EXTRA_CA_CERTS=$CA \
  "$node" "$acceptance/azure/rights-at-once.ts" 1000 || fail 'a change did not count at once'
ok '1000 changes'

step 'a renewed password'
admin_token=$(token_of contoso23 "$admin_password")
assert_eq 'before' "$(status "$admin_token")" 200
quiet az acr credential renew -n contoso23 --password-name password
assert_eq 'after' "$(status "$admin_token")" 401

step 'a group'
group=$(value ad group create --display-name pullers --mail-nickname pullers --query id -o tsv)
quiet az role assignment create --assignee-object-id "$group" --assignee-principal-type Group --role AcrPush --scope "$id"
push() { crane_as "$app" "$secret" "$login_server" tag "$login_server/team/app:v1" from-group; }
refused 'before' 'UNAUTHORIZED|denied|401' push
quiet az ad group member add --group pullers --member-id "$object"
quiet push
quiet az ad group member remove --group pullers --member-id "$object"
refused 'after' 'UNAUTHORIZED|denied|401' push

step "the FAQ's recipe: log out, log in again"
quiet az logout
quiet az_login "$app" "$secret"
assert_contains 'it pulls' "$(value acr login -n contoso23 --expose-token --query loginServer -o tsv)" "$login_server"

step 'a deleted principal'
quiet az logout
quiet az_login
quiet az ad sp delete --id "$app"
assert_eq 'its token' "$(status "$token")" 401
server_is_well
