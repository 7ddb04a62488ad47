#!/usr/bin/env bash
# needs: root az-newest crane jq curl busybox zstd unshare
# server: own
# What is deleted while soft delete is on: behind no door for crane, listed and brought back by the newest az, as it was.
. "$(dirname "$0")/lib.bash"
. "$acceptance/azure/az.bash"
az_register
quiet az_login
make_registry softdel8
sub_layout "$MULTI" "$WORK/multi"
crane push --index "$WORK/multi" "$login_server/multi/app:latest" >/dev/null
index=$(crane digest "$login_server/multi/app:latest")
child=$(crane manifest "$login_server/multi/app:latest" | jq -r '.manifests[0].digest')
old=$(crane digest "$login_server/team/app:v1")
old_layer=$(crane manifest "$login_server/team/app:v1" | jq -r '.layers[0].digest')
# A signature, as cosign or notation attach one, and a repository that has the layer from nowhere else.
curl -sS --cacert "$CA" -u "softdel8:$admin_password" -f -X POST "https://$login_server/v2/multi/app/blobs/uploads/?digest=sha256:$(printf '{}' | sha256sum | cut -c1-64)" -H 'Content-Type: application/octet-stream' -d '{}'
jq -n --arg index "$index" --arg config "sha256:$(printf '{}' | sha256sum | cut -c1-64)" --argjson size "$(crane manifest "$login_server/multi/app:latest" | wc -c)" '{schemaVersion: 2, mediaType: "application/vnd.oci.image.manifest.v1+json", artifactType: "application/x.signature", config: {mediaType: "application/vnd.oci.empty.v1+json", digest: $config, size: 2}, layers: [], subject: {mediaType: "application/vnd.oci.image.index.v1+json", digest: $index, size: $size}}' >"$WORK/signature.json"
signature=sha256:$(sha256sum <"$WORK/signature.json" | cut -c1-64)
curl -sS --cacert "$CA" -u "softdel8:$admin_password" -f -X PUT "https://$login_server/v2/multi/app/manifests/$signature" -H 'Content-Type: application/vnd.oci.image.manifest.v1+json' --data-binary "@$WORK/signature.json"
referrers() { curl -sS --cacert "$CA" -u "softdel8:$admin_password" -f "https://$login_server/v2/multi/app/referrers/$index" | jq -r '.manifests[].digest'; }
mount_from() { http_status -u "softdel8:$admin_password" -X POST "https://$login_server/v2/$2/blobs/uploads/?mount=$old_layer&from=$1"; }
assert_eq 'the signature before' "$(referrers)" "$signature"
assert_eq 'a mount before' "$(mount_from team/app mounted/before)" 201
quiet az acr config soft-delete update -r softdel8 --status enabled --days 9 --yes
assert_eq 'the policy' "$(value acr config soft-delete show -r softdel8 --query '[status, retentionDays]' -o tsv | paste -sd,)" enabled,9

step 'deleted by az: by tag, by digest, as a child of the index, no blob, no mount'
quiet az acr repository delete -n softdel8 --image multi/app:latest --yes
quiet az acr repository delete -n softdel8 --image "multi/app@$child" --yes
quiet az acr repository delete -n softdel8 --image team/app:v1 --yes
quiet az acr repository delete -n softdel8 --image "multi/app@$signature" --yes
assert_eq 'the signature' "$(referrers)" ''
assert_eq 'a mount' "$(mount_from team/app mounted/after)" 202
refused 'the tag' 'MANIFEST_UNKNOWN|not found' crane manifest "$login_server/team/app:v1"
refused 'the digest' 'MANIFEST_UNKNOWN|not found' crane manifest "$login_server/team/app@$old"
refused 'the index' 'MANIFEST_UNKNOWN|not found' crane manifest "$login_server/multi/app@$index"
refused 'its child' 'MANIFEST_UNKNOWN|not found' crane manifest "$login_server/multi/app@$child"

step 'listed by az'
assert_eq 'list-deleted' "$(value acr manifest list-deleted -r softdel8 -n team/app --query '[0].digest' -o tsv)" "$old"
assert_matches 'until when, as az computes it' "$(value acr manifest list-deleted -r softdel8 -n team/app --query '[0].expiresAfter' -o tsv)" '^[0-9-]{10}T'
assert_eq 'list-deleted-tags' "$(value acr manifest list-deleted-tags -r softdel8 -n team/app:v1 --query '[0].digest' -o tsv)" "$old"
assert_contains 'repository list-deleted' "$(value acr repository list-deleted -n softdel8 -o tsv)" multi/app

step 'restored by az'
quiet az acr manifest restore -r softdel8 -n team/app:v1 -d "$old"
assert_eq 'the tag is on it again' "$(crane digest "$login_server/team/app:v1")" "$old"
quiet crane validate --remote "$login_server/team/app:v1"
quiet az acr manifest restore "$login_server/multi/app:latest"
quiet crane validate --remote "$login_server/multi/app:latest"
assert_eq 'the layer of the image' "$(crane blob "$login_server/team/app@$old_layer" | sha256sum | cut -c1-64)" "${old_layer#sha256:}"
assert_eq 'nothing is left to restore' "$(value acr manifest list-deleted -r softdel8 -n team/app -o tsv)" ''

quiet az acr manifest restore -r softdel8 -n multi/app -d "$signature"
assert_eq 'the signature after' "$(referrers)" "$signature"
assert_eq 'a mount after' "$(mount_from team/app mounted/again)" 201

step 'a tag that is taken by now: a conflict, or --force'
quiet az acr repository untag -n softdel8 --image team/app:v1
crane append --oci-empty-base -f <(tar -c -C "$WORK" payload-zstd.bin) -t "$login_server/team/app:v1" >/dev/null 2>&1
az_refused 'restoring the tag' any 'conflict|is on sha256' acr manifest restore -r softdel8 -n team/app:v1 -d "$old"
quiet az acr manifest restore -r softdel8 -n team/app:v1 -d "$old" --force
assert_eq 'the tag is on it again' "$(crane digest "$login_server/team/app:v1")" "$old"

step 'a whole repository'
quiet az acr repository delete -n softdel8 --repository multi/app --yes
refused 'the index' 'NAME_UNKNOWN|not found|MANIFEST_UNKNOWN' crane manifest "$login_server/multi/app:latest"
quiet az acr manifest restore -r softdel8 -n multi/app:latest -d "$index"
quiet crane validate --remote "$login_server/multi/app:latest"
server_is_well
