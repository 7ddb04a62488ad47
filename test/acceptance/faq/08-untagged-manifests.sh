#!/usr/bin/env bash
# needs: root az-newest crane jq curl busybox zstd unshare
# server: own
# FAQ: how to delete all untagged manifests: the bash line as written, but for names.
. "$(dirname "$0")/../azure/lib.bash"
. "$acceptance/azure/az.bash"
az_register
quiet az_login
make_registry contoso8
crane push "$LAYOUT" "$login_server/multi/app:latest" >/dev/null 2>&1 || { sub_layout "$MULTI" "$WORK/multi"; push_tagged_index=yes; }
if [ "${push_tagged_index:-}" = yes ]; then crane push --index "$WORK/multi" "$login_server/multi/app:latest" >/dev/null; fi
dangling=$(crane digest "$login_server/team/app:v1")
crane append --oci-empty-base -f <(tar -c -C "$WORK" payload-zstd.bin) -t "$login_server/team/app:v1" >/dev/null 2>&1
crane append --oci-empty-base -f <(tar -c -C "$WORK" payload-zstd.bin) -t "$login_server/team/app:v2" >/dev/null 2>&1
assert_eq 'the old manifest has no tag left' "$(value acr manifest list-metadata -r contoso8 -n team/app --query "[?tags[0]==null].digest" -o tsv)" "$dangling"

step 'the line of the FAQ'
# With --yes besides: under xargs az has no terminal to ask in.
az acr manifest list-metadata --name team/app --registry contoso8 --query "[?tags[0]==null].digest" --output tsv 2>/dev/null |
  xargs -I% "$az_command" acr repository delete --name contoso8 --image team/app@% --yes >/dev/null 2>&1 || fail 'the line failed'
refused 'the untagged manifest' 'MANIFEST_UNKNOWN|not found' crane manifest "$login_server/team/app@$dangling"
quiet crane manifest "$login_server/team/app:v1"

step 'a child of a tagged index has no tag, and stays'
child=$(crane manifest "$login_server/multi/app:latest" | jq -r '.manifests[0].digest')
parent=$(crane digest "$login_server/multi/app:latest")
az_refused 'deleting it' any "$parent" acr repository delete --name contoso8 --image "multi/app@$child" --yes
quiet crane validate --remote "$login_server/multi/app:latest"
server_is_well
