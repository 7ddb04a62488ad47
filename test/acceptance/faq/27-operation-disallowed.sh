#!/usr/bin/env bash
# needs: root az-newest crane skopeo dockerd docker jq curl busybox zstd unshare
# server: own
# FAQ: "the operation is disallowed": locks, the quarantine, and full storage.
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

step 'an image in quarantine'
mkdir -p "/etc/docker/certs.d/$login_server" "$WORK/docker"
cp "$CA" "/etc/docker/certs.d/$login_server/ca.crt"
echo '{}' >"$WORK/daemon.json" # not the machine's /etc/docker/daemon.json
export DOCKER_HOST=unix://$WORK/docker.sock
start dockerd dockerd --config-file "$WORK/daemon.json" --data-root "$WORK/docker" --exec-root "$WORK/docker-run" --pidfile "$WORK/docker.pid" \
  --storage-driver=vfs --host "$DOCKER_HOST" --bridge none --iptables=false --ip6tables=false
wait_for dockerd 60 docker version
echo "$admin_password" | docker login "$login_server" -u contoso27 --password-stdin >/dev/null 2>&1 || fail 'docker login'
id=$(value acr show -n contoso27 --query id -o tsv)
quiet az resource update --ids "$id" --set properties.policies.quarantinePolicy.status=enabled
refused 'docker, by tag' 'not found|manifest unknown' docker pull "$login_server/team/app:v2"
refused 'docker, by digest' 'disallowed.*quarantine' docker pull "$login_server/team/app@$GZIP"
refused 'crane, by tag' 'MANIFEST_UNKNOWN' crane pull "$login_server/team/app:v2" "$WORK/x.tar"
refused 'crane, by digest' 'REGISTRY_DISALLOWED_OPERATION.*quarantine' crane pull "$login_server/team/app@$GZIP" "$WORK/x.tar"
layer=$(jq -r '.layers[0].digest' "$(blob_path "$LAYOUT" "$GZIP")")
refused 'crane, a layer of it' 'disallowed|405' crane blob "$login_server/team/app@$layer"
refused 'az, an import of it by digest' 'disallowed.*quarantine' az acr import -n contoso27 --source "$login_server/team/app@$GZIP" -t stolen:v1
assert_eq 'az shows it, and its state' "$(value acr repository show -n contoso27 --image "team/app@$GZIP" --query changeableAttributes.quarantineState -o tsv)" Quarantined
assert_contains 'and its tag' "$(value acr repository show-tags -n contoso27 --repository team/app -o tsv)" v2

step 'pushing goes on meanwhile'
quiet crane push "$WORK/one" "$login_server/team/app:again"
refused 'what was pushed' 'MANIFEST_UNKNOWN' crane digest "$login_server/team/app:again"

step 'a scanner passes it'
robot=$(value ad sp create-for-rbac -n scanner27 --role AcrQuarantineWriter --scopes "$id")
assert_eq 'PATCH' "$(http_status -u "$(jq -r '.appId + ":" + .password' <<<"$robot")" -X PATCH -H 'Content-Type: application/json' \
  -d '{"quarantineState":"Passed"}' "https://$login_server/acr/v1/team/app/_manifests/$GZIP")" 200
quiet docker pull "$login_server/team/app:v2"
quiet crane pull "$login_server/team/app@$GZIP" "$WORK/x.tar"
quiet az resource update --ids "$id" --set properties.policies.quarantinePolicy.status=disabled
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
