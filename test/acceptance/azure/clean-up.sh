#!/usr/bin/env bash
# needs: root az-newest crane dockerd docker containerd runc jq curl busybox zstd unshare
# server: own
# Clean-up policies and immutable tags: ACR's retention policy by az as it is, the others by az rest, the refusals by docker and crane, the
# preview and the work itself by az rest and holdfast cleanup.
. "$(dirname "$0")/lib.bash"
. "$acceptance/azure/az.bash"
az_register
quiet az_login
name=clean$(random_word 6)
host "$name"
quiet az acr create -g default -n "$name" --sku Premium --admin-enabled true
login_server=$(value acr show -n "$name" --query loginServer -o tsv)
password=$(value acr credential show -n "$name" --query 'passwords[0].value' -o tsv)
make_fixtures
sub_layout "$GZIP" "$WORK/one"
sub_layout "$MULTI" "$WORK/multi"
crane auth login "$login_server" -u "$name" -p "$password" >/dev/null 2>&1
push_new() { # reference: an image that nobody has pushed yet
  head -c 2000 /dev/urandom >"$WORK/new.bin"
  crane append --oci-empty-base -f <(tar -c -C "$WORK" new.bin) -t "$1" >/dev/null 2>&1
}
path=/subscriptions/$SUBSCRIPTION/resourceGroups/default/providers/Microsoft.ContainerRegistry/registries/$name
rest() { local method=$1 what=$2; shift 2; az rest --method "$method" --url "https://management.$DOMAIN$path/$what" "$@"; }
preview() { rest get "previewCleanup?api-version=2023-07-01${1:-}" -o json; }
cleanup() { env -i PATH="$PATH" HOME="$WORK" "$checkout/bin/holdfast" cleanup --data "$server_data" "$@"; }

step 'the retention policy, as az sets it'
assert_eq 'off at first' "$(value acr config retention show -r "$name" --query status -o tsv)" disabled
quiet az acr config retention update -r "$name" --status enabled --days 0 --type UntaggedManifests
assert_eq 'on' "$(value acr config retention show -r "$name" --query '[status, to_string(days)]' -o tsv | paste -sd,)" enabled,0
az_refused 'a year and a day' any '365' acr config retention update -r "$name" --status enabled --days 366 --type UntaggedManifests
crane push "$WORK/one" "$login_server/team/app:v1" >/dev/null 2>&1
dangling=$(crane digest "$login_server/team/app:v1")
push_new "$login_server/team/app:v1"
crane push --index "$WORK/multi" "$login_server/multi/app:latest" >/dev/null 2>&1
child=$(crane manifest "$login_server/multi/app:latest" | jq -r '.manifests[0].digest')
assert_eq 'what has just lost its tag waits for an hour, a part of an index stays' \
  "$(preview | jq -c --arg a "team/app $dangling" --arg b "multi/app $child" '[.value[] | .repository as $r | .items[] | select("\($r) \(.digest)" | IN($a, $b)) | .decision, .reason]')" \
  '["stays","part-of","stays","pushed-just-now"]'
quiet az acr config retention update -r "$name" --status disabled --days 30 --type UntaggedManifests
assert_eq 'off again' "$(preview | jq .value)" '[]'

step 'a clean-up policy, looked at before it is switched on'
for n in 1 2 3; do push_new "$login_server/ci/web:pr-$n"; done
crane tag "$login_server/ci/web:pr-1" stable 2>/dev/null
nightly='{"properties":{"repositories":["ci/*"],"tags":{"match":["pr-*"],"keepLatest":1}}}'
quiet rest put 'cleanupPolicies/nightly?api-version=2023-07-01' --body "$nightly"
refused 'a policy that would take everything' 'without a limit' rest put 'cleanupPolicies/all-of-it?api-version=2023-07-01' \
  --body '{"properties":{"repositories":["*"],"tags":{"match":["*"]}}}'
assert_eq 'what it would take' "$(preview '&policy=nightly' | jq -c '[.value[].items[] | select(.decision == "goes" and .tag) | .tag]')" '["pr-2","pr-1"]'
assert_contains 'the same at the command line' "$(cleanup --dry-run --registry "$name" --policy nightly)" ':pr-2  nightly: not among the latest 1'
assert_eq 'nothing is taken by looking' "$(crane ls "$login_server/ci/web" | paste -sd,)" pr-1,pr-2,pr-3,stable

step 'immutable tags'
quiet rest put 'immutableTagPolicies/releases?api-version=2023-07-01' --body '{"properties":{"repositories":["team/*"],"match":["v*"]}}'
refused 'crane moves an immutable tag' 'immutable by the policy "releases"' crane tag "$login_server/team/app@$dangling" v1
az_refused 'untagging it' any 'immutable' acr repository untag -n "$name" --image team/app:v1
az_refused 'deleting it' any 'immutable' acr repository delete -n "$name" --image team/app:v1 --yes
az_refused 'deleting its repository' any 'immutable' acr repository delete -n "$name" --repository team/app --yes
az_refused 'importing over it' any 'immutable' acr import -n "$name" --source "$login_server/multi/app:latest" -t team/app:v1 --force
start_docker
echo "$password" | docker login "$login_server" -u "$name" --password-stdin >/dev/null 2>&1
docker tag alpine "$login_server/team/app:v1"
refused 'docker pushes over it' 'immutable by the policy "releases"' docker push "$login_server/team/app:v1"
docker tag alpine "$login_server/team/app:v2"
quiet docker push "$login_server/team/app:v2"
quiet docker push "$login_server/team/app:v2" # the same again

step 'what an enabled policy takes'
quiet rest put 'cleanupPolicies/nightly?api-version=2023-07-01' --body "$(jq -c '.properties.status = "enabled"' <<<"$nightly")"
server_is_well
quiet cleanup # unless the server has just done it, which looks every hour
assert_eq 'what is left' "$(cleanup --dry-run --registry "$name" --policy nightly --json | jq -sc 'map([.tag, .decision, .reason])')" '[["pr-3","stays","among-latest"]]'
assert_matches 'nothing is taken twice' "$(cleanup)" '^0 tags and 0 manifests were taken away'
