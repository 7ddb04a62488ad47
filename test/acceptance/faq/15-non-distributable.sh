#!/usr/bin/env bash
# needs: root crane containerd ctr
# FAQ: a manifest may name layers that lie elsewhere, by URL; a client that is told to pushes them all the same, and then
# everybody can pull them from here. The server must never fetch such a URL by itself. The FAQ's way, dockerd's option
# "allow-nondistributable-artifacts", has no effect on Linux, where dockerd forgets that a layer was foreign; crane and
# ctr have the same switch.
. "$(dirname "$0")/../lib.sh"
private_machine

# Whoever fetches the layer's URL leaves a line in this server's log.
port=$(free_port)
mkdir "$WORK/elsewhere"
start elsewhere busybox httpd -f -vv -p "127.0.0.1:$port" -h "$WORK/elsewhere"
hits() { grep -c 'response:' "$WORK/elsewhere.log" || true; }
wait_for 'the other server' 20 curl -sS "http://127.0.0.1:$port/"
url=http://127.0.0.1:$port/layer

new_layout "$WORK/layout"
LAYOUT=$WORK/layout
OCI=$(make_image "$LAYOUT" oci amd64 gzip "$url")
# The same as Docker writes it.
DOCKER=$(sed -e 's#vnd.oci.image.layer.nondistributable.v1.tar+gzip#vnd.docker.image.rootfs.foreign.diff.tar.gzip#' \
  -e 's#vnd.oci.image.layer.v1.tar+gzip#vnd.docker.image.rootfs.diff.tar.gzip#' -e 's#vnd.oci.image.config.v1+json#vnd.docker.container.image.v1+json#' \
  -e 's#vnd.oci.image.manifest.v1+json#vnd.docker.distribution.manifest.v2+json#' "$(blob_path "$LAYOUT" "$OCI")" | put_json "$LAYOUT")
tag_layout "$LAYOUT" docker "$DOCKER"
layer=$(jq -r '.layers[1].digest' "$(blob_path "$LAYOUT" "$OCI")")
cp "$(blob_path "$LAYOUT" "$layer")" "$WORK/elsewhere/layer"
started=$(hits)

layer_at() { reg_status "$NAMED_REGISTRY" "/v2/$1/blobs/$layer" -I; }
mkdir -p "$WORK/hosts/$NAMED_REGISTRY"
printf 'server = "https://%s"\nca = "%s"\n[host."https://%s"]\n  capabilities = ["pull", "resolve", "push"]\n  ca = "%s"\n' \
  "$NAMED_REGISTRY" "$CA" "$NAMED_REGISTRY" "$CA" >"$WORK/hosts/$NAMED_REGISTRY/hosts.toml"
start_containerd
tar -C "$LAYOUT" -c . >"$WORK/layout.tar"
ctr images import --no-unpack --all-platforms --base-name source "$WORK/layout.tar" >/dev/null
crane() { SSL_CERT_FILE=$CA command crane "$@"; }
crane auth login "$NAMED_REGISTRY" -u "$REG_USER" --password-stdin <<<"$REG_PASS" 2>/dev/null

for image in "oci $OCI" "docker $DOCKER"; do
  read -r kind digest <<<"$image"
  step "$kind: the manifest alone"
  push_layout "$NAMED_REGISTRY" faq15/$kind-alone 1 "$LAYOUT" "$digest" without-foreign
  ok 'it is accepted although the layer was not pushed'
  assert_eq 'the layer is not there' "$(layer_at faq15/$kind-alone)" 404
  assert_served "$NAMED_REGISTRY" faq15/$kind-alone 1 "$LAYOUT" "$digest" without-foreign
  assert_eq 'the URL is still in it' "$(get_manifest "$NAMED_REGISTRY" faq15/$kind-alone 1 | jq -r '.layers[1].urls[0]')" "$url"

  step "$kind: crane"
  sub_layout "$digest" "$WORK/$kind"
  crane push "$WORK/$kind" "$NAMED_REGISTRY/faq15/$kind-crane-plain:1" >/dev/null 2>&1
  assert_eq 'without the option the layer stays away' "$(layer_at faq15/$kind-crane-plain)" 404
  push_layout "$NAMED_REGISTRY" faq15/$kind-full 1 "$LAYOUT" "$digest"
  crane copy --allow-nondistributable-artifacts "$NAMED_REGISTRY/faq15/$kind-full:1" "$NAMED_REGISTRY/faq15/$kind-crane:1" 2>/dev/null
  assert_eq 'with it the layer is stored' "$(layer_at faq15/$kind-crane)" 200
  assert_served "$NAMED_REGISTRY" faq15/$kind-crane 1 "$LAYOUT" "$digest"

  step "$kind: ctr"
  how=(--hosts-dir "$WORK/hosts" --user "$REG_USER:$REG_PASS")
  ctr_push "${how[@]}" "$NAMED_REGISTRY/faq15/$kind-ctr-plain:1" "source:$kind"
  assert_eq 'without the option the layer stays away' "$(layer_at faq15/$kind-ctr-plain)" 404
  ctr_push "${how[@]}" --allow-non-distributable-blobs "$NAMED_REGISTRY/faq15/$kind-ctr:1" "source:$kind"
  assert_eq 'with it the layer is stored' "$(layer_at faq15/$kind-ctr)" 200
  assert_served "$NAMED_REGISTRY" faq15/$kind-ctr 1 "$LAYOUT" "$digest"
done

step 'a missing layer of the ordinary kind is still refused'
new_layout "$WORK/ordinary"
ordinary=$(make_image "$WORK/ordinary" ordinary amd64 gzip)
put_layout_blob "$NAMED_REGISTRY" faq15/ordinary "$WORK/ordinary" "$(jq -r .config.digest "$(blob_path "$WORK/ordinary" "$ordinary")")"
assert_eq 'PUT of its manifest' "$(reg_status "$NAMED_REGISTRY" /v2/faq15/ordinary/manifests/1 -X PUT \
  -H 'Content-Type: application/vnd.oci.image.manifest.v1+json' --data-binary "@$(blob_path "$WORK/ordinary" "$ordinary")")" 400

step 'nobody fetched the URL'
sleep 2 # whatever the server might do afterwards
assert_eq 'hits' "$(($(hits) - started))" 0
curl -sS -o "$WORK/tmp/layer" "$url"
assert_eq 'and a fetch would have been seen' "$(($(hits) - started))" 1
