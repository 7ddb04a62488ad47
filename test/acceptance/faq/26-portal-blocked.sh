#!/usr/bin/env bash
# needs: root az-newest crane jq curl busybox zstd unshare chromium openssl
# server: own
# FAQ: the portal cannot list repositories or tags. A real Chromium is blocked in each way that the FAQ names, and told why.
checkout=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)
[ -n "${HOLDFAST_PRIVATE:-}" ] || "$checkout/node_modules/.bin/node" "$checkout/tools/portal.ts" --if-needed --quiet
. "$(dirname "$0")/../azure/lib.bash"
. "$acceptance/azure/az.bash"
az_register
quiet az_login
make_registry contoso26
export PORTAL=https://portal.$DOMAIN PERSON=$OWNER PORTAL_SECRET=$OWNER_PASS
see() { "$checkout/node_modules/.bin/node" "$checkout/test/e2e/faq/look.ts" check contoso26 "$@" || fail "the portal: $*"; }
told() { # what cause pattern [options...]
  local what=$1 cause=$2 pattern=$3 found; shift 3
  found=$(see "$@")
  assert_eq "$what: cause" "$(jq -r .cause <<<"$found")" "$cause"
  assert_matches "$what: what it says" "$(jq -r .text <<<"$found")" "$pattern"
}
names=$(cat /etc/hosts)
at() { { grep -v " $login_server\$" <<<"$names"; [ -z "$1" ] || echo "$1 $login_server"; } >/etc/hosts; }

# A browser with nothing but a loopback interface takes itself for offline; and nothing answers from there.
/sbin/ip link add blackhole type veth peer name far
/sbin/ip address add 10.99.0.1/24 dev blackhole
/sbin/ip link set blackhole up
/sbin/ip link set far up
/sbin/ip neighbour add 10.99.0.2 lladdr 02:00:00:00:00:02 dev blackhole # so it is sent, and nobody takes it
sleep 3 # addresses of a new interface settle for some seconds, and each change makes a browser drop what it loads
step 'all is well'
told 'nothing' none 'Every plane of the site answered'

step 'no network'
told 'offline' network 'Connect this computer' --offline
told 'offline, in Chinese' network '没有网络连接' --offline --language zh-CN

step 'DNS'
at ''
told 'an unknown name' refused "$login_server is unknown here \(DNS\).*ask for its DNS entry"

step 'a firewall'
at 10.99.0.2
told 'one that drops' firewall "a firewall drops the traffic to $login_server.*port 443.*check-health"
told 'one that drops, in Chinese' firewall '防火墙丢弃了.*网络管理员放行' --language zh-CN
at 127.0.0.9
told 'one that refuses' refused "$login_server"

step 'a certificate that nobody trusts'
spki=$(openssl s_client -connect "portal.$DOMAIN:443" -servername "portal.$DOMAIN" </dev/null 2>/dev/null | openssl x509 -pubkey -noout | openssl pkey -pubin -outform der | openssl dgst -sha256 -binary | base64)
at 127.0.0.1
told 'the own one' none 'Every plane' --spki "$spki"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$login_server" -days 2 -keyout "$WORK/key.pem" -out "$WORK/cert.pem" 2>/dev/null
start other openssl s_server -accept 127.0.0.7:443 -cert "$WORK/cert.pem" -key "$WORK/key.pem" -www
at 127.0.0.7
told 'another one' refused 'its certificate is not trusted' --spki "$spki"
at 127.0.0.1

step 'an ad blocker'
mkdir "$WORK/blocker"
cat >"$WORK/blocker/manifest.json" <<'END'
{"manifest_version": 3, "name": "blocker", "version": "1", "permissions": ["declarativeNetRequest"],
 "declarative_net_request": {"rule_resources": [{"id": "rules", "enabled": true, "path": "rules.json"}]}}
END
jq -n --arg host "$login_server" '[{id: 1, action: {type: "block"}, condition: {urlFilter: "||\($host)"}}]' >"$WORK/blocker/rules.json"
told 'an extension that blocks' refused 'a browser extension blocks it.*private window.*ad blocker' --extension "$WORK/blocker"
told 'a private session, without it' none 'Every plane'

step 'CORS: something takes the headers away that let the page read an answer'
mkdir "$WORK/stripper"
jq '.name = "stripper" | .permissions = ["declarativeNetRequestWithHostAccess"] | .host_permissions = ["<all_urls>"]' "$WORK/blocker/manifest.json" >"$WORK/stripper/manifest.json"
jq -n --arg host "$login_server" '[{id: 1, condition: {urlFilter: "||\($host)", resourceTypes: ["xmlhttprequest"]},
  action: {type: "modifyHeaders", responseHeaders: [{header: "access-control-allow-origin", operation: "remove"}]}}]' >"$WORK/stripper/rules.json"
told 'an extension that changes answers' cors "$login_server answers, but.*\(CORS\).*private window" --extension "$WORK/stripper"

step 'a private registry'
# az itself refuses rules for the SKU that a Stack Hub has; the resource manager does not.
rules() {
  arm PATCH "/subscriptions/$SUBSCRIPTION/resourceGroups/default/providers/Microsoft.ContainerRegistry/registries/contoso26?api-version=2019-05-01" \
    -f -d "{\"properties\":{\"networkRuleSet\":{\"defaultAction\":\"$1\",\"ipRules\":[]}}}" >/dev/null
}
rules Deny
told 'its network rules' private "the registry $login_server is private.*network rules"
told 'in Chinese' private '专用注册表' --language zh-CN
rules Allow

step 'the clock'
told 'ten minutes off' clock 'clock of this computer is (599|600|601) s off' --clock 600
server_is_well
