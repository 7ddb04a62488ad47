#!/usr/bin/env bash
# needs: root az-newest dockerd docker containerd runc crane jq curl busybox zstd unshare
# server: own
# FAQ: the CLI in a container. az runs in a container that has nothing of the host but the Docker socket; az acr login
# signs the host's daemon in, and the push goes through it.
. "$(dirname "$0")/../azure/lib.bash"
. "$acceptance/azure/az.bash"
az_register
quiet az_login
make_registry MyRegistry
mkdir -p "/etc/docker/certs.d/$login_server" "$WORK/docker"
cp "$CA" "/etc/docker/certs.d/$login_server/ca.crt"
echo '{}' >"$WORK/daemon.json"
start dockerd dockerd --config-file "$WORK/daemon.json" --data-root "$WORK/docker" --exec-root "$WORK/docker-run" --pidfile "$WORK/docker.pid" \
  --host "unix://$WORK/docker.sock" --bridge none --iptables=false --ip6tables=false --storage-driver=vfs --exec-opt native.cgroupdriver=cgroupfs
export DOCKER_HOST=unix://$WORK/docker.sock
wait_for dockerd 60 docker version

step 'a local image, in place of the one that a connected site pulls'
mkdir -p "$WORK/image/tmp"
tar -c -C "$WORK/image" . | docker import - local/azure-cli >/dev/null
# What the image would hold, az and what it needs, comes from this machine, read only.
programs=()
python=$(readlink -f "$(dirname "$(readlink -f "$(command -v az-newest)")")/python")
for folder in /usr /bin /sbin /lib /lib64 /etc "$(dirname "$(command -v az-newest)")/.." "$(dirname "$python")/.."; do
  [ -e "$folder" ] && programs+=(-v "$(realpath -s "$folder"):$(realpath -s "$folder"):ro")
done
in_container() {
  docker run --rm --network host --ulimit nofile=1024:1024 --ulimit nproc=4096:4096 "${programs[@]}" -v "$CA:$CA:ro" -v "$WORK/docker.sock:/var/run/docker.sock" \
    -v "$WORK/in-container:/home" -e HOME=/home -e AZURE_CONFIG_DIR=/home/azure -e REQUESTS_CA_BUNDLE="$CA" -e AZURE_CORE_COLLECT_TELEMETRY=0 \
    -e PYTHONWARNINGS=ignore -e PATH="$PATH" local/azure-cli "$@"
}
mkdir -p "$WORK/in-container"
quiet in_container az-newest cloud register -n HF --endpoint-resource-manager "https://management.$DOMAIN" --suffix-acr-login-server-endpoint ".azsacr.$DOMAIN"
quiet in_container az-newest cloud set -n HF
quiet in_container az-newest login --service-principal -u "$APP" -p "$SECRET" --tenant "$TENANT"

step 'az acr login -n MyRegistry, then push'
assert_contains 'it says so' "$(in_container az-newest acr login -n MyRegistry 2>&1)" 'Login Succeeded'
quiet docker pull "$login_server/team/app:v1"
quiet docker tag "$login_server/team/app:v1" "$login_server/from/container:1"
quiet in_container docker push "$login_server/from/container:1"
assert_eq 'what was pushed' "$(crane digest "$login_server/from/container:1")" "$(docker inspect --format '{{index .RepoDigests 0}}' "$login_server/from/container:1" | sed 's/.*@//')"

step 'without the socket: holdfast acr login'
mkdir -p "$WORK/no-socket"
# Nothing of the host's Docker: no socket, no docker program needed. The checkout stands for an image that holds the release.
without_socket() {
  docker run --rm --network host --ulimit nofile=1024:1024 --ulimit nproc=4096:4096 "${programs[@]}" -v "$checkout:$checkout:ro" -v "$CA:$CA:ro" \
    -v "$WORK/no-socket:/home" -e HOME=/home -e HOLDFAST_CA="$CA" -e PATH=/usr/bin:/bin local/azure-cli "$checkout/bin/holdfast" "$@"
}
refused 'the socket' 'No such file|ENOENT|no such' docker run --rm "${programs[@]}" -v "$WORK/no-socket:/home" local/azure-cli /bin/ls /var/run/docker.sock
quiet without_socket login --server "https://management.$DOMAIN" --service-principal -u "$APP" -p "$SECRET" --tenant "$TENANT"
assert_contains 'it says so' "$(without_socket acr login -n MyRegistry 2>&1)" 'Login Succeeded'
quiet without_socket pull MyRegistry/from/container:1 /home/layout
quiet without_socket push /home/layout MyRegistry/from/holdfast:1
assert_eq 'what was pushed' "$(crane digest "$login_server/from/holdfast:1")" "$(crane digest "$login_server/from/container:1")"
# What it wrote signs the docker of whoever has the file in, too.
quiet env DOCKER_CONFIG="$WORK/no-socket/.docker" docker push "$login_server/from/container:1"
quiet env DOCKER_CONFIG="$WORK/no-socket/.docker" crane digest "$login_server/from/holdfast:1"
server_is_well
