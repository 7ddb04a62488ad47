#!/usr/bin/env bash
# needs: root az-newest crane jq curl busybox zstd unshare
# server: own
# Templates: every kind of resource, a deployment to a subscription, what az prints of what-if, and complete mode.
. "$(dirname "$0")/lib.bash"
. "$acceptance/azure/az.bash"
az_register
quiet az_login
schema='"$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#", "contentVersion": "1.0.0.0"'
registry() { echo "{\"type\": \"Microsoft.ContainerRegistry/registries\", \"apiVersion\": \"2019-05-01\", \"name\": \"$1\", \"location\": \"[resourceGroup().location]\", \"sku\": {\"name\": \"Standard\"}, \"tags\": {\"team\": \"$2\"}, \"properties\": {}}"; }
map() { echo "{\"type\": \"Microsoft.ContainerRegistry/registries/scopeMaps\", \"apiVersion\": \"2019-05-01-preview\", \"name\": \"plant001/readers\", \"dependsOn\": [\"plant001\"], \"properties\": {\"actions\": [\"$1\"]}}"; }
template() { echo "{$schema, \"resources\": [$1]}" >"$WORK/$2.json"; }

step 'a group by a deployment to the subscription'
template '{"type": "Microsoft.Resources/resourceGroups", "apiVersion": "2021-04-01", "name": "plant", "location": "[deployment().location]"}' group
assert_eq 'deployment sub create' "$(value deployment sub create -l "$REGION" -n group --template-file "$WORK/group.json" --query properties.provisioningState -o tsv)" Succeeded
assert_eq 'the group' "$(value group show -n plant --query name -o tsv)" plant

step 'what-if'
template "$(registry plant001 core), $(registry plant002 core), $(map repositories/app/content/read)" full
printed=$(value deployment group what-if -g plant --template-file "$WORK/full.json")
assert_contains 'creates' "$printed" '3 to create'
quiet az deployment group create -g plant -n full --template-file "$WORK/full.json"
template "$(registry plant001 edge), $(map repositories/web/content/read)" less
printed=$(value deployment group what-if -g plant --template-file "$WORK/less.json")
assert_contains 'changes' "$printed" '2 to modify, 1 to ignore'
assert_contains 'the property' "$printed" '"core" => "edge"'
assert_contains 'the element' "$printed" '+ 0: "repositories/web/content/read"'

step 'complete mode'
printed=$(value deployment group what-if -g plant --mode Complete --template-file "$WORK/less.json")
assert_contains 'deletes' "$printed" '1 to delete, 2 to modify'
quiet az deployment group create -g plant -n less --mode Complete --template-file "$WORK/less.json"
assert_eq 'what is left' "$(value acr list -g plant --query '[].name' -o tsv)" plant001
