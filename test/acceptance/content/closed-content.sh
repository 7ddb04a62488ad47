#!/usr/bin/env bash
# needs: root az-newest crane oras jq curl busybox zstd unshare
# server: own
# What closes an image closes every way to its bytes, and opening it opens them again: by tag, by digest, through the index
# that contains it, by the list of its referrers, by a mount, by the blob's own address, by an address given out before.
before_server() { printf 'distribution: { redirect: signed, redirectSeconds: 15 }\n' >"$WORK/holdfast.yaml"; }
SERVER_ARGS="--config $WORK/holdfast.yaml"
. "$(dirname "$0")/../azure/lib.bash"
. "$acceptance/azure/az.bash"
az_register
quiet az_login
make_registry contosoclosed
id=$(value acr show -n contosoclosed --query id -o tsv)
image=$login_server/team/app
crane index append -m "$image@$GZIP" -t "$image:multi" >/dev/null 2>&1 || fail 'crane index append'
oras login "$login_server" -u contosoclosed --password-stdin --ca-file "$CA" <<<"$admin_password" >/dev/null 2>&1 || fail 'oras login'
echo 'what a scanner found' >"$WORK/report.txt"
(cd "$WORK" && quiet oras attach --ca-file "$CA" --artifact-type application/vnd.example.report "$image@$GZIP" report.txt:text/plain)
layer=$(jq -r '.layers[0].digest' "$(blob_path "$LAYOUT" "$GZIP")")
admin=(-u "contosoclosed:$admin_password" --cacert "$CA")
robot=$(value ad sp create-for-rbac -n scannerclosed --role AcrQuarantineWriter --scopes "$id")
verdict() { # digest state
  assert_eq "$1 is $2" "$(http_status -u "$(jq -r '.appId + ":" + .password' <<<"$robot")" -X PATCH -H 'Content-Type: application/json' \
    -d "{\"quarantineState\":\"$2\"}" "https://$login_server/acr/v1/team/app/_manifests/$1")" 200
}
index=$(crane digest "$image:multi")

mounts=0
pull() { rm -rf "$WORK/pulled"; crane pull --format oci "$@" "$WORK/pulled"; }
by_tag() { pull "$image:v1"; }
by_digest() { pull "$image@$GZIP"; }
by_index() { pull --platform linux/amd64 "$image:multi"; }
by_referrer() { oras discover --ca-file "$CA" --format json "$image@$GZIP" | jq -e '.referrers // .manifests | length > 0'; }
by_mount() {
  local answer; answer=$(curl -sS -o "$WORK/said" -w '%{http_code}' "${admin[@]}" -X POST "https://$login_server/v2/team/other-$((++mounts))/blobs/uploads/?mount=$layer&from=team/app")
  [ "$answer" = 201 ] && return
  echo "$answer: $(cat "$WORK/said")"; return 1
}
by_blob() { crane blob "$image@$layer" | cmp - "$(blob_path "$LAYOUT" "$layer")"; }
by_address() { curl -sS -f "${earlier:?}" --cacert "$CA" | cmp - "$(blob_path "$LAYOUT" "$layer")"; }
ways='tag digest index referrer mount blob address'

opened() { # what
  local way
  earlier=$(curl -sS -o /dev/null -w '%{redirect_url}' "${admin[@]}" "https://$login_server/v2/team/app/blobs/$layer")
  assert_matches "$1: an address is given out" "$earlier" "^https://data\.$DOMAIN/"
  for way in $ways; do "by_$way" >"$WORK/said" 2>&1 || fail "$1: by $way: $(cat "$WORK/said")"; done
  ok "$1: open by $ways"
}
closed() { # what, and the ways that it closes
  local what=$1 way; shift
  for way in "$@"; do if "by_$way" >"$WORK/said" 2>&1; then fail "$what: it can be had by $way: $(head -c 300 "$WORK/said")"; fi; done
  ok "$what: closed by $*"
}

step 'before'
opened 'nothing closes it'

step 'the quarantine'
quiet az resource update --ids "$id" --set properties.policies.quarantinePolicy.status=enabled
closed 'in quarantine' $ways
for digest in "$GZIP" "$index"; do verdict "$digest" Passed; done
referrer=$(oras discover --ca-file "$CA" --format json "$image@$GZIP" | jq -r '(.referrers // .manifests)[0].digest // empty')
[ -z "$referrer" ] || fail "a report that nobody passed is listed: $referrer"
ok 'a referrer that nobody passed stays closed beside it'
quiet az resource update --ids "$id" --set properties.policies.quarantinePolicy.status=disabled
opened 'after the quarantine'

step 'a lock of the image'
quiet az acr repository update -n contosoclosed --image "team/app@$GZIP" --read-enabled false
closed 'locked' tag digest index
by_blob || fail 'a layer of it: a lock of one image closes no blob, which belongs to no single image'
quiet az acr repository update -n contosoclosed --image "team/app@$GZIP" --read-enabled true
opened 'after the lock'

step 'a lock of the repository'
quiet az acr repository update -n contosoclosed --repository team/app --read-enabled false
closed 'locked with its repository' $ways
quiet az acr repository update -n contosoclosed --repository team/app --read-enabled true
opened 'after the lock of the repository'

step 'addresses that are old, or were changed'
sleep 16
closed 'after its life' address
earlier=$(sed 's/se=[0-9]*/se=9999999999/' <<<"$earlier")
closed 'with a longer life' address
server_is_well
