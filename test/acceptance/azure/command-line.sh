#!/usr/bin/env bash
# needs: root az-newest crane jq curl busybox zstd unshare
# server: own
# The command line of holdfast beside az: each `az acr` and `az role` line of the FAQ, and the commands around them, are run
# by both, and what they print must have the same keys and types; what only reads must be the same in every format.
. "$(dirname "$0")/lib.bash"
. "$acceptance/azure/az.bash"
export HOLDFAST_CONFIG_DIR=$WORK/holdfast
holdfast() { "$checkout/bin/holdfast" "$@"; }
lines=0
# Keys and types only; a list is what its items are.
shape='def shape: if type == "object" then map_values(shape) elif type == "array" then map(shape) | unique else type end; shape'

python=$(dirname "$(readlink -f "$(command -v az-newest)")")/python
yaml_to_json() { "$python" -c 'import json, sys, yaml; print(json.dumps(yaml.safe_load(sys.stdin), sort_keys=True))'; }

run_both() { # name-of-what-follows az-arguments... -- holdfast-arguments...
  local -a first=(); while [ "$1" != -- ]; do first+=("$1"); shift; done; shift
  local az_status=0 hf_status=0
  az "${first[@]}" >"$WORK/az.out" 2>"$WORK/az.err" || az_status=$?
  holdfast "$@" >"$WORK/hf.out" 2>"$WORK/hf.err" || hf_status=$?
  [ $az_status = 0 ] || fail "az ${first[*]}: $(cat "$WORK/az.err")"
  [ $hf_status = 0 ] || fail "holdfast $*: $(cat "$WORK/hf.err")"
  lines=$((lines + 1))
}
# Two lines that do the same to two things.
alike() { # az-arguments... -- holdfast-arguments...
  local what="${*:1:3}"
  run_both "$@"
  diff <(jq -S "$shape" "$WORK/az.out") <(jq -S "$shape" "$WORK/hf.out") >"$WORK/diff" || fail "$what: keys and types differ: $(cat "$WORK/diff")"
  ok "$what: the same keys and types"
}
# One line that reads, run by both. What the server changes meanwhile (an event is tried again) is read anew: az must say the
# same before and after holdfast.
read_by_both() { # arguments...
  local trial
  for trial in 1 2 3 4 5; do
    run_both "$@" -- "$@"
    az "$@" >"$WORK/az.after"
    if cmp -s "$WORK/az.out" "$WORK/az.after"; then return; fi
  done
  fail "$*: it changed between two readings, $trial times"
}
# One line that reads, in JSON and in the other formats.
same() { # arguments...
  local format
  if [ -n "${MOVES-}" ]; then read_by_both "$@"; else run_both "$@" -- "$@"; fi
  diff <(jq -S . "$WORK/az.out") <(jq -S . "$WORK/hf.out") >"$WORK/diff" || fail "$*: the answers differ: $(cat "$WORK/diff")"
  for format in ${FORMATS-table}; do
    run_both "$@" -o "$format" -- "$@" -o "$format"
    if [ "$format" = yaml ]; then # where lines are folded is each library's own
      for file in az hf; do yaml_to_json <"$WORK/$file.out" >"$WORK/$file.json"; mv "$WORK/$file.json" "$WORK/$file.out"; done
    fi
    cmp -s "$WORK/az.out" "$WORK/hf.out" || fail "$* -o $format: $(diff "$WORK/az.out" "$WORK/hf.out" || true)"
  done
  ok "${*:1:3}: the same in json ${FORMATS-table}"
}
# Refused by both, with exit codes of the two.
both_refuse() { # az-code holdfast-code arguments...
  local az_code=$1 hf_code=$2 status=0; shift 2
  az "$@" >/dev/null 2>&1 || status=$?
  assert_eq "az ${*:1:3} ends with" "$status" "$az_code"
  status=0; holdfast "$@" >"$WORK/hf.out" 2>"$WORK/hf.err" </dev/null || status=$?
  assert_eq "holdfast ${*:1:3} ends with" "$status" "$hf_code"
  [ ! -s "$WORK/hf.out" ] || fail "holdfast $* printed: $(cat "$WORK/hf.out")"
  lines=$((lines + 2))
}

