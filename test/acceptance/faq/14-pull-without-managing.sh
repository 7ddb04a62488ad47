#!/usr/bin/env bash
# needs: root az-newest crane jq curl busybox zstd unshare
# server: own
# FAQ: rights to pull or push without the right to manage the registry: AcrPull, AcrPush, a custom role.
. "$(dirname "$0")/../azure/lib.bash"
. "$acceptance/azure/az.bash"
az_register
quiet az_login
make_registry contoso14
id=$(value acr show -n contoso14 --query id -o tsv)
jq -n --arg s "/subscriptions/$SUBSCRIPTION" '{Name: "CI", Description: "d", Actions: ["Microsoft.ContainerRegistry/registries/pull/read","Microsoft.ContainerRegistry/registries/push/write"], NotActions: [], AssignableScopes: [$s]}' >"$WORK/ci.json"
quiet az role definition create --role-definition "@$WORK/ci.json"
quiet az ad user create --display-name Ada --user-principal-name "ada@$DOMAIN" --password 'correct-horse-battery-1'

# name, role, whether it may push; the role is assigned by application id or by user principal name
try() {
  local what=$1 user=$2 password=$3 push=$4
  assert_eq "$what: pulls" "$(crane_as "$user" "$password" "$login_server" digest "$login_server/team/app:v1")" "$GZIP"
  assert_contains "$what: lists" "$(crane_as "$user" "$password" "$login_server" catalog "$login_server")" team/app
  if [ "$push" = yes ]; then quiet crane_as "$user" "$password" "$login_server" tag "$login_server/team/app:v1" "by-$what"
  else refused "$what: pushing" 'UNAUTHORIZED|denied|401' crane_as "$user" "$password" "$login_server" tag "$login_server/team/app:v1" "by-$what"; fi
}
for role in AcrPull AcrPush CI; do
  step "$role, by application id"
  robot=$(value ad sp create-for-rbac -n "robot-$role")
  app=$(jq -r .appId <<<"$robot") secret=$(jq -r .password <<<"$robot")
  quiet az role assignment create --assignee "$app" --role "$role" --scope "$id"
  [ $role = AcrPull ] && push=no || push=yes
  try "$role" "$app" "$secret" $push
  AZURE_CONFIG_DIR=$WORK/azure-$role; mkdir -p "$AZURE_CONFIG_DIR"
  az_register
  quiet az_login "$app" "$secret"
  assert_eq 'the subscription is listed' "$(value account show --query id -o tsv)" "$SUBSCRIPTION"
  assert_eq 'az acr list' "$(value acr list -o tsv)" ''
  az_refused 'az acr show' any 'could not be found|not found' acr show -n contoso14
  assert_contains 'az acr repository list still works' "$(value acr repository list -n contoso14 -o tsv)" team/app
  AZURE_CONFIG_DIR=$WORK/azure
done

step 'AcrPull, by user principal name'
quiet az role assignment create --assignee "ada@$DOMAIN" --role AcrPull --scope "$id"
try Ada "ada@$DOMAIN" correct-horse-battery-1 no
server_is_well
