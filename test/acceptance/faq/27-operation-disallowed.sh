#!/usr/bin/env bash
# needs: root az-newest crane skopeo jq curl busybox zstd unshare
# server: own
# FAQ: "the operation is disallowed". Locks and full storage; quarantine comes with its part.
. "$(dirname "$0")/../azure/lib.bash"
. "$acceptance/azure/az.bash"
az_register
quiet az_login
make_registry contoso27
quiet az acr repository update -n contoso27 --image team/app:v1 --write-enabled false --delete-enabled false
said=$(crane tag "$login_server/team/app:v2" v1 2>&1 && fail 'the push was accepted' || true)
crane append --oci-empty-base -f <(tar -c -C "$WORK" payload-zstd.bin) -t "$login_server/team/app:v1" >"$WORK/said" 2>&1 && fail 'the push was accepted'
said=$(cat "$WORK/said")
assert_matches 'crane shows' "$said" 'disallowed'
assert_matches 'which lock it is' "$said" 'team/app:v1|writeEnabled|write'
refused 'skopeo over the lock' 'disallowed' skopeo copy --dest-cert-dir "$(dirname "$CA")" --dest-creds "contoso27:$admin_password" "oci:$WORK/one:latest" "docker://$login_server/team/app:v1"
az_refused 'az deleting it' any 'disallowed' acr repository delete -n contoso27 --image team/app:v1 --yes
assert_eq 'az acr repository show' "$(value acr repository show -n contoso27 --image team/app:v1 --query changeableAttributes.writeEnabled -o tsv)" false

step 'a repository that is locked'
quiet az acr repository update -n contoso27 --repository team/app --write-enabled false
refused 'a push to it' 'disallowed' crane push "$WORK/one" "$login_server/team/app:new"
az_refused 'deleting it' any 'disallowed' acr repository delete -n contoso27 --repository team/app --yes
quiet az acr repository update -n contoso27 --repository team/app --write-enabled true
quiet az acr repository update -n contoso27 --image team/app:v1 --write-enabled true --delete-enabled true

step 'reading that is off'
quiet az acr repository update -n contoso27 --image team/app:v2 --read-enabled false
refused 'a pull' 'disallowed' crane pull "$login_server/team/app:v2" "$WORK/x.tar"
quiet az acr repository update -n contoso27 --image team/app:v2 --read-enabled true
quiet crane digest "$login_server/team/app:v2"
quiet az acr repository delete -n contoso27 --image team/app:v1 --yes

step 'storage that is full'
quiet crane push "$WORK/one" "$login_server/team/app:v2"
set_quota 0
said=$(crane push "$WORK/one" "$login_server/team/full:v1" 2>&1 && fail 'the push was accepted' || true)
assert_matches 'crane shows' "$said" 'disallowed'
assert_matches 'which limit it is' "$said" 'quota .*"?Default'
refused 'skopeo' 'disallowed.*quota' skopeo copy --dest-cert-dir "$(dirname "$CA")" --dest-creds "contoso27:$admin_password" "oci:$WORK/one:latest" "docker://$login_server/team/full:v2"
quiet crane pull "$login_server/team/app:v2" "$WORK/still.tar"
set_quota 100
quiet crane push "$WORK/one" "$login_server/team/full:v1"
server_is_well
