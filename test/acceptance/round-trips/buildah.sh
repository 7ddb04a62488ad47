#!/usr/bin/env bash
# needs: root buildah
# buildah: build from scratch, push with gzip and with zstd, pull back, compare; a multi-arch list.
. "$(dirname "$0")/../lib.sh"
private_machine
buildah --version

cat >"$WORK/storage.conf" <<END
[storage]
driver = "vfs"
runroot = "$WORK/run/storage"
graphroot = "$WORK/storage"
END
export CONTAINERS_STORAGE_CONF=$WORK/storage.conf BUILDAH_ISOLATION=chroot
rm -rf /etc/cni # of the private /etc: no network is wanted, and its plugins may not be here

mkdir -p "$WORK/root/bin"
cp "$(command -v busybox)" "$WORK/root/bin/busybox"
# New bytes: where buildah knows that a registry has the same layer, it reuses that, however it is compressed.
new_payload() { head -c 400000 /dev/urandom >"$WORK/root/payload.bin"; payload=$(digest_of "$WORK/root/payload.bin"); }

build() { # architecture image
  local container
  container=$(buildah from --arch "$1" scratch)
  buildah copy -q "$container" "$WORK/root" / >/dev/null
  buildah config --cmd /bin/busybox --label "architecture=$1" "$container"
  buildah commit -q "$container" "$2" >/dev/null
  buildah rm "$container" >/dev/null
}
payload_in() { # image -> digest
  local container root
  container=$(buildah from --pull-never "$1")
  root=$(buildah mount "$container")
  digest_of "$root/payload.bin"
  buildah umount "$container" >/dev/null
  buildah rm "$container" >/dev/null
}

for registry in "$HTTP_REGISTRY" "$HTTPS_REGISTRY" "$NAMED_REGISTRY"; do
  tls=$([ "$registry" != "$HTTP_REGISTRY" ] && echo true || echo false)
  refused "a wrong password at $registry" 'invalid username/password|unauthorized' \
    buildah login --tls-verify=$tls -u "$REG_USER" -p "not-$REG_PASS" "$registry"
  buildah login --tls-verify=$tls -u "$REG_USER" --password-stdin "$registry" <<<"$REG_PASS"
  for compression in gzip zstd; do
    step "$compression at $registry"
    image=$registry/buildah/$compression:1
    new_payload
    build amd64 "$image"
    before=$(buildah inspect --type image "$image" | jq -r .FromImageID)
    buildah push -q --tls-verify=$tls --format oci --compression-format $compression --digestfile "$WORK/digest" "$image" "docker://$image"
    manifest=$(get_manifest "$registry" buildah/$compression 1)
    assert_eq 'the registry has the manifest that buildah named' "$(printf %s "$manifest" | digest_of)" "$(cat "$WORK/digest")"
    assert_contains 'the layer is compressed as asked' "$(jq -r '.layers[].mediaType' <<<"$manifest")" "tar+$compression"
    buildah rmi -f "$image" >/dev/null
    buildah pull -q --tls-verify=$tls "docker://$image" >/dev/null
    assert_eq 'the same image id came back' "$(buildah inspect --type image "$image" | jq -r .FromImageID)" "$before"
    assert_eq 'the same bytes lie in it' "$(payload_in "$image")" "$payload"
    buildah rmi -f "$image" >/dev/null
  done
done

step 'a multi-arch list'
list=$HTTPS_REGISTRY/buildah/multi:1
for arch in amd64 arm64; do build $arch "localhost/$arch"; done
buildah manifest create "$list" localhost/amd64 localhost/arm64 >/dev/null
buildah manifest push -q --all --tls-verify=true "$list" "docker://$list"
assert_eq 'the list holds both' "$(get_manifest "$HTTPS_REGISTRY" buildah/multi 1 | jq -c '[.manifests[].platform.architecture] | sort')" '["amd64","arm64"]'
buildah manifest rm "$list" >/dev/null
buildah rmi -a -f >/dev/null
buildah pull -q --tls-verify=true --arch arm64 "docker://$list" >/dev/null
assert_eq 'the right architecture comes' "$(buildah inspect --type image "$list" | jq -r '.OCIv1.architecture')" arm64
assert_eq 'with its bytes' "$(payload_in "$list")" "$payload"
