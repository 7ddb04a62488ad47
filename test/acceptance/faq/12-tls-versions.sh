#!/usr/bin/env bash
# needs:
# FAQ: TLS 1.2 is required; TLS 1.0 and 1.1 are retired. That we refuse them would also be "shown" by a client that cannot
# speak them any more, so the same client first talks to a control server that accepts every version.
. "$(dirname "$0")/../lib.sh"
export OPENSSL_CONF=/dev/null # the machine's own lower limit must not decide

control=127.0.0.1:$(free_port)
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -keyout "$WORK/key.pem" -out "$WORK/cert.pem" -subj /CN=control 2>/dev/null
start control openssl s_server -accept "$control" -cert "$WORK/cert.pem" -key "$WORK/key.pem" -min_protocol TLSv1 \
  -cipher 'ALL:@SECLEVEL=0' -www
client() { # host:port version-option -> the handshake's report; fails when there is none
  timeout 20 openssl s_client -connect "$1" -servername "${NAMED_REGISTRY%:*}" "$2" -cipher 'ALL:@SECLEVEL=0' </dev/null 2>&1
}
wait_for 'the control server' 20 client "$control" -tls1_2
ours=127.0.0.1:${NAMED_REGISTRY##*:}

for version in tls1=TLSv1 tls1_1=TLSv1.1; do
  step "${version#*=}"
  report=$(client "$control" "-${version%=*}")
  assert_matches 'the control server accepts this client' "$report" "^ *Protocol *: ${version#*=}\$"
  assert_matches 'with a real cipher' "$report" '^ *Cipher *: [A-Z0-9-]{8,}$'
  if report=$(client "$ours" "-${version%=*}"); then fail "we accepted ${version#*=}: $report"; fi
  assert_matches 'we refuse the very same client by the version' "$report" 'alert protocol version|alert handshake failure'
  assert_matches 'and no cipher was agreed on' "$report" '(Cipher is \(NONE\)|Cipher *: 0000)'
done

for version in tls1_2=TLSv1.2 tls1_3=TLSv1.3; do
  step "${version#*=}"
  assert_matches 'we accept it' "$(client "$ours" "-${version%=*}")" "(Protocol *: |^New, )${version#*=}"
done

step 'a request over each'
for version in 1.2 1.3; do
  assert_eq "GET /v2/ over TLS $version" "$(reg_status "$NAMED_REGISTRY" /v2/ --tlsv$version --tls-max $version)" 200
done
for version in 1.0 1.1; do
  refused "GET /v2/ over TLS $version" 'protocol version|handshake failure|unsupported protocol' \
    reg_curl "$NAMED_REGISTRY" /v2/ --tlsv$version --tls-max $version --ciphers 'ALL:@SECLEVEL=0'
  assert_eq "while the control server answers the same curl" \
    "$(curl -sS --max-time 20 -k --tlsv$version --tls-max $version --ciphers 'ALL:@SECLEVEL=0' -o /dev/null -w '%{http_code}' "https://$control/")" 200
done
