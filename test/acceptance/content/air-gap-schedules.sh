#!/usr/bin/env bash
# needs: root dockerd docker containerd runc buildah skopeo helm crane ip unshare jq
# Random schedules between two sites with nothing but files between them (test/air-gap), in which every other image is one that
# docker, buildah, skopeo or helm pushed. AIR_GAP_SCHEDULES: how many; AIR_GAP_IMAGES: a new folder in which the images stay.
. "$(dirname "$0")/../lib.sh"
private_machine
checkout=$(cd "$here/../.." && pwd)
images=${AIR_GAP_IMAGES:-$WORK/images}
cd "$WORK"
mkdir -p "$images" image

step 'images of docker, buildah, skopeo and helm, two versions of each'
echo '{}' >daemon.json
export DOCKER_HOST=unix://$WORK/docker.sock
start dockerd dockerd --config-file daemon.json --data-root "$WORK/docker" --exec-root "$WORK/docker-run" --pidfile "$WORK/dockerd.pid" \
  --bridge=none --iptables=false --ip6tables=false --storage-driver=vfs --exec-opt native.cgroupdriver=cgroupfs -H "$DOCKER_HOST"
wait_for dockerd 60 docker version
docker login "$HTTP_REGISTRY" -u "$REG_USER" --password-stdin <<<"$REG_PASS" >/dev/null 2>&1
printf '[storage]\ndriver = "vfs"\nrunroot = "%s"\ngraphroot = "%s"\n' "$WORK/run/storage" "$WORK/storage" >storage.conf
export CONTAINERS_STORAGE_CONF=$WORK/storage.conf BUILDAH_ISOLATION=chroot
helm registry login --plain-http -u "$REG_USER" --password-stdin "$HTTP_REGISTRY" <<<"$REG_PASS" 2>/dev/null
crane auth login "$HTTP_REGISTRY" -u "$REG_USER" --password-stdin <<<"$REG_PASS" 2>/dev/null
to_registry=(--dest-tls-verify=false --dest-creds "$REG_USER:$REG_PASS")
commit() { # architecture image
  local container; container=$(buildah from --arch "$1" scratch)
  buildah copy -q "$container" image / >/dev/null
  buildah commit -q "$container" "$2" >/dev/null
  buildah rm "$container" >/dev/null
}
head -c 9000 /dev/urandom >image/base
for version in 1 2; do
  head -c 3000 /dev/urandom >"image/payload$version"
  tar -c -C image . | docker import - "$HTTP_REGISTRY/tools/docker:$version" >/dev/null
  docker push -q "$HTTP_REGISTRY/tools/docker:$version" >/dev/null
  for arch in amd64 arm64; do commit $arch "app-$arch"; done
  buildah push -q --tls-verify=false --creds "$REG_USER:$REG_PASS" app-amd64 "docker://$HTTP_REGISTRY/tools/buildah:$version"
  buildah manifest create "all$version" app-amd64 app-arm64 >/dev/null
  buildah manifest push -q --all "all$version" "oci:$WORK/all:$version"
  skopeo copy -q --all "${to_registry[@]}" "oci:$WORK/all:$version" "docker://$HTTP_REGISTRY/tools/skopeo:$version"
  mkdir -p chart/templates
  printf 'apiVersion: v2\nname: helm\nversion: %s.0.0\n' "$version" >chart/Chart.yaml
  printf 'payload: %s\n' "$(head -c 2000 /dev/urandom | base64 -w0)" >chart/values.yaml
  helm package chart >/dev/null
  helm push --plain-http "helm-$version.0.0.tgz" "oci://$HTTP_REGISTRY/tools" 2>/dev/null
done
for image in docker:1 docker:2 buildah:1 buildah:2 skopeo:1 skopeo:2 helm:1.0.0 helm:2.0.0; do
  crane pull --insecure --format=oci "$HTTP_REGISTRY/tools/$image" "$images/${image//:/-}"
done
types=$(jq -r '.manifests[].mediaType' "$images"/*/index.json | sort -u | tr '\n' ' ')
assert_matches 'images of Docker, of OCI, and of several platforms' "$types" 'docker.*oci.image.index.*oci.image.manifest|oci.image.index.*oci.image.manifest.*docker'

step 'schedules'
node=$checkout/node_modules/.bin/node
result=$("$node" "$checkout/test/air-gap/run.ts" --schedules "${AIR_GAP_SCHEDULES:-8}" --images "$images")
assert_eq 'none failed' "$(jq .failed <<<"$result")" 0
figure "$result"
