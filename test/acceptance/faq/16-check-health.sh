#!/usr/bin/env bash
# needs: root az-newest crane jq curl busybox zstd unshare nginx
# server: own
# FAQ: az acr check-health passes on port 443 (what it asks of docker, helm and notary is not the registry's).
. "$(dirname "$0")/../azure/lib.bash"
. "$acceptance/azure/az.bash"
az_register
quiet az_login
make_registry contoso16
health() { AZURE_CORE_ONLY_SHOW_ERRORS=false az acr check-health -n contoso16 --yes --ignore-errors "$@" >"$WORK/health" 2>&1 || fail "check-health: $(cat "$WORK/health")"; cat "$WORK/health"; }
all=$(health)
assert_contains 'the name' "$all" "DNS lookup to $login_server"
assert_contains 'the challenge' "$all" "Challenge endpoint https://$login_server/v2/ : OK"
assert_matches 'the refresh token' "$all" 'Fetch refresh token for registry .* : OK'
assert_matches 'the access token' "$all" 'Fetch access token for registry .* : OK'
assert_matches 'the rights on a repository' "$(health --repository team/app)" "Fetch access token for repository 'team/app' in registry .* : OK"

step 'a fault is named'
sed -i "/ contoso16\\.azsacr/d" /etc/hosts
assert_contains 'a name that does not resolve' "$(health)" CONNECTIVITY_DNS_ERROR

step 'holdfast acr check-health'
faults() { # arguments...: what it finds, in order; `exit` is its exit code
  exit=0
  HOLDFAST_CONFIG_DIR=$WORK/none "$checkout/bin/holdfast" acr check-health -n "$login_server" --ca "$CA" -u contoso16 -p "$admin_password" \
    --no-host --json "$@" >"$WORK/report" 2>"$WORK/report-error" || exit=$?
  [ -s "$WORK/report" ] || fail "check-health: $(cat "$WORK/report-error")"
  found=$(jq -r '[.findings[] | "\(.code) \(.fault)"] | join(", ")' "$WORK/report")
}
faults
# No DNS server can be reached in here.
assert_eq 'the name that does not resolve' "$found, $exit" 'CONNECTIVITY_DNS_ERROR dns.no-answer, 1'
host contoso16
faults --repository team/app
assert_eq 'nothing is wrong' "$found, $exit" ', 0'

step 'nginx as it is after its installation'
sed -i "/ contoso16\\.azsacr/d" /etc/hosts
echo "127.0.0.2 $login_server" >>/etc/hosts
nginx_with() { # settings of the proxy
  cat >"$WORK/nginx.conf" <<END
user root; daemon off; pid $WORK/nginx.pid; error_log $WORK/nginx-error.log;
events {}
http {
  access_log off; client_body_temp_path $WORK/nginx-body; proxy_temp_path $WORK/nginx-proxy;
  fastcgi_temp_path $WORK/nginx-1; uwsgi_temp_path $WORK/nginx-2; scgi_temp_path $WORK/nginx-3;
  server {
    listen 127.0.0.2:443 ssl; ssl_certificate $DATA/tls/server.pem; ssl_certificate_key $DATA/tls/server-key.pem;
    location / { proxy_pass https://127.0.0.1:443; proxy_http_version 1.1; proxy_set_header Host \$http_host; $1 }
  }
}
END
  start nginx nginx -c "$WORK/nginx.conf"
  wait_for nginx 20 curl -s -o /dev/null --cacert "$CA" "https://$login_server/v2/"
}
stop_nginx() { kill "$(cat "$WORK/nginx.pid")"; wait_for 'the end of nginx' 20 test ! -e "$WORK/nginx.pid"; }
nginx_with ''
faults --repository team/app
assert_eq 'its two faults' "$found, $exit" 'PROXY_ERROR proxy.buffers-uploads, PROXY_ERROR proxy.body-limit, 1'
stop_nginx
nginx_with 'client_max_body_size 0; proxy_request_buffering off; proxy_buffering off;'
faults --repository team/app
assert_eq 'none, set up as FAQ 17 says' "$found, $exit" ', 0'
server_is_well