step 'sign-in'
az_register
quiet az_login
alike account show -- login --server "https://management.$DOMAIN" --ca "$CA" --service-principal -u "$APP" -p "$SECRET" --tenant "$TENANT" \
  --query '[0].{environmentName:cloudName,homeTenantId:homeTenantId,id:id,isDefault:isDefault,managedByTenants:managedByTenants,name:name,state:state,tenantId:tenantId,user:user}'
alike account show -- account show
assert_eq 'what is remembered is private' "$(stat -c %a "$HOLDFAST_CONFIG_DIR/profile.json")" 600
mine=mine$(random_word 6) other=other$(random_word 6) Mixed=My$(random_word 6)
make_registry "$Mixed"
make_registry "$other"
make_registry "$mine"

step 'registries (FAQ 14)'
same acr check-name -n "$mine"
same acr check-name -n "free$(random_word 6)"
FORMATS='table yaml none' same acr show -n "$mine" # tsv: az prints the registry's columns in another order each release
FORMATS='table none' same acr list
FORMATS='table tsv yaml none' same acr show -n "$mine" --query loginServer
same acr list --query "[].{n:name, s:sku.name}"
alike acr update -n "$mine" --tags a=b c=d -- acr update -n "$mine" --tags a=b c=d
alike acr create -g default -n "$mine"az --sku Standard -- acr create -g default -n "$mine"hf --sku Standard
alike acr delete -n "$mine"az --yes -- acr delete -n "$mine"hf --yes
both_refuse 1 3 acr show -n nosuchregistry
both_refuse 2 2 acr show
both_refuse 2 2 acr shwo

step 'admin credentials (FAQ 04)'
FORMATS='table tsv yaml none' same acr credential show -n "$mine"
same acr credential show -n "$mine" --query 'passwords[0].value'
alike acr credential renew -n "$mine" --password-name password2 -- acr credential renew -n "$mine" --password-name password2
step 'usage (FAQ 09, 10)'
same acr show-usage -n "$mine"
same acr show-usage -n "$mine" --query "value[?name=='Size'].currentValue | [0]"

step 'login (FAQ 11, 14)'
alike acr login -n "$mine" --expose-token -- acr login -n "$mine" --expose-token
alike acr login -n "$Mixed" --expose-token -- acr login -n "$Mixed" --expose-token

step 'repositories (FAQ 14, 27)'
FORMATS='table tsv yaml none' same acr repository list -n "$mine"
same acr repository list -n "$mine" -u "$mine" -p "$admin_password"
same acr repository show -n "$mine" --repository team/app
same acr repository show -n "$mine" --image team/app:v1
same acr repository show -n "$mine" --image "team/app@$GZIP"
same acr repository show-tags -n "$mine" --repository team/app
same acr repository show-tags -n "$mine" --repository team/app --detail --orderby time_desc --top 1
same acr repository show-manifests -n "$mine" --repository team/app
same acr repository show-manifests -n "$mine" --repository team/app --detail
alike acr repository update -n "$mine" --image team/app:v2 --write-enabled false -- acr repository update -n "$mine" --image team/app:v2 --write-enabled false
both_refuse 1 1 acr repository delete -n "$mine" --image team/app:v2 --yes
alike acr repository update -n "$mine" --image team/app:v2 --write-enabled true -- acr repository update -n "$mine" --image team/app:v2 --write-enabled true
alike acr repository update -n "$mine" --repository team/app --delete-enabled true -- acr repository update -n "$mine" --repository team/app --delete-enabled true
both_refuse 3 3 acr repository show -n "$mine" --repository nosuch
both_refuse 1 1 acr repository delete -n "$mine" --image team/app:v1 # neither asks without a terminal
assert_eq "the FAQ's alias" "$(holdfast acr show repository -n "$mine" --repository team/app | jq -S .)" "$(az acr repository show -n "$mine" --repository team/app | jq -S .)"

