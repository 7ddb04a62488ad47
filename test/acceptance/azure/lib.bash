# A whole site in a machine of its own, for the clients that need names and port 443: sourced first by every script here.
# Runs the rest of the script in network, mount and process namespaces: no route leads out, so whatever works here works
# without internet, and /etc may hold the site's names and CA. Needs root. Gives, besides what ../lib.sh gives:
#   DOMAIN        the site's domain                    boot KEY   a value of bootstrap.json, by its jq path
# A script may define before_server, which runs inside before the site is started, and set SERVER_ARGS.
#   SUBSCRIPTION  id of the subscription               host NAME  makes a registry's login server resolve
# shellcheck shell=bash
set -Eeuo pipefail
: "${WORK:?}"
if [ -z "${HOLDFAST_PRIVATE:-}" ]; then
  exec env HOLDFAST_PRIVATE=1 unshare --net --mount --pid --fork --kill-child --mount-proc --propagation private bash "$0" "$@"
fi
acceptance=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
checkout=$(cd "$acceptance/../.." && pwd)
# A site of another name must behave the same, so each run has names of its own.
random_word() { tr -dc a-z </dev/urandom | head -c "$1" || true; }
DOMAIN=${SITE_DOMAIN:-$(random_word 7).$(random_word 9).internal}

/sbin/ip link set lo up
mkdir -p "$WORK/etc"
mount -t tmpfs tmpfs "$WORK/etc"
mkdir "$WORK/etc/upper" "$WORK/etc/work"
mount -t overlay overlay -o "lowerdir=/etc,upperdir=$WORK/etc/upper,workdir=$WORK/etc/work" /etc
mount -t tmpfs -o mode=755 tmpfs /run
for plane in management adminmanagement adfs login graph portal data registry.azsacr; do echo "127.0.0.1 $plane.$DOMAIN"; done >>/etc/hosts
host() { echo "127.0.0.1 $(tr '[:upper:]' '[:lower:]' <<<"$1").azsacr.$DOMAIN" >>/etc/hosts; }

[ "$(type -t before_server)" != function ] || before_server
server_data=$WORK/data
env -i PATH="$PATH" HOME="$WORK" ${SERVER_ENV:-} "$checkout/bin/holdfast" serve --data "$server_data" \
  --http 127.0.0.1:80 --https 127.0.0.1:443 --domain "$DOMAIN" ${SERVER_ARGS:-} >"$WORK/ready" 2>"$WORK/server.log" &
server=$!
for _ in $(seq 300); do grep -q '"event":"ready"' "$WORK/ready" && break; kill -0 $server || { cat "$WORK/server.log"; exit 1; }; sleep 0.1; done

boot() { jq -er "$1" "$server_data/bootstrap.json"; }
export HTTP_REGISTRY=localhost:80 HTTPS_REGISTRY=localhost:443 CA=$server_data/tls/ca.pem DATA=$server_data
NAMED_REGISTRY=$(boot .registry.loginServer) REG_USER=$(boot .registry.username) REG_PASS=$(boot .registry.password)
SUBSCRIPTION=$(boot .subscriptionId)
export NAMED_REGISTRY REG_USER REG_PASS
. "$acceptance/lib.sh"
on_exit "[ \$status = 0 ] || { echo '--- errors of the server'; grep -E '\"level\":\"(error|fatal)\"|\"status\":5' '$WORK/server.log' | tail -n 20; }"

# Nothing that the server logged may be an error or hold a secret.
server_is_well() {
  local secret
  if grep -E '"level":"(error|fatal)"|"status":5[0-9][0-9]' "$WORK/server.log"; then fail 'the server logged errors'; fi
  for secret in "$(boot .registry.password)" "$(boot .owner.password)" "$(boot .servicePrincipal.password)"; do
    if grep -qF -- "$secret" "$WORK/server.log"; then fail 'the log of the server holds a secret'; fi
  done
  kill $server
  wait $server || fail "the server ended with $?"
  ok 'the server logged no error and no secret, and ended in good order'
}
