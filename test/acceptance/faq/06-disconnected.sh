#!/usr/bin/env bash
# needs: root dockerd docker containerd runc buildah skopeo helm oras crane cosign ip unshare jq curl busybox zstd
# FAQ: images reach a disconnected site on a machine that pulled them at the connected one. And what takes no machine:
# a bundle of what docker, buildah, skopeo and helm pushed, and then the delta that a receipt asks for. The far side is a
# server of its own in a network of its own, to which nothing leads.
. "$(dirname "$0")/../lib.sh"
private_machine
rm -rf /etc/cni
near=$HTTP_REGISTRY
holdfast=$(cd "$here/../.." && pwd)/bin/holdfast
export HOLDFAST_CONFIG_DIR=$WORK/holdfast HOLDFAST_REGISTRY_USERNAME=$REG_USER HOLDFAST_REGISTRY_PASSWORD=$REG_PASS
cd "$WORK"

far_port=$(free_port) far=127.0.0.1:$far_port
start far unshare --net bash -c "ip link set lo up; exec '$holdfast' serve --data '$WORK/far' --http $far --https off"
far_pid=$!
at_far() { nsenter --net --target "$far_pid" -- "$@"; }
wait_for 'the far registry' 60 at_far curl -s "http://$far/v2/"
far_password=$(jq -r .registry.password far/bootstrap.json)
holdfast_far() { HOLDFAST_REGISTRY_USERNAME=registry HOLDFAST_REGISTRY_PASSWORD=$far_password at_far "$holdfast" "$@"; }
digest_far() { at_far crane digest --insecure "$far/$1"; }
digest_near() { crane digest --insecure "$near/$1"; }

step 'no way leads from one to the other'
refused 'the far side from here' 'connect to' curl -sS "http://$far/v2/"
refused 'this side from there' 'connect to' at_far curl -sS "http://$near/v2/"

step 'images of docker, buildah and skopeo, and a chart of helm, at the connected side'
daemon() { # name command-before...
  local name=$1; shift
  start "$name" "$@" dockerd --config-file daemon.json --data-root "$WORK/docker" --exec-root "$WORK/$name-run" --pidfile "$WORK/$name.pid" \
    --bridge=none --iptables=false --ip6tables=false --storage-driver=vfs --exec-opt native.cgroupdriver=cgroupfs -H "unix://$WORK/docker.sock"
  wait_for "$name" 60 docker version
}
echo '{}' >daemon.json
export DOCKER_HOST=unix://$WORK/docker.sock
daemon dockerd
dockerd_pid=$(cat dockerd.pid)
mkdir -p image
cp "$(command -v busybox)" image/
head -c 200000 /dev/urandom >image/payload
tar -c -C image . | docker import - "$near/faq06/docker:1" >/dev/null
docker login "$near" -u "$REG_USER" --password-stdin <<<"$REG_PASS" >/dev/null 2>&1
docker push -q "$near/faq06/docker:1" >/dev/null

printf '[storage]\ndriver = "vfs"\nrunroot = "%s"\ngraphroot = "%s"\n' "$WORK/run/storage" "$WORK/storage" >storage.conf
export CONTAINERS_STORAGE_CONF=$WORK/storage.conf BUILDAH_ISOLATION=chroot
build() { # tag
  local container; container=$(buildah from scratch)
  buildah copy -q "$container" image / >/dev/null
  buildah commit -q "$container" app >/dev/null
  buildah rm "$container" >/dev/null
  buildah push -q --tls-verify=false --creds "$REG_USER:$REG_PASS" app "docker://$near/faq06/buildah:$1"
}
build 1
make_fixtures
skopeo copy -q --all --dest-tls-verify=false --dest-creds "$REG_USER:$REG_PASS" "oci:$LAYOUT:multi" "docker://$near/faq06/skopeo:1"
mkdir -p chart/templates back
printf 'apiVersion: v2\nname: chart\nversion: 1.0.0\n' >chart/Chart.yaml
printf 'payload: %s\n' "$(head -c 3000 /dev/urandom | base64 -w0)" >chart/values.yaml
helm package chart >/dev/null
helm registry login --plain-http -u "$REG_USER" --password-stdin "$near" <<<"$REG_PASS" 2>/dev/null
helm push --plain-http chart-1.0.0.tgz "oci://$near/faq06" 2>/dev/null
crane auth login "$near" -u "$REG_USER" --password-stdin <<<"$REG_PASS" 2>/dev/null
crane auth login "$far" -u registry --password-stdin <<<"$far_password" 2>/dev/null
images=(faq06/docker:1 faq06/buildah:1 faq06/skopeo:1 faq06/chart:1.0.0)

