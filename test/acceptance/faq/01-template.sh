#!/usr/bin/env bash
# needs: root az-newest crane jq curl busybox zstd unshare
# server: own
# FAQ: can a registry be created with a Resource Manager template: yes, once its API version is changed to 2019-05-01.
. "$(dirname "$0")/../azure/lib.bash"
. "$acceptance/azure/az.bash"
az_register
quiet az_login
template=$acceptance/templates/container-registry.json
registries() { value acr list --query '[].name' -o tsv | sort | paste -sd,; }

step 'the template as it is public'
before=$(registries)
az_refused 'its API version' any '2019-05-01' deployment group create -g default -n unedited --template-file "$template" --parameters acrName=contoso1
az_refused 'the same, only validated' any 'NoRegisteredProviderFound' deployment group validate -g default --template-file "$template" --parameters acrName=contoso1
assert_eq 'nothing was made' "$(registries)" "$before"

step 'after the one edit'
sed 's/"2019-12-01-preview"/"2019-05-01"/' "$template" >"$WORK/edited.json"
[ "$(diff "$template" "$WORK/edited.json" | grep -c '^>')" = 1 ] || fail 'more than one line was edited'
host contoso1
assert_eq 'the output' "$(value deployment group create -g default -n edited --template-file "$WORK/edited.json" --parameters acrName=contoso1 --query properties.outputs.acrLoginServer.value -o tsv)" "contoso1.azsacr.$DOMAIN"
assert_eq 'the registry' "$(value acr show -n contoso1 --query '[sku.name, provisioningState, tags.displayName]' -o tsv | paste -sd,)" 'Basic,Succeeded,Container Registry'
assert_eq 'it answers' "$(http_status "https://contoso1.azsacr.$DOMAIN/v2/")" 401
assert_eq 'deployment show' "$(value deployment group show -g default -n edited --query properties.provisioningState -o tsv)" Succeeded
assert_contains 'deployment list' "$(value deployment group list -g default --query '[].name' -o tsv)" edited
assert_contains 'deployment operation list' "$(value deployment operation group list -g default -n edited --query '[].properties.targetResource.resourceName' -o tsv)" contoso1
assert_contains 'the default name' "$(value deployment group create -g default -n default-name --template-file "$WORK/edited.json" --query properties.outputs.acrLoginServer.value -o tsv)" "acr"

assert_eq 'deployment export' "$(value deployment group export -g default -n edited | jq -r '.resources[0].apiVersion')" 2019-05-01
assert_eq 'deployment what-if' "$(value deployment group what-if -g default --template-file "$WORK/edited.json" --parameters acrName=contoso9 --no-pretty-print | jq -r '[.changes[].changeType | select(. != "Ignore")] | join(",")')" Create

step 'any other version'
sed 's/"2019-12-01-preview"/"2029-01-01"/' "$template" >"$WORK/future.json"
az_refused '2029-01-01' any "supported api-versions are '2019-05-01, 2017-10-01'" deployment group create -g default -n future --template-file "$WORK/future.json"

step 'comments in the file, and no waiting'
{ echo '// made at the site'; cat "$WORK/edited.json"; } >"$WORK/commented.json"
quiet az deployment group create -g default -n commented --no-wait --template-file "$WORK/commented.json" --parameters acrName=contoso2 acrAdminUserEnabled=true acrSku=Standard
quiet az deployment group wait -g default -n commented --created --interval 1
assert_eq 'the registry' "$(value acr show -n contoso2 --query adminUserEnabled -o tsv)" true

step 'a deployment that fails says why'
quiet az group create -n other -l "$REGION"
az_refused 'a taken name in another group' any 'already in use' deployment group create -g other -n failing --template-file "$WORK/edited.json" --parameters acrName=contoso1
assert_eq 'and is kept as failed' "$(value deployment group show -g other -n failing --query properties.provisioningState -o tsv)" Failed
server_is_well
