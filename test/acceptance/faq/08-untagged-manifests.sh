#!/usr/bin/env bash
# needs: root az-newest crane cosign oras docker dockerd jq curl busybox zstd unshare
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

step 'a multi-platform image with a signature and an SBOM, none of which has a tag'
export COSIGN_PASSWORD='' SIGSTORE_NO_CACHE=true
image=$login_server/signed/app parent=$MULTI child=$ARM
crane copy "$login_server/multi/app@$MULTI" "$image:latest" >/dev/null 2>&1
cd "$WORK"
cosign generate-key-pair --output-key-prefix key 2>/dev/null
cosign login "$login_server" -u contoso8 --password-stdin <<<"$admin_password" 2>/dev/null
cosign sign -y --key key.key --tlog-upload=false --use-signing-config=false "$image@$parent" 2>/dev/null
echo '{"bomFormat": "CycloneDX"}' >sbom.json
oras attach --registry-config "$DOCKER_CONFIG/config.json" --distribution-spec v1.1-referrers-api \
  --artifact-type application/vnd.cyclonedx+json "$image@$parent" sbom.json >/dev/null
start_docker
docker login "$login_server" -u contoso8 -p "$admin_password" >/dev/null 2>&1
pulls() { docker pull -q "$image:latest" >/dev/null && docker image rm "$image:latest" >/dev/null && ok 'docker pulls the image'; }
verifies() { cosign verify --insecure-ignore-tlog --key key.pub "$image@$parent"; }
untagged() { az acr manifest list-metadata -n signed/app -r contoso8 --query "[?tags[0]==null].digest" -o tsv 2>/dev/null; }
explained() { curl -sS --cacert "$CA" -f -u "contoso8:$admin_password" "https://$login_server/acr/v1/signed/app/_manifests/$1/_explain"; }
assert_eq 'untagged are the two children, a signature and an SBOM' "$(untagged | wc -l)" 4
assert_contains 'why a child stays' "$(explained "$child" | jq -r .manifest.keptBy)" "the tagged index $parent"
assert_eq 'what names the index' "$(explained "$parent" | jq -c '[.manifest.referencedBy.tags, (.manifest.referencedBy.referrers | length)]')" '[["latest"],2]'
sub_layout "$ZSTD" "$WORK/stray"
crane push "$WORK/stray" "$image:stray" >/dev/null
quiet az acr repository untag -n contoso8 --image signed/app:stray

step 'the safe variant: only what nothing names, and what says nothing of another image'
untagged | while read -r digest; do
  explained "$digest" | jq -e '.manifest | .keptBy == null and .subject == null and .referencedBy.indexes == []' >/dev/null || continue
  az acr repository delete -n contoso8 --image "signed/app@$digest" --yes >/dev/null 2>&1 </dev/null || fail "$digest was not deleted"
  echo "$digest" >>"$WORK/deleted"
done
assert_eq 'it took the stray image alone' "$(cat "$WORK/deleted")" "$ZSTD"
pulls
quiet verifies
assert_eq 'the SBOM is there' "$(oras discover --registry-config "$DOCKER_CONFIG/config.json" --format json "$image@$parent" | jq '[.. | .artifactType? // empty | select(. == "application/vnd.cyclonedx+json")] | length')" 1

step 'the line of the FAQ: children are refused, signatures and the like are not'
if untagged | xargs -I% "$az_command" acr repository delete --name contoso8 --image signed/app@% --yes >"$WORK/line" 2>&1; then fail 'children were deleted'; fi
assert_eq 'both children are refused, with the reason' "$(grep -c "part of the tagged index $parent" "$WORK/line")" 2
pulls
refused 'the image, which is not signed any more' 'no signatures found|no matching' verifies
assert_eq 'nothing else is left' "$(untagged | sort | tr '\n' ' ')" "$(crane manifest "$image:latest" | jq -r '.manifests[].digest' | sort | tr '\n' ' ')"
server_is_well