step 'manifests (FAQ 08)'
FORMATS='table tsv yaml none' same acr manifest list-metadata -r "$mine" -n team/app
same acr manifest list-metadata "$mine.azsacr.$DOMAIN/team/app"
same acr manifest list-metadata --name team/app --registry "$mine" --query "[?tags[0]==null].digest"
same acr manifest show-metadata -r "$mine" -n team/app:v1
same acr manifest show -r "$mine" -n team/app:v1
FORMATS='table' same acr manifest list -r "$mine" -n team/app
same acr manifest list-referrers -r "$mine" -n team/app:v1
assert_eq 'manifest show --raw' "$(holdfast acr manifest show -r "$mine" -n team/app:v1 --raw | digest_of)" "$GZIP"
alike acr manifest update-metadata -r "$mine" -n team/app:v1 --delete-enabled true -- acr manifest update-metadata -r "$mine" -n team/app:v1 --delete-enabled true
crane tag "$mine.azsacr.$DOMAIN/team/app:v1" for-az
crane tag "$mine.azsacr.$DOMAIN/team/app:v1" for-hf
alike acr repository untag -n "$mine" --image team/app:for-az -- acr repository untag -n "$mine" --image team/app:for-hf
assert_eq 'what is left' "$(holdfast acr repository show-tags -n "$mine" --repository team/app -o tsv | paste -sd,)" v1,v2

untagged() { # leaves one manifest without a tag in repository $1
  crane append --oci-empty-base -f <(tar -c -C "$WORK" payload-gzip.bin) -t "$mine.azsacr.$DOMAIN/$1:t" >/dev/null 2>&1
  crane push "$WORK/one" "$mine.azsacr.$DOMAIN/$1:t" >/dev/null
}
untagged clean/az; untagged clean/hf
delete_untagged() { # program repository: the line of the FAQ
  "$1" acr manifest list-metadata --name "$2" --registry "$mine" --query "[?tags[0]==null].digest" --output tsv |
    xargs -I% "$3" acr repository delete --name "$mine" --image "$2@%" --yes 2>/dev/null
}
delete_untagged az clean/az "$(command -v az-newest)"
delete_untagged holdfast clean/hf "$checkout/bin/holdfast"
same acr manifest list-metadata -r "$mine" -n clean/az --query 'length(@)'
same acr manifest list-metadata -r "$mine" -n clean/hf --query 'length(@)'
assert_eq 'one is left, as after az' "$(holdfast acr manifest list-metadata -r "$mine" -n clean/hf --query 'length(@)')" 1
alike acr repository delete -n "$mine" --repository clean/az --yes -- acr repository delete -n "$mine" --repository clean/hf --yes
alike acr repository delete -n "$other" --image team/app:v1 --yes -- acr manifest delete -r "$Mixed" -n team/app:v1 --yes

step 'import'
alike acr import -n "$other" --source team/app:v1 -r "$mine" -- acr import -n "$Mixed" --source "$mine.azsacr.$DOMAIN/team/app:v1" -t in/ported:1
assert_eq 'what was imported' "$(holdfast acr repository show -n "$Mixed" --image in/ported:1 --query digest -o tsv)" "$GZIP"
both_refuse 1 1 acr import -n "$other" --source team/app:v1 -r "$mine"

