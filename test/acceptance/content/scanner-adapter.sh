#!/usr/bin/env bash
# needs: root crane jq curl unshare
# server: own
# FAQ 02, the way without a webhook: a scanner behind the scanner adapter API, which the operator registered. What is pushed stays
# closed until it has looked at it, with crane and with credentials that open that repository and nothing else.
PORT=21998 KEY=$(head -c 12 /dev/urandom | od -An -tx1 | tr -d ' \n')
export PORT KEY
before_server() {
  echo "Bearer $KEY" >"$WORK/scanner-key"
  printf 'outbound: { allow: [127.0.0.1] }\nscanner: { url: "http://127.0.0.1:%s", authorization: { file: scanner-key }, passBelow: High }\n' \
    "$PORT" >"$WORK/holdfast.yaml"
}
SERVER_ARGS="--config $WORK/holdfast.yaml"
. "$(dirname "$0")/../azure/lib.bash"
. "$acceptance/azure/az.bash"
export SSL_CERT_FILE=$CA MODE=$WORK/mode
registry="/subscriptions/$SUBSCRIPTION/resourceGroups/default/providers/Microsoft.ContainerRegistry/registries/registry"
image=$NAMED_REGISTRY/team/app
login() { crane auth login "$NAMED_REGISTRY" -u "$REG_USER" -p "$REG_PASS" >/dev/null 2>&1; }
login
policy() { arm PATCH "$registry?api-version=2019-05-01" -f -o /dev/null -d "{\"properties\":{\"policies\":{\"quarantinePolicy\":{\"status\":\"$1\"}}}}"; }
policy enabled
push_text() { # tag text
  head -c 3000 /dev/urandom >"$WORK/random-$1"; echo "$2" >"$WORK/text-$1"
  tar -C "$WORK" -czf "$WORK/$1.tar.gz" "random-$1" "text-$1"
  crane append --oci-empty-base -f "$WORK/$1.tar.gz" -t "$image:$1" >/dev/null 2>&1
  curl -sS --cacert "$CA" -f -u "$REG_USER:$REG_PASS" "https://$NAMED_REGISTRY/acr/v1/team/app/_tags/$1" | jq -er .tag.digest
}
scan() { curl -sS --cacert "$CA" -f -u "$REG_USER:$REG_PASS" "https://$NAMED_REGISTRY/acr/v1/team/app/_manifests/$1/_scan" "${@:2}"; }
scan_is() { [ "$(scan "$1" | jq -r .scan.state)" = "$2" ]; }
attribute() { curl -sS --cacert "$CA" -f -u "$REG_USER:$REG_PASS" "https://$NAMED_REGISTRY/acr/v1/team/app/_manifests/$1" | jq -r ".manifest.changeableAttributes.$2"; }
closed() { # tag digest
  refused "a pull of $1" 'MANIFEST_UNKNOWN|404' crane digest "$image:$1"
  refused 'by its digest' 'DISALLOWED|405' crane manifest "$image@$2"
}
opened() { # tag digest
  assert_eq "$1 is pulled by its tag" "$(crane digest "$image:$1")" "$2"
  rm -rf "$WORK/pulled"; crane pull --format oci "$image:$1" "$WORK/pulled" 2>"$WORK/said" || fail "crane: $(cat "$WORK/said")"
}

step 'a scanner that is down'
good=$(push_text good harmless)
wait_for 'an attempt' 30 sh -c "! curl -sS --cacert '$CA' -f -u '$REG_USER:$REG_PASS' 'https://$NAMED_REGISTRY/acr/v1/team/app/_manifests/$good/_scan' | jq -e '.scan.reason == null'"
assert_contains 'it says what is wrong' "$(scan "$good")" 'nothing listens there'
closed good "$good"

