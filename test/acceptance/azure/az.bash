# The Azure CLI on the site of lib.bash, in a configuration of its own; sourced after it. `az_command` is the az.
# shellcheck shell=bash
az_command=${az_command:-az-newest}
export REQUESTS_CA_BUNDLE=$CA SSL_CERT_FILE=$CA AZURE_CONFIG_DIR=$WORK/azure AZURE_CORE_COLLECT_TELEMETRY=0
export AZURE_CORE_NO_COLOR=1 PYTHONWARNINGS=ignore AZURE_CORE_ONLY_SHOW_ERRORS=1
mkdir -p "$AZURE_CONFIG_DIR"
az() { "$az_command" "$@"; }
quiet() { local output; output=$("$@" 2>&1) || fail "$* : $output"; ok "${*:1:3}"; }
value() { local output; output=$(az "$@" 2>"$WORK/az-error") || fail "az $* : $(cat "$WORK/az-error")"; printf %s "$output"; }
# Fails as it must, with exit code $2 and words that match $3.
az_refused() {
  local what=$1 code=$2 pattern=$3 output status=0; shift 3
  output=$(az "$@" 2>&1) || status=$?
  [ $status != 0 ] || fail "$what: was accepted: $output"
  [ "$code" = any ] || [ $status = "$code" ] || fail "$what: exit $status instead of $code: $output"
  grep -qiE -- "$pattern" <<<"$output" || fail "$what: failed, but not with /$pattern/: $output"
  ok "$what is refused"
}

APP=$(boot .servicePrincipal.appId) SECRET=$(boot .servicePrincipal.password) TENANT=$(boot .tenantId)
OWNER=$(boot .owner.username) OWNER_PASS=$(boot .owner.password) REGION=$(boot .region)

az_register() {
  quiet az cloud register -n HF --endpoint-resource-manager "https://management.$DOMAIN" --suffix-acr-login-server-endpoint ".azsacr.$DOMAIN"
  quiet az cloud set -n HF
}
# As the owner's service principal, unless somebody else's id and secret are given.
az_login() { az login --service-principal -u "${1:-$APP}" -p "${2:-$SECRET}" --tenant "$TENANT"; }
http_status() { curl -sS --cacert "$CA" -o /dev/null -w '%{http_code}' "$@"; }
# A token for the resource manager, as a v1 client asks for it.
arm_token() {
  curl -sS --cacert "$CA" -f "https://adfs.$DOMAIN/adfs/oauth2/token" -d grant_type=client_credentials -d "client_id=${1:-$APP}" \
    --data-urlencode "client_secret=${2:-$SECRET}" --data-urlencode "resource=https://management.$DOMAIN/audience" | jq -er .access_token
}
arm() { # method path [curl arguments...]; as the owner, or as whoever $ARM_TOKEN says
  local method=$1 path=$2; shift 2
  curl -sS --cacert "$CA" -X "$method" -H "Authorization: Bearer ${ARM_TOKEN:-$(arm_token)}" -H 'Content-Type: application/json' "https://management.$DOMAIN$path" "$@"
}
# A token of the person who runs the site, and the operator's part of the resource manager: operate METHOD PATH [curl arguments...]
operator_token() {
  curl -sS --cacert "$CA" -f "https://adfs.$DOMAIN/adfs/oauth2/token" -d grant_type=password -d client_id=04b07795-8ddb-461a-bbee-02f9e1bf7b46 \
    --data-urlencode "username=$(boot .operator.username)" --data-urlencode "password=$(boot .operator.password)" \
    --data-urlencode "resource=https://management.$DOMAIN/audience" | jq -er .access_token
}
operate() {
  local method=$1 path=$2 token own; shift 2
  token=$(operator_token)
  own=$(curl -sS --cacert "$CA" -f -H "Authorization: Bearer $token" "https://adminmanagement.$DOMAIN/subscriptions?api-version=2019-11-01" | jq -er '.value[0].id')
  curl -sS --cacert "$CA" -f -X "$method" -H "Authorization: Bearer $token" -H 'Content-Type: application/json' \
    "https://adminmanagement.$DOMAIN$own/providers/Microsoft.ContainerRegistry.Admin/locations/$REGION/$path?api-version=2019-11-01-preview" "$@"
}
set_quota() { operate PUT quotas/Default -d "{\"properties\":{\"capacityPerRegistryInGiB\":$1}}" >/dev/null; }
usage_of() { value acr show-usage -n "$1" --query "value[?name=='Size'].currentValue | [0]" -o tsv; }
# Starts dockerd with what it needs to trust $login_server, and imports a small image as alpine, in place of the one that a
# connected site pulls. docker builds and pushes from then on.
start_docker() {
  local root=$WORK/alpine library
  mkdir -p "/etc/docker/certs.d/$login_server" "$WORK/docker" "$root"/{bin,tmp,proc,sys,dev,etc}
  cp "$CA" "/etc/docker/certs.d/$login_server/ca.crt"
  echo '{}' >"$WORK/daemon.json"
  start dockerd dockerd --config-file "$WORK/daemon.json" --data-root "$WORK/docker" --exec-root "$WORK/docker-run" --pidfile "$WORK/docker.pid" \
    --host "unix://$WORK/docker.sock" --bridge none --iptables=false --ip6tables=false --storage-driver=vfs --exec-opt native.cgroupdriver=cgroupfs
  export DOCKER_HOST=unix://$WORK/docker.sock DOCKER_BUILDKIT=0
  wait_for dockerd 60 docker version
  cp "$(command -v busybox)" "$root/bin/busybox"
  for library in $(ldd "$root/bin/busybox" 2>/dev/null | grep -oE '/[^ ]+' || true); do install -D "$library" "$root$library"; done
  for program in sh dd ls; do ln -sf busybox "$root/bin/$program"; done
  tar -c -C "$root" . | docker import - alpine >/dev/null
}

# Makes registry $1 (its admin user enabled) in the group "default", signs crane in and pushes team/app:v1 and :v2.
make_registry() {
  local name=$1
  host "$name"
  if [[ $name =~ [A-Z] ]]; then # as older CLIs and templates make them; the newest az refuses capitals by itself
    arm PUT "/subscriptions/$SUBSCRIPTION/resourceGroups/default/providers/Microsoft.ContainerRegistry/registries/$name?api-version=2019-05-01" \
      -f -d "{\"location\":\"$REGION\",\"sku\":{\"name\":\"Standard\"},\"properties\":{\"adminUserEnabled\":true}}" >/dev/null
  else
    quiet az acr create -g default -n "$name" --sku Standard --admin-enabled true
  fi
  admin_password=$(value acr credential show -n "$name" --query 'passwords[0].value' -o tsv)
  login_server=$(value acr show -n "$name" --query loginServer -o tsv)
  [ -d "${LAYOUT:-/nowhere}" ] || make_fixtures
  [ -d "$WORK/one" ] || sub_layout "$GZIP" "$WORK/one"
  crane auth login "$login_server" -u "$name" -p "$admin_password" >/dev/null 2>&1
  crane push "$WORK/one" "$login_server/team/app:v1" >/dev/null
  crane push "$WORK/one" "$login_server/team/app:v2" >/dev/null
}
# crane as somebody else: as NAME PASSWORD LOGIN_SERVER command...
crane_as() {
  local name=$1 password=$2 server=$3; shift 3
  local folder=$WORK/crane-$name; mkdir -p "$folder"
  DOCKER_CONFIG=$folder crane auth login "$server" -u "$name" -p "$password" >/dev/null 2>&1
  DOCKER_CONFIG=$folder crane "$@"
}
