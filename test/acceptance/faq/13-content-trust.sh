#!/usr/bin/env bash
# needs: root az-newest crane jq curl busybox zstd unshare
# server: own
# FAQ: content trust is not supported. Enabling it is refused and says why, whatever the SKU; nothing shows as signed.
. "$(dirname "$0")/../azure/lib.bash"
. "$acceptance/azure/az.bash"
az_register
quiet az_login
make_registry contoso13
id=$(value acr show -n contoso13 --query id -o tsv)
for sku in Basic Standard Premium; do
  quiet az acr update -n contoso13 --sku $sku
  answer=$(arm PATCH "$id?api-version=2019-05-01" -w ' %{http_code}' -d '{"properties":{"policies":{"trustPolicy":{"type":"Notary","status":"enabled"}}}}')
  assert_matches "enabling it with $sku" "$answer" 'Content trust .* is not offered.* 400$'
done
az_refused 'az acr config content-trust update' any 'content trust|not a valid value' acr config content-trust update -r contoso13 --status enabled
assert_eq 'the policy' "$(value acr config content-trust show -r contoso13 --query status -o tsv)" disabled
assert_eq 'the tag' "$(curl -sS --cacert "$CA" -u "contoso13:$admin_password" "https://$login_server/acr/v1/team/app/_tags/v1" | jq .tag.signed)" false
server_is_well