step 'it comes up: honest, pulling with Basic'
echo honest >"$MODE"
start adapter "$checkout/node_modules/.bin/node" "$acceptance/content/scanner-adapter.ts"
wait_for 'the report' 90 scan_is "$good" done
assert_contains 'it pulled what was closed, with crane' "$(cat "$WORK/adapter.log")" "pulled team/app@$good with Basic"
opened good "$good"
assert_eq 'the state' "$(attribute "$good" quarantineState)" Passed
assert_eq 'with what it goes by' "$(attribute "$good" quarantineDetails | jq -c '[.scanner, .severity, .passBelow]')" '["Scripted 1.0","Low","High"]'
bad=$(push_text bad 'X5O!P%@AP EICAR-STANDARD-ANTIVIRUS-TEST-FILE')
wait_for 'the report' 60 scan_is "$bad" done
closed bad "$bad"
assert_eq 'the state' "$(attribute "$bad" quarantineState)" Failed
assert_eq 'the report is kept' "$(scan "$bad" | jq -c '[.scan.severity, .scan.report.vulnerabilities[0].id, .scan.report.artifact.digest]')" "[\"Critical\",\"EICAR-1\",\"$bad\"]"

step 'what the scanner was given opens nothing else'
secret=$(push_text secret harmless); crane copy "$image@$good" "$NAMED_REGISTRY/team/other:v1" >/dev/null 2>&1
wait_for 'the report' 60 scan_is "$secret" done
as_scanner() { http_status -H "Authorization: $credential" "$@"; }
wait_for 'the scan of the copy' 60 grep -q "pulled team/other@" "$WORK/adapter.log"
credential=$(cat "$WORK/credential-team-other")
assert_eq 'its repository, closed or not' "$(as_scanner "https://$NAMED_REGISTRY/v2/team/other/manifests/$good")" 200
assert_eq 'another repository' "$(as_scanner "https://$NAMED_REGISTRY/v2/team/app/manifests/$good")" 401
assert_eq 'a verdict of its own' "$(as_scanner -X PATCH -H 'Content-Type: application/json' -d '{"quarantineState":"Passed"}' \
  "https://$NAMED_REGISTRY/acr/v1/team/other/_manifests/$good")" 401
assert_eq 'an upload' "$(as_scanner -X POST "https://$NAMED_REGISTRY/v2/team/other/blobs/uploads/")" 401
assert_eq 'a deletion' "$(as_scanner -X DELETE "https://$NAMED_REGISTRY/v2/team/other/manifests/$good")" 401
assert_eq 'the list of repositories' "$(as_scanner "https://$NAMED_REGISTRY/v2/_catalog")" 401

step 'pulling with Bearer'
echo bearer >"$MODE"
bearer=$(push_text bearer harmless)
wait_for 'the report' 60 scan_is "$bearer" done
assert_contains 'it pulled' "$(cat "$WORK/adapter.log")" "pulled team/app@$bearer with Bearer"
opened bearer "$bearer"

step 'a multi-platform image'
many=$(push_text many harmless)
crane index append -m "$image@$bearer" -m "$image@$good" -t "$image:multi" >/dev/null 2>&1 || fail 'crane index append'
index=$(curl -sS --cacert "$CA" -f -u "$REG_USER:$REG_PASS" "https://$NAMED_REGISTRY/acr/v1/team/app/_tags/multi" | jq -er .tag.digest)
wait_for 'the index' 60 scan_is "$index" done
assert_eq 'passes with its images' "$(crane digest "$image:multi")" "$index"
wait_for 'the report' 60 scan_is "$many" done

step 'a scanner that is slow'
echo slow >"$MODE"
slow=$(push_text slow harmless)
wait_for 'the scan' 60 scan_is "$slow" submitted
closed slow "$slow"

step 'a scanner that lies'
echo lying >"$MODE"
for n in 0 1 2 3; do
  digest=$(push_text "lie$n" harmless)
  wait_for "lie $n" 90 scan_is "$digest" failed
  closed "lie$n" "$digest"
  ok "$(scan "$digest" | jq -r .scan.reason)"
done
assert_eq 'no lie was believed' "$(attribute "$digest" quarantineState)" Quarantined

step 'asked again'
echo honest >"$MODE"
assert_eq 'it is put in the queue' "$(scan "$digest" -X POST | jq -r .scan.state)" waiting
wait_for 'the report' 60 scan_is "$digest" done
opened lie3 "$digest"
if grep FAILED "$WORK/adapter.log"; then fail 'the scanner had trouble'; fi
if grep -qF -- "$KEY" "$WORK/server.log"; then fail 'the log of the server holds the key of the scanner'; fi
server_is_well