step 'by the machine, as the FAQ has it: pull here, carry, tag and push there'
docker rmi "$near/faq06/docker:1" >/dev/null
docker pull -q "$near/faq06/docker:1" >/dev/null
kill "$dockerd_pid"
wait_for 'the end of the daemon' 30 bash -c "! kill -0 $dockerd_pid"
daemon dockerd-far nsenter --net --target "$far_pid" --
docker login "$far" -u registry --password-stdin <<<"$far_password" >/dev/null 2>&1
docker tag "$near/faq06/docker:1" "$far/faq06/carried:1"
docker push -q "$far/faq06/carried:1" >/dev/null
docker rmi "$near/faq06/docker:1" "$far/faq06/carried:1" >/dev/null
docker pull -q "$far/faq06/carried:1" >/dev/null
assert_eq 'its file' "$(docker save "$far/faq06/carried:1" | tar -xO --wildcards '*/layer.tar' | tar -xO ./payload | digest_of)" "$(digest_of image/payload)"

step 'by a bundle, without a machine'
for name in connected far-site stranger; do "$holdfast" bundle keygen --file "$name" >/dev/null; done
"$holdfast" bundle create 'faq06/*' --from "$near" -d out --key connected.key >/dev/null
refused 'a bundle of somebody else' 'no trusted key' holdfast_far bundle apply out --to "$far" --trust stranger.pub
plan=$(holdfast_far bundle plan out --to "$far" --trust connected.pub)
assert_eq 'the plan: every tag is new, and there is room' "$(jq -c '[(.[0].tags | map(.state) | unique), .[0].room.fits, .[0].quarantine]' <<<"$plan")" '[["new"],true,false]'
refused 'an image before the bundle was applied' 'NAME_UNKNOWN|NOT_FOUND|404' digest_far faq06/skopeo:1
assert_eq 'the apply' "$(holdfast_far bundle apply out --to "$far" --trust connected.pub | jq -r '.[0].state')" applied
for image in "${images[@]}"; do assert_eq "$image" "$(digest_far "$image")" "$(digest_near "$image")"; done
for image in "${images[@]}"; do at_far crane pull --insecure --format=oci "$far/$image" "pulled-${image//[\/:]/-}"; done
ok 'each is pulled at the far side'
docker pull -q "$far/faq06/docker:1" >/dev/null
ok 'also by docker'
at_far helm pull --plain-http "oci://$far/faq06/chart" --version 1.0.0 -d back 2>/dev/null
assert_same_file 'the chart' back/chart-1.0.0.tgz chart-1.0.0.tgz

step 'a bundle of one volume is an OCI layout to skopeo, oras and crane, and its signature is one to cosign'
mkdir unpacked && tar -xf out/*.tar -C unpacked
for file in bundle volume; do
  cosign verify-blob --key connected.pub --insecure-ignore-tlog --signature "unpacked/holdfast/$file.json.sig" "unpacked/holdfast/$file.json" 2>/dev/null
  refused "$file.json with another key" 'invalid signature|failed to verify|could not verify' cosign verify-blob --key stranger.pub --insecure-ignore-tlog \
    --signature "unpacked/holdfast/$file.json.sig" "unpacked/holdfast/$file.json"
done
multi=$(digest_near faq06/skopeo:1)
name=$(jq -r --arg d "$multi" '.manifests[] | select(.digest == $d).annotations["org.opencontainers.image.ref.name"]' unpacked/index.json)
skopeo copy -q --all "oci:unpacked:$name" "oci:by-skopeo:1"
assert_eq 'skopeo' "$(jq -r '.manifests[0].digest' by-skopeo/index.json)" "$multi"
oras copy --from-oci-layout "unpacked@$multi" --to-oci-layout by-oras:1 >/dev/null
assert_eq 'oras' "$(jq -r '.manifests[0].digest' by-oras/index.json)" "$multi"
at_far crane push --insecure --index unpacked "$far/by-crane:1" >/dev/null 2>&1
assert_eq 'crane' "$(at_far crane manifest --insecure "$far/by-crane:1" | jq -r --arg d "$multi" '[.manifests[] | select(.digest == $d)] | length')" 1

step 'a delta by a receipt'
head -c 1000 /dev/urandom >image/more
build 2
holdfast_far bundle receipt --of "$far" --key far-site.key -f far.receipt >/dev/null
"$holdfast" bundle create 'faq06/*' --from "$near" -d delta --receipt far.receipt --trust far-site.pub --key connected.key >/dev/null
layers() { tar -tf "$1"/*.tar | grep -c '^blobs/'; }
assert_eq 'has the manifest, the configuration and the layer that changed' "$(layers delta)" 3
holdfast_far bundle apply delta --to "$far" --trust connected.pub >/dev/null
assert_eq 'and brings it' "$(digest_far faq06/buildah:2)" "$(digest_near faq06/buildah:2)"
figure "bytes of the whole bundle $(cat out/*.tar | wc -c), of the delta $(cat delta/*.tar | wc -c)"