step 'webhooks'
for program in az hf; do hook="hook$program" arguments=(acr webhook create -r "$mine" -n "hook$program" --uri https://hook.test/x --actions push delete --headers X-A=1); done
alike acr webhook create -r "$mine" -n hookaz --uri https://hook.test/x --actions push delete --headers X-A=1 -- "${arguments[@]}"
same acr webhook list -r "$mine"
same acr webhook show -r "$mine" -n "$hook"
same acr webhook get-config -r "$mine" -n "$hook"
alike acr webhook ping -r "$mine" -n hookaz -- acr webhook ping -r "$mine" -n hookhf
crane tag "$mine.azsacr.$DOMAIN/team/app:v1" told
wait_for 'the events' 20 bash -c "[ \$('$checkout/bin/holdfast' acr webhook list-events -r '$mine' -n hookhf --query 'length([?eventResponseMessage])') -ge 2 ]"
FORMATS='table' MOVES=yes same acr webhook list-events -r "$mine" -n hookhf
alike acr webhook update -r "$mine" -n hookaz --status disabled -- acr webhook update -r "$mine" -n hookhf --status disabled
alike acr webhook delete -r "$mine" -n hookaz -- acr webhook delete -r "$mine" -n hookhf

step 'roles (FAQ 14)'
id=$(holdfast acr show -n "$mine" --query id -o tsv)
quiet az ad user create --display-name Ada --user-principal-name "ada@$DOMAIN" --password 'correct-horse-battery-1'
alike role assignment create --scope "$id" --role AcrPull --assignee "ada@$DOMAIN" -- role assignment create --scope "$id" --role AcrPush --assignee "ada@$DOMAIN"
alike role assignment create --scope "$id" --role AcrPull --assignee "$APP" -- role assignment create --scope "$id" --role AcrPull --assignee "$APP"
FORMATS='table' same role assignment list --scope "$id"
FORMATS='table' same role assignment list --assignee "ada@$DOMAIN" --all
FORMATS='yaml' same role definition list -n AcrPull
alike role assignment delete --scope "$id" --role AcrPull --assignee "ada@$DOMAIN" -- role assignment delete --scope "$id" --role AcrPush --assignee "ada@$DOMAIN"
quiet holdfast role assignment create --scope "$id" --role AcrPull --assignee "ada@$DOMAIN"

step 'who may only pull (FAQ 14)'
printf %s correct-horse-battery-1 | HOLDFAST_CONFIG_DIR=$WORK/ada holdfast login --server "https://management.$DOMAIN" --ca "$CA" -u "ada@$DOMAIN" -o none
as_ada() { HOLDFAST_CONFIG_DIR=$WORK/ada holdfast "$@"; }
assert_eq 'lists no registry' "$(as_ada acr list -o tsv)" ''
refused 'showing one' 'could not be found' as_ada acr show -n "$mine"
assert_contains 'lists repositories' "$(as_ada acr repository list -n "$mine" -o tsv)" team/app
refused 'deleting' 'has no role that allows delete' as_ada acr repository delete -n "$mine" --image team/app:v1 --yes

step 'without a file: the environment alone'
assert_contains 'a service principal' "$(env -u HOLDFAST_CONFIG_DIR HOME="$WORK/nobody" XDG_CONFIG_HOME="$WORK/nobody" HOLDFAST_SERVER="https://management.$DOMAIN" HOLDFAST_CA="$CA" \
  HOLDFAST_CLIENT_ID="$APP" HOLDFAST_CLIENT_SECRET="$SECRET" "$checkout/bin/holdfast" acr repository list -n "$mine" -o tsv)" team/app
[ ! -e "$WORK/nobody" ] || fail 'something was written'
assert_contains 'the admin user, by login server' "$(env HOLDFAST_CONFIG_DIR="$WORK/nobody" "$checkout/bin/holdfast" acr repository list --ca "$CA" -n "$mine.azsacr.$DOMAIN" -u "$mine" -p "$admin_password" -o tsv)" team/app
quiet holdfast logout
refused 'anything after logout' 'holdfast login' holdfast acr list
figure "$lines lines run by az or holdfast"
server_is_well
