#!/usr/bin/env bash
# needs: root podman skopeo
# podman: sign in, push, remove the local copy, pull, compare; a multi-arch list, zstd layers, tags of a repository.
. "$(dirname "$0")/../lib.sh"
private_machine
podman --version
make_fixtures

rm -rf /etc/cni # of the private /etc: no network is wanted, and its plugins may not be here

# Storage of our own. vfs needs nothing from the kernel, and the images are small.
cat >"$WORK/storage.conf" <<END
[storage]
driver = "vfs"
runroot = "$WORK/run/storage"
graphroot = "$WORK/storage"
END
cat >"$WORK/containers.conf" <<END
[engine]
events_logger = "none"
cgroup_manager = "cgroupfs"
tmp_dir = "$WORK/run/libpod"
END
export CONTAINERS_STORAGE_CONF=$WORK/storage.conf CONTAINERS_CONF=$WORK/containers.conf

# The file of random bytes as it lies in the pulled image.
payload_in() { # image -> digest
  local container
  container=$(podman create --network none "$1")
  podman cp "$container:/payload.bin" "$WORK/tmp/payload"
  podman rm "$container" >/dev/null
  digest_of "$WORK/tmp/payload"
}

# podman makes a name of the layout's path, which may not hold upper case.
cd "$WORK"
source_id=$(podman pull -q oci:layout:gzip)

for registry in "$HTTP_REGISTRY" "$HTTPS_REGISTRY" "$NAMED_REGISTRY"; do
  step "sign in, push, pull at $registry"
  tls=$([ "$registry" != "$HTTP_REGISTRY" ] && echo true || echo false)
  refused 'a wrong password' 'invalid username/password|unauthorized' \
    podman login --tls-verify=$tls -u "$REG_USER" -p "not-$REG_PASS" "$registry"
  refused 'a push without sign-in' 'unauthorized|authentication required' \
    podman push -q --tls-verify=$tls "$source_id" "$registry/podman/app:1"
  podman login --tls-verify=$tls -u "$REG_USER" --password-stdin "$registry" <<<"$REG_PASS"
  image=$registry/podman/app:1
  podman push -q --tls-verify=$tls --digestfile "$WORK/digest" "$source_id" "$image"
  assert_eq 'the registry has the manifest that podman named' "$(get_manifest "$registry" podman/app 1 | digest_of)" "$(cat "$WORK/digest")"
  podman rmi -f "$source_id" >/dev/null
  refused "a look at the removed copy" 'no such image|not known|no such object' podman image inspect "$image"
  pulled_id=$(podman pull -q --tls-verify=$tls "$image")
  assert_eq 'the same image id came back' "$pulled_id" "$source_id"
  assert_eq 'the same bytes lie in it' "$(payload_in "$image")" "$(digest_of "$WORK/payload-gzip.bin")"
done

step 'zstd layers'
push_layout "$HTTPS_REGISTRY" podman/zstd 1 "$LAYOUT" "$ZSTD"
podman pull -q --tls-verify=true "$HTTPS_REGISTRY/podman/zstd:1"
assert_eq 'the bytes of the zstd image' "$(payload_in "$HTTPS_REGISTRY/podman/zstd:1")" "$(digest_of "$WORK/payload-zstd.bin")"

step 'a multi-arch list'
list=$NAMED_REGISTRY/podman/multi:1
podman manifest create "$list" >/dev/null
podman manifest add "$list" "oci:$LAYOUT:gzip" >/dev/null
podman manifest add --arch arm64 "$list" "oci:$LAYOUT:arm" >/dev/null
podman manifest push -q --all --tls-verify=true "$list" "docker://$list"
podman manifest rm "$list" >/dev/null
assert_eq 'the list holds both' "$(get_manifest "$NAMED_REGISTRY" podman/multi 1 | jq -c '[.manifests[].platform.architecture] | sort')" '["amd64","arm64"]'
podman pull -q --tls-verify=true --arch arm64 "$list"
assert_eq 'the bytes of the other architecture' "$(payload_in "$list")" "$(digest_of "$WORK/payload-arm.bin")"

step 'tags of a repository'
assert_contains 'search --list-tags' "$(podman search --tls-verify=true --list-tags "$NAMED_REGISTRY/podman/app")" podman/app
assert_contains 'search reads the catalogue' "$(podman search --tls-verify=false "$HTTP_REGISTRY/podman/zstd")" podman/zstd
