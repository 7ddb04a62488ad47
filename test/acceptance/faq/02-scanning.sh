#!/usr/bin/env bash
# needs: root az-newest crane jq curl busybox zstd unshare
# server: own
# FAQ: vulnerability scanning by third parties, in a deployment without internet. This is the way of Azure: a webhook for the
# quarantine and the role AcrQuarantineWriter; the open pluggable-scanner interface comes with its part.
before_server() { printf 'outbound: { allow: [127.0.0.1] }\nquarantine: { timeoutHours: 1 }\n' >"$WORK/holdfast.yaml"; }
SERVER_ARGS="--config $WORK/holdfast.yaml"
. "$(dirname "$0")/../azure/lib.bash"
. "$acceptance/azure/az.bash"
az_register
quiet az_login
make_registry contoso02
id=$(value acr show -n contoso02 --query id -o tsv)
registry="/subscriptions/$SUBSCRIPTION/resourceGroups/default/providers/Microsoft.ContainerRegistry/registries/contoso02"
robot=$(value ad sp create-for-rbac -n scanner02 --role AcrQuarantineWriter --scopes "$id")
SCANNER_ID=$(jq -r .appId <<<"$robot") SCANNER_SECRET=$(jq -r .password <<<"$robot")
export SCANNER_ID SCANNER_SECRET LOGIN_SERVER=$login_server NODE_EXTRA_CA_CERTS=$CA
puller=$(value ad sp create-for-rbac -n puller02 --role AcrPull --scopes "$id")
puller_id=$(jq -r .appId <<<"$puller") puller_secret=$(jq -r .password <<<"$puller")
pulls() { crane_as "$puller_id" "$puller_secret" "$login_server" digest "$login_server/team/app:$1"; }
state() { curl -sS --cacert "$CA" -f -u "contoso02:$admin_password" "https://$login_server/acr/v1/team/app/_manifests/$1" | jq -r '.manifest.changeableAttributes.quarantineState'; }
# An image of one layer with that text in it, new each time; prints its digest.
push_text() { # tag text
  head -c 3000 /dev/urandom >"$WORK/random-$1"; echo "$2" >"$WORK/text-$1"
  tar -C "$WORK" -czf "$WORK/$1.tar.gz" "random-$1" "text-$1"
  crane append --oci-empty-base -f "$WORK/$1.tar.gz" -t "$login_server/team/app:$1" >/dev/null 2>&1
  local head
  head=$(curl -sS --cacert "$CA" -u "contoso02:$admin_password" "https://$login_server/acr/v1/team/app/_tags/$1")
  jq -er .tag.digest <<<"$head"
}

step 'what would be closed: scan first, then enable'
listed=$(arm GET "$registry/previewQuarantine?api-version=2019-05-01")
assert_eq 'the preview names the image that nobody has scanned' "$(jq -c '[.value[] | [.repository, .digest, .tags, .quarantineState]]' <<<"$listed")" \
  "[[\"team/app\",\"$GZIP\",[\"v1\",\"v2\"],\"Quarantined\"]]"
assert_eq 'and changes nothing' "$(pulls v1)" "$GZIP"

step 'the policy, by az'
policy() { quiet az resource update --ids "$id" --set "properties.policies.quarantinePolicy.status=$1"; }
policy enabled
assert_eq 'it is on' "$(value acr show -n contoso02 --query policies.quarantinePolicy.status -o tsv)" enabled
refused 'what was there and never passed' 'MANIFEST_UNKNOWN|404' pulls v1

scan() { # behaviour
  PORT=$(free_port); export PORT
  "$checkout/node_modules/.bin/node" "$acceptance/azure/scanner.ts" "$1" >"$WORK/scanner-$1.log" 2>&1 &
  scanner=$!
  wait_for "the $1 scanner" 20 grep -q listening "$WORK/scanner-$1.log"
  quiet az acr webhook create -r contoso02 -n "hook$1" --uri "http://127.0.0.1:$PORT/" --actions quarantine push --scope ''
}
end_scan() { kill $scanner; wait $scanner 2>/dev/null || true; quiet az acr webhook delete -r contoso02 -n "hook$1"; }
closed() { # tag digest
  refused "a pull of $1" 'MANIFEST_UNKNOWN|404' pulls "$1"
  refused "by its digest" 'DISALLOWED|405' crane_as "$puller_id" "$puller_secret" "$login_server" manifest "$login_server/team/app@$2"
}

step 'an honest scanner'
scan honest
good=$(push_text good harmless)
wait_for 'its verdict' 30 grep -q "said Passed of team/app@$good: 200" "$WORK/scanner-honest.log"
assert_eq 'what it passed is pulled at once' "$(pulls good)" "$good"
assert_eq 'and says so' "$(state "$good")" Passed
wait_for 'the push, told after the verdict' 20 grep -q 'heard push team/app good' "$WORK/scanner-honest.log"
bad=$(push_text bad 'X5O!P%@AP EICAR-STANDARD-ANTIVIRUS-TEST-FILE')
wait_for 'its verdict' 30 grep -q "said Failed of team/app@$bad: 200" "$WORK/scanner-honest.log"
closed bad "$bad"
assert_eq 'and says so' "$(state "$bad")" Failed
assert_eq 'no push is told of it' "$(grep -c 'heard push team/app bad' "$WORK/scanner-honest.log" || true)" 0
if grep FAILED "$WORK/scanner-honest.log"; then fail 'the scanner had trouble'; fi
end_scan honest

step 'a scanner that is down'
down=$(push_text down harmless)
closed down "$down"

for behaviour in slow lying; do
  step "a scanner that is $behaviour"
  scan $behaviour
  digest=$(push_text $behaviour harmless)
  wait_for 'it hears' 20 grep -q "heard quarantine team/app $behaviour" "$WORK/scanner-$behaviour.log"
  sleep 2
  closed $behaviour "$digest"
  assert_eq 'it is still waited for' "$(state "$digest")" Quarantined
  if grep FAILED "$WORK/scanner-$behaviour.log"; then fail 'a lie was believed'; fi
  end_scan $behaviour
done

step 'the right, and who has it not'
for who in "$APP:$SECRET" "contoso02:$admin_password" "$puller_id:$puller_secret"; do
  assert_eq "PATCH by ${who%%:*}" "$(http_status -u "$who" -X PATCH -H 'Content-Type: application/json' -d '{"quarantineState":"Passed"}' \
    "https://$login_server/acr/v1/team/app/_manifests/$bad")" 401
done
assert_eq 'the scanner, with a token as Azure describes it' "$(
  token=$(curl -sS --cacert "$CA" -f -u "$SCANNER_ID:$SCANNER_SECRET" "https://$login_server/oauth2/token?service=$login_server&scope=repository:team/app:pull,push" | jq -er .access_token)
  http_status -H "Authorization: Bearer $token" -X PATCH -H 'Content-Type: application/json' -d '{"quarantineState":"Passed"}' "https://$login_server/acr/v1/team/app/_manifests/$bad"
)" 200
assert_eq 'and it opens' "$(pulls bad)" "$bad"
policy disabled
assert_eq 'with the policy off nobody is kept out' "$(pulls down)" "$down"
server_is_well
