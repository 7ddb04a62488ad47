#!/usr/bin/env bash
# needs: root containerd ctr
# containerd: a daemon of our own. Push and pull by ctr, every platform, every byte compared; over HTTP on loopback, and
# over TLS with the site's CA named in a hosts folder; gzip, zstd, an index, a non-distributable layer.
. "$(dirname "$0")/../lib.sh"
private_machine
make_fixtures
FOREIGN=$(make_image "$LAYOUT" foreign amd64 gzip "http://127.0.0.1:9/never-fetched")

start_containerd
ctr version | sed -n '/^Server/,$ s/^ *Version: */containerd /p'

# The site's CA, as an administrator would set it. It stands at the top too: after a 401 ctr asks the server itself.
for registry in "$HTTPS_REGISTRY" "$NAMED_REGISTRY"; do
  mkdir -p "$WORK/hosts/$registry"
  cat >"$WORK/hosts/$registry/hosts.toml" <<END
server = "https://$registry"
ca = "$CA"
[host."https://$registry"]
  capabilities = ["pull", "resolve", "push"]
  ca = "$CA"
END
done
forget() { # everything: the next pull has to bring every byte
  local image
  for image in $(ctr images ls -q); do ctr images rm --sync "$image" >/dev/null; done
  ctr content prune references >/dev/null
  assert_eq 'the local store is empty' "$(ctr content ls -q)" ''
}
load() { tar -C "$LAYOUT" -c . >"$WORK/layout.tar"; ctr images import --no-unpack --all-platforms --base-name source "$WORK/layout.tar" >/dev/null; }

load
refused "TLS without the site's CA" 'x509|certificate' \
  ctr images push --user "$REG_USER:$REG_PASS" "$NAMED_REGISTRY/containerd/gzip:1" source:gzip

for registry in "$HTTP_REGISTRY" "$HTTPS_REGISTRY" "$NAMED_REGISTRY"; do
  if [ "$registry" = "$HTTP_REGISTRY" ]; then how=(--plain-http); else how=(--hosts-dir "$WORK/hosts"); fi
  load
  for image in "gzip $GZIP" "zstd $ZSTD" "multi $MULTI" "foreign $FOREIGN"; do
    read -r tag digest <<<"$image"
    step "push $tag to $registry"
    refused 'a wrong password' 'unauthorized|401|authorization' \
      ctr images push "${how[@]}" --user "$REG_USER:not-$REG_PASS" "$registry/containerd/$tag:1" "source:$tag"
    if [ $tag = foreign ]; then how+=(--allow-non-distributable-blobs); fi
    ctr_push "${how[@]}" --user "$REG_USER:$REG_PASS" "$registry/containerd/$tag:1" "source:$tag"
    assert_served "$registry" "containerd/$tag" 1 "$LAYOUT" "$digest"
  done
  if [ "$registry" = "$HTTP_REGISTRY" ]; then how=(--plain-http); else how=(--hosts-dir "$WORK/hosts"); fi
  forget
  # Not the foreign image: ctr takes such a layer from its URL.
  for image in "gzip $GZIP" "zstd $ZSTD" "multi $MULTI"; do
    read -r tag digest <<<"$image"
    step "pull $tag from $registry"
    ctr content fetch "${how[@]}" --all-platforms --user "$REG_USER:$REG_PASS" "$registry/containerd/$tag:1" >/dev/null
    count=0
    for one in $(reachable "$LAYOUT" "$digest"); do
      ctr content get "$one" | cmp - "$(blob_path "$LAYOUT" "$one")" || fail "$one came back with other bytes"
      count=$((count + 1))
    done
    [ $count -ge 4 ] || fail "only $count things were compared"
    ok "$count manifests and blobs, byte for byte"
  done
  forget
done

step 'unpack what was pulled'
ctr images pull --hosts-dir "$WORK/hosts" --snapshotter native --user "$REG_USER:$REG_PASS" "$NAMED_REGISTRY/containerd/zstd:1" >/dev/null
mkdir "$WORK/mounted"
ctr images mount --snapshotter native "$NAMED_REGISTRY/containerd/zstd:1" "$WORK/mounted" >/dev/null
on_exit "umount '$WORK/mounted'"
assert_eq 'the bytes in the file system of the zstd image' "$(digest_of "$WORK/mounted/payload.bin")" "$(digest_of "$WORK/payload-zstd.bin")"
