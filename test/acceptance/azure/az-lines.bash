# Every line of the acceptance script for az, against a site without internet; sourced by one script for each az.
# `az_command` is the az, $ROLE_LINES whether its role commands work at all (Debian packages break them).
# Every write is read back by another client or by another command.
# shellcheck shell=bash
. "$acceptance/azure/az.bash"
mine=my$(random_word 8) source=src$(random_word 6) group=rg-$(random_word 5)
Mine=M${mine#m}
mine_host=$mine.azsacr.$DOMAIN
host "$mine"; host "$source"

step 'cloud, sign-in, subscription'
az_register
az_refused 'a wrong secret' any 'AADSTS7000215|invalid_client|secret' login --service-principal -u "$APP" -p "not-$SECRET" --tenant "$TENANT"
quiet az_login
assert_eq 'the subscription' "$(value account show --query id -o tsv)" "$SUBSCRIPTION"
quiet az logout
az_refused 'a wrong password' any 'AADSTS50126|password' login -u "$OWNER" -p "not-$OWNER_PASS"
quiet az login -u "$OWNER" -p "$OWNER_PASS"
assert_contains 'account list' "$(value account list -o table)" "$SUBSCRIPTION"
assert_contains 'account list-locations' "$(value account list-locations -o table)" "$REGION"
assert_matches 'account get-access-token' "$(value account get-access-token --query accessToken -o tsv)" '^ey'

step 'group and registry'
quiet az group create -n "$group" -l "$REGION"
assert_eq 'check-name, free' "$(value acr check-name -n "$mine" --query nameAvailable -o tsv)" true
quiet az acr create -g "$group" -n "$mine" --sku Premium --admin-enabled true
assert_eq 'check-name, taken' "$(value acr check-name -n "$mine" --query reason -o tsv)" AlreadyExists
assert_contains 'acr list' "$(value acr list -o table)" "$mine_host"
assert_eq 'acr show' "$(value acr show -n "$Mine" --query loginServer -o tsv)" "$mine_host"
# What az writes is read back by another client: curl at the resource manager, crane and curl at the registry.
registry_path=/subscriptions/$SUBSCRIPTION/resourceGroups/$group/providers/Microsoft.ContainerRegistry/registries/$mine
seen() { arm GET "$registry_path$1?api-version=2023-07-01" -f | jq -er "$2"; }
assert_eq 'acr update' "$(value acr update -n "$mine" --tags a=b --admin-enabled true --query tags.a -o tsv)" b
assert_eq 'acr create and update, as curl sees them' "$(seen '' '[.sku.name, .tags.a, (.properties.adminUserEnabled | tostring)] | join(",")')" Premium,b,true
password=$(value acr credential show -n "$mine" --query 'passwords[0].value' -o tsv)
second=$(value acr credential show -n "$mine" --query 'passwords[1].value' -o tsv)
renewed=$(value acr credential renew -n "$mine" --password-name password2 --query 'passwords[1].value' -o tsv)
[ "$second" != "$renewed" ] || fail 'password2 was not renewed'
assert_eq 'the renewed password' "$(curl -sS --cacert "$CA" -u "$mine:$renewed" -o /dev/null -w '%{http_code}' "https://$mine_host/v2/")" 200
assert_eq 'the old one' "$(curl -sS --cacert "$CA" -u "$mine:$second" -o /dev/null -w '%{http_code}' "https://$mine_host/v2/")" 401
assert_contains 'show-usage' "$(value acr show-usage -n "$mine" -o table)" Webhooks

step 'content, pushed by another client'
export SSL_CERT_FILE=$CA
make_fixtures
crane auth login "$mine_host" -u "$mine" -p "$password" >/dev/null 2>&1
sub_layout "$GZIP" "$WORK/one"
for reference in team/app:v1 team/app:v2 team/app:v3 hello-world:v1; do crane push "$WORK/one" "$mine_host/$reference" >/dev/null; done
crane append --oci-empty-base -f <(tar -c -C "$WORK" payload-gzip.bin) -t "$mine_host/zeta:v1" >/dev/null 2>&1
crane append --oci-empty-base -f <(tar -c -C "$WORK" payload-zstd.bin) -t "$mine_host/team/app:v3" >/dev/null 2>&1
digest=$(crane digest "$mine_host/team/app:v1")
token=$(value acr login -n "$mine" --expose-token --query accessToken -o tsv)
assert_eq 'acr login --expose-token' "$(curl -sS --cacert "$CA" -u "00000000-0000-0000-0000-000000000000:$token" -o /dev/null -w '%{http_code}' "https://$mine_host/v2/")" 200
assert_eq 'repository list' "$(value acr repository list -n "$mine" -o tsv | paste -sd,)" hello-world,team/app,zeta
assert_eq 'repository show' "$(value acr repository show -n "$mine" --repository team/app --query tagCount -o tsv)" 3
assert_eq 'repository show --image' "$(value acr repository show -n "$mine" --image team/app:v1 --query digest -o tsv)" "$digest"
assert_eq 'show-tags' "$(value acr repository show-tags -n "$mine" --repository team/app --orderby time_desc --detail --query '[0].name' -o tsv)" v3
quiet az acr repository show-manifests -n "$mine" --repository team/app
assert_contains 'manifest list-metadata' "$(value acr manifest list-metadata -r "$mine" -n team/app)" "$digest"
assert_contains 'manifest list-metadata by name' "$(value acr manifest list-metadata "$mine_host/team/app")" "$digest"
assert_eq 'manifest show --raw' "sha256:$(az acr manifest show -r "$mine" -n team/app:v1 --raw 2>/dev/null | sha256sum | cut -c1-64)" "$digest"
quiet az acr manifest list-referrers -r "$mine" -n team/app:v1
quiet az acr repository update -n "$mine" --image team/app:v2 --write-enabled false
assert_eq 'the lock, as curl sees it' "$(curl -sS --cacert "$CA" -u "$mine:$password" "https://$mine_host/acr/v1/team/app/_tags/v2" | jq .tag.changeableAttributes.writeEnabled)" false
refused 'a push over the lock' 'disallowed' crane tag "$mine_host/team/app:v3" v2
az_refused 'untagging what is locked' any 'disallowed' acr repository untag -n "$mine" --image team/app:v2
quiet az acr repository update -n "$mine" --image team/app:v2 --write-enabled true
quiet az acr repository untag -n "$mine" --image team/app:v2
refused 'the untagged tag' 'not found|MANIFEST_UNKNOWN' crane manifest "$mine_host/team/app:v2"
quiet az acr repository delete -n "$mine" --image team/app:v3 --yes
refused 'the deleted image' 'not found|MANIFEST_UNKNOWN' crane manifest "$mine_host/team/app:v3"
quiet az acr repository delete -n "$mine" --repository zeta --yes
assert_eq 'the catalog, as crane sees it' "$(crane catalog "$mine_host" | paste -sd,)" hello-world,team/app
assert_eq 'repository list as admin' "$(value acr repository list -n "$mine" -u "$mine" -p "$password" -o tsv | paste -sd,)" hello-world,team/app

step 'webhooks'
quiet az acr webhook create -r "$mine" -n hook01 --uri https://hook.invalid/x --actions push delete --headers X-A=1
assert_eq 'webhook list' "$(value acr webhook list -r "$mine" --query '[].name' -o tsv)" hook01
assert_eq 'webhook show' "$(value acr webhook show -r "$mine" -n hook01 --query status -o tsv)" enabled
assert_eq 'webhook get-config' "$(value acr webhook get-config -r "$mine" -n hook01 --query serviceUri -o tsv)" https://hook.invalid/x
assert_matches 'webhook ping' "$(value acr webhook ping -r "$mine" -n hook01 --query id -o tsv)" '^[0-9a-f-]{36}$'
quiet az acr webhook list-events -r "$mine" -n hook01
assert_eq 'webhook create, as curl sees it' "$(seen /webhooks/hook01 '[.properties.status, (.properties.actions | join("+"))] | join(",")')" enabled,push+delete
assert_eq 'webhook update' "$(value acr webhook update -r "$mine" -n hook01 --status disabled --query status -o tsv)" disabled
assert_eq 'webhook update, as curl sees it' "$(seen /webhooks/hook01 .properties.status)" disabled
quiet az acr webhook update -r "$mine" -n hook01 --status enabled --headers X-A=1 x-holdfast-untag=on x-holdfast-format=cloudevents x-holdfast-signing-secret=sixteen-or-more-letters
assert_eq 'the signing secret that az set' "$(value acr webhook get-config -r "$mine" -n hook01 --query 'customHeaders."x-holdfast-signing-secret"' -o tsv)" '******'
az_refused 'an option that there is not' any 'x-holdfast-format' acr webhook update -r "$mine" -n hook01 --headers x-holdfast-colour=blue
assert_eq 'how often an event was tried, as az shows it' "$(value acr webhook list-events -r "$mine" -n hook01 --query '[0].eventRequestMessage.headers."X-Holdfast-State"' -o tsv)" done
hook_id=$(value acr webhook show -r "$mine" -n hook01 --query id -o tsv)
event_id=$(value acr webhook list-events -r "$mine" -n hook01 --query '[0].id' -o tsv)
assert_eq 'webhook replay' "$(value rest -m post -u "$hook_id/replayEvents?api-version=2019-05-01" -b "{\"event\":\"$event_id\"}" --query replayed -o tsv)" 1
quiet az acr webhook delete -r "$mine" -n hook01
assert_eq 'webhook delete, as curl sees it' "$(seen /webhooks '.value | length')" 0

step 'scope maps and tokens'
quiet az acr scope-map create -r "$mine" -n smap01 --repository hello-world content/read metadata/read
quiet az acr token create -r "$mine" -n token1 --scope-map smap01
scoped=$(value acr token credential generate -r "$mine" -n token1 --password1 --expiration-in-days 30 --query 'passwords[0].value' -o tsv)
mkdir -p "$WORK/scoped"
DOCKER_CONFIG=$WORK/scoped crane auth login "$mine_host" -u token1 -p "$scoped" >/dev/null 2>&1
assert_eq 'the token pulls' "$(DOCKER_CONFIG=$WORK/scoped crane digest "$mine_host/hello-world:v1")" "$digest"
refused 'the token on another repository' 'UNAUTHORIZED|denied|401' env DOCKER_CONFIG="$WORK/scoped" crane digest "$mine_host/team/app:v1"
quiet az acr token update -r "$mine" -n token1 --status disabled
refused 'the disabled token' 'UNAUTHORIZED|denied|401' env DOCKER_CONFIG="$WORK/scoped" crane digest "$mine_host/hello-world:v1"

step 'policies'
quiet az acr config retention update -r "$mine" --status enabled --days 9 --type UntaggedManifests
assert_eq 'retention' "$(value acr config retention show -r "$mine" --query days -o tsv)" 9
quiet az acr config soft-delete update -r "$mine" --status enabled --days 9
assert_eq 'the policies, as curl sees them' "$(seen '' '.properties.policies | [(.retentionPolicy.days | tostring), .softDeletePolicy.status] | join(",")')" 9,enabled
# Newer CLIs do not even offer it.
az_refused 'content trust' any 'content trust|notation|cosign|not a valid value' acr config content-trust update -r "$mine" --status enabled
assert_eq 'content trust' "$(value acr config content-trust show -r "$mine" --query status -o tsv)" disabled

step 'anonymous pulls'
anonymous() { DOCKER_CONFIG=$WORK/nobody crane "$@"; }
refused 'one without leave' 'UNAUTHORIZED|authentication required|401' anonymous digest "$mine_host/hello-world:v1"
quiet az acr update -n "$mine" --anonymous-pull-enabled true
assert_eq 'one with leave' "$(anonymous digest "$mine_host/hello-world:v1")" "$digest"
refused 'an anonymous push' 'UNAUTHORIZED|authentication required|401' anonymous tag "$mine_host/hello-world:v1" v2
quiet az acr update -n "$mine" --anonymous-pull-enabled false
refused 'one without leave again' 'UNAUTHORIZED|authentication required|401' anonymous digest "$mine_host/hello-world:v1"

step 'network rules'
quiet az acr network-rule add -n "$mine" --ip-address 10.0.0.0/8
assert_eq 'network-rule list' "$(value acr network-rule list -n "$mine" --query 'ipRules[0].ipAddressOrRange' -o tsv)" 10.0.0.0/8
quiet az acr update -n "$mine" --default-action Deny
assert_eq 'a denied address' "$(http_status -u "$mine:$password" "https://$mine_host/v2/")" 403
quiet az acr update -n "$mine" --default-action Allow
quiet az acr network-rule remove -n "$mine" --ip-address 10.0.0.0/8
assert_eq 'an address that is let in again' "$(http_status -u "$mine:$password" "https://$mine_host/v2/")" 200

step 'import'
quiet az acr create -g "$group" -n "$source" --sku Standard --admin-enabled true
quiet az acr import -n "$source" --source team/app:v1 -r "$mine"
assert_eq 'imported, as crane sees it' "$(crane auth login "$source.azsacr.$DOMAIN" -u "$source" -p "$(value acr credential show -n "$source" --query 'passwords[0].value' -o tsv)" >/dev/null 2>&1; crane digest "$source.azsacr.$DOMAIN/team/app:v1")" "$digest"
az_refused 'an import over a tag' any 'already exists' acr import -n "$source" --source team/app:v1 -r "$mine"
quiet az acr import -n "$source" --source team/app:v1 -r "$mine" --force

step 'templates'
sed 's/2019-12-01-preview/2019-05-01/' "$acceptance/templates/container-registry.json" >"$WORK/tpl.json"
deployed=tpl$(random_word 6)
host "$deployed"
quiet az deployment group validate -g "$group" -n d1 --template-file "$WORK/tpl.json" --parameters acrName="$deployed"
assert_eq 'deployment group create' "$(value deployment group create -g "$group" -n d1 --template-file "$WORK/tpl.json" --parameters acrName="$deployed" --query properties.outputs.acrLoginServer.value -o tsv)" "$deployed.azsacr.$DOMAIN"
assert_eq 'deployment group show' "$(value deployment group show -g "$group" -n d1 --query properties.provisioningState -o tsv)" Succeeded
assert_eq 'the deployed registry, as curl sees it' "$(http_status "https://$deployed.azsacr.$DOMAIN/v2/")" 401
quiet az deployment group delete -g "$group" -n d1
quiet az acr delete -n "$deployed" --yes

step 'check-health'
AZURE_CORE_ONLY_SHOW_ERRORS=false az acr check-health -n "$mine" --yes --ignore-errors >"$WORK/health" 2>&1 || fail "check-health: $(cat "$WORK/health")"
assert_contains 'the challenge' "$(cat "$WORK/health")" "Challenge endpoint https://$mine_host/v2/ : OK"
assert_matches 'the refresh token' "$(cat "$WORK/health")" 'Fetch refresh token for registry .* : OK'
assert_matches 'the access token' "$(cat "$WORK/health")" 'Fetch access token for registry .* : OK'
assert_eq 'acr task list' "$(value acr task list -r "$mine" -o tsv)" ''
assert_eq 'acr replication list' "$(value acr replication list -r "$mine" -o tsv)" ''

if [ "$ROLE_LINES" = yes ]; then
  step 'roles and service principals'
  registry_id=$(value acr show -n "$mine" --query id -o tsv)
  group_id=$(value group show -n "$group" --query id -o tsv)
  robot=$(value ad sp create-for-rbac -n "robot-$mine" --role AcrPull --scopes "$group_id")
  robot_app=$(jq -r .appId <<<"$robot") robot_secret=$(jq -r .password <<<"$robot")
  mkdir -p "$WORK/robot"
  DOCKER_CONFIG=$WORK/robot crane auth login "$mine_host" -u "$robot_app" -p "$robot_secret" >/dev/null 2>&1
  assert_eq 'the robot pulls' "$(DOCKER_CONFIG=$WORK/robot crane digest "$mine_host/team/app:v1")" "$digest"
  refused 'the robot pushing' 'UNAUTHORIZED|denied|401' env DOCKER_CONFIG="$WORK/robot" crane tag "$mine_host/team/app:v1" stolen
  assert_eq 'role definition list' "$(value role definition list -n AcrPull --query '[0].name' -o tsv)" 7f951dda-4ed3-4680-a7ca-43fe172d538d
  jq -n --arg s "/subscriptions/$SUBSCRIPTION" '{Name: "CI pusher", Description: "d", Actions: ["Microsoft.ContainerRegistry/registries/pull/read","Microsoft.ContainerRegistry/registries/push/write","Microsoft.ContainerRegistry/registries/read"], NotActions: [], AssignableScopes: [$s]}' >"$WORK/rd.json"
  quiet az role definition create --role-definition "@$WORK/rd.json"
  object=$(value ad sp show --id "$robot_app" --query id -o tsv)
  quiet az role assignment create --assignee-object-id "$object" --assignee-principal-type ServicePrincipal --role 'CI pusher' --scope "$registry_id"
  crane_robot() { DOCKER_CONFIG=$WORK/robot crane "$@"; }
  quiet crane_robot tag "$mine_host/team/app:v1" pushed-by-robot
  quiet az role assignment delete --assignee "$robot_app" --role 'CI pusher' --scope "$registry_id"
  refused 'the robot pushing again' 'UNAUTHORIZED|denied|401' env DOCKER_CONFIG="$WORK/robot" crane tag "$mine_host/team/app:v1" again
  quiet az role assignment create --assignee "$robot_app" --role AcrPush --scope "$registry_id"
  assert_eq 'role assignment list' "$(value role assignment list --scope "$registry_id" --query "[?principalId=='$object'].roleDefinitionName" -o tsv)" AcrPush
  quiet az role assignment delete --assignee "$robot_app" --role AcrPush --scope "$registry_id"
  quiet az role definition delete --name 'CI pusher'
  # The secret of create-for-rbac is the application's; `ad sp credential` is about those of the service principal itself.
  own=$(value ad sp credential reset --id "$robot_app" --query password -o tsv)
  assert_eq "the service principal's own secret" "$(crane_as "$robot_app" "$own" "$mine_host" digest "$mine_host/team/app:v1")" "$digest"
  reset=$(value ad app credential reset --id "$robot_app" --query password -o tsv)
  refused 'the secret of before the reset' 'UNAUTHORIZED|denied|401' env DOCKER_CONFIG="$WORK/robot" crane digest "$mine_host/team/app:v1"
  DOCKER_CONFIG=$WORK/robot crane auth login "$mine_host" -u "$robot_app" -p "$reset" >/dev/null 2>&1
  assert_eq 'the secret of the reset' "$(DOCKER_CONFIG=$WORK/robot crane digest "$mine_host/team/app:v1")" "$digest"
  quiet az ad sp credential list --id "$robot_app"
  certificate=$(value ad app credential reset --id "$robot_app" --append --create-cert --query fileWithCertAndPrivateKey -o tsv)
  mkdir -p "$WORK/azure-certificate"
  AZURE_CONFIG_DIR=$WORK/azure-certificate
  az_register
  quiet az login --service-principal -u "$robot_app" --certificate "$certificate" --tenant "$TENANT"
  assert_contains 'signed in by certificate' "$(value acr repository list -n "$mine" -o tsv)" team/app
  AZURE_CONFIG_DIR=$WORK/azure
fi

step 'what was made is deleted'
quiet az acr delete -n "$source" --yes
az_refused 'the deleted registry' any 'could not be found|not found' acr show -n "$source"
quiet az group delete -n "$group" --yes
assert_eq 'the login server of a deleted registry' "$(curl -sS --cacert "$CA" -u "$mine:$password" -o /dev/null -w '%{http_code}' "https://$mine_host/v2/")" 404
quiet az logout
server_is_well
