#!/usr/bin/env bash
# needs: root az-newest containerd runc kubectl crictl crane jq curl busybox zstd unshare
# server: own
# FAQ: pull from Kubernetes. A service principal with AcrPull, its secret as kubectl makes it, and the pulls that the
# kubelet asks of a container runtime: through the CRI of a real containerd that trusts nothing but the site's CA.
. "$(dirname "$0")/../azure/lib.bash"
. "$acceptance/azure/az.bash"
az_register
quiet az_login
make_registry contoso3
id=$(value acr show -n contoso3 --query id -o tsv)
for i in $(seq 50); do crane tag "$login_server/team/app:v1" "node-$i" >/dev/null 2>&1; done

runtime=$WORK/containerd
mkdir -p "$runtime" "$WORK/certs.d/$login_server"
cat >"$WORK/certs.d/$login_server/hosts.toml" <<END
server = "https://$login_server"
ca = "$CA"
[host."https://$login_server"]
  ca = "$CA"
END
cat >"$runtime/config.toml" <<END
version = 2
root = "$runtime/root"
state = "$runtime/state"
[grpc]
  address = "$runtime/socket"
[plugins."io.containerd.internal.v1.opt"]
  path = "$runtime/opt"
[plugins."io.containerd.grpc.v1.cri"]
  restrict_oom_score_adj = true
  disable_apparmor = true
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "native"
  [plugins."io.containerd.grpc.v1.cri".cni]
    conf_dir = "$runtime/cni"
    bin_dir = "$runtime/cni"
  [plugins."io.containerd.grpc.v1.cri".registry]
    config_path = "$WORK/certs.d"
END
start containerd containerd -c "$runtime/config.toml"
cri() { crictl --timeout 120s --runtime-endpoint "unix://$runtime/socket" --image-endpoint "unix://$runtime/socket" "$@"; }
wait_for 'the CRI of containerd' 60 cri images

# The auth of an imagePullSecret, as the kubelet hands it to the runtime.
secret_of() { # user password
  kubectl create secret docker-registry regcred --docker-server="$login_server" --docker-username="$1" --docker-password="$2" --dry-run=client -o json |
    jq -r '.data[".dockerconfigjson"]' | base64 -d | jq -er --arg s "$login_server" '.auths[$s].auth'
}
for scope in "/subscriptions/$SUBSCRIPTION" "$(value group show -n default --query id -o tsv)" "$id"; do
  step "AcrPull at $(basename "$scope")"
  robot=$(value ad sp create-for-rbac -n "node-$(basename "$scope")" --role AcrPull --scopes "$scope")
  auth=$(secret_of "$(jq -r .appId <<<"$robot")" "$(jq -r .password <<<"$robot")")
  quiet cri pull --auth "$auth" "$login_server/team/app:v1"
  cri rmi "$login_server/team/app:v1" >/dev/null 2>&1
  [ "$scope" = "$id" ] || quiet az role assignment delete --assignee "$(jq -r .appId <<<"$robot")" --role AcrPull --scope "$scope"
done

step '50 pulls at once'
pids=()
for i in $(seq 50); do cri pull --auth "$auth" "$login_server/team/app:node-$i" >"$WORK/pull-$i" 2>&1 & pids+=($!); done
bad=0
for i in $(seq 50); do wait "${pids[$((i - 1))]}" || { bad=$((bad + 1)); cat "$WORK/pull-$i"; }; done
assert_eq 'pulls that failed' $bad 0
assert_eq 'images that are there' "$(cri images -o json | jq '[.images[].repoTags[] | select(test("node-"))] | length')" 50

step 'a bad secret, a secret without the right, none'
refused 'a wrong secret' 'UNAUTHORIZED|401|did not accept' cri pull --auth "$(secret_of "$(jq -r .appId <<<"$robot")" wrong)" "$login_server/team/app:v2"
nobody=$(value ad sp create-for-rbac -n nobody)
refused 'no role' 'UNAUTHORIZED|401|insufficient_scope|AcrPull' cri pull --auth "$(secret_of "$(jq -r .appId <<<"$nobody")" "$(jq -r .password <<<"$nobody")")" "$login_server/team/app:v2"
refused 'no secret' 'UNAUTHORIZED|401|authentication required' cri pull "$login_server/team/app:v2"
server_is_well
