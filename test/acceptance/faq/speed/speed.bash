# What the scripts of the FAQ's slow pull and slow push do; sourced after ../azure/lib.bash.
# shellcheck shell=bash
export HOLDFAST_CONFIG_DIR=$WORK/holdfast HOLDFAST_CA=$CA
# health SIZE_MB: the report, as JSON. Its exit code is 0, since a slow network is a warning.
health() {
  "$checkout/bin/holdfast" acr check-health -n "$NAMED_REGISTRY" -u "$REG_USER" -p "$REG_PASS" --repository faq/speed --size "$1" \
    --no-host --json >"$WORK/report" 2>"$WORK/report-error" || fail "check-health: $(cat "$WORK/report-error" "$WORK/report")"
}
measured() { # pull or push
  step "figures of a $1"
  health 32
  assert_eq 'nothing is wrong' "$(jq -c '[.findings[].fault]' "$WORK/report")" '[]'
  assert_eq 'the parts of the time' "$(jq -c ".speed.$1.split | keys" "$WORK/report")" '["disk","hash","network","server","tls"]'
  jq -e ".speed.$1 | (.split | add) as \$sum | \$sum > 0 and ((\$sum - .seconds) | fabs) < 0.001 and ([.split[]] | min) >= 0 and .split[.bottleneck] == ([.split[]] | max)" \
    "$WORK/report" >/dev/null || fail "the parts are not the whole: $(jq -c ".speed.$1" "$WORK/report")"
  figure "$(jq -r ".speed.$1 | \"$1: \\(.mbPerSecond * 10 | round / 10) MB/s, held up by \\(.bottleneck): \\([.split | to_entries[] | \"\\(.key) \\(.value * 1000 | round) ms\"] | join(\", \"))\"" "$WORK/report")"
  figure "$(jq -r '.speed.host | to_entries | map("\(.key) \(.value | round) MB/s") | "this host: " + join(", ")' "$WORK/report")"
}
slow_network() { # pull or push
  step "a network of 12 Mbit/s is named"
  /sbin/ip link set lo mtu 1500
  tc qdisc add dev lo root tbf rate 12mbit burst 128kb latency 400ms
  health 6
  tc qdisc del dev lo root
  local seen
  seen=$(jq -r ".findings[] | select(.fault == \"speed.slow-$1\") | .seen" "$WORK/report")
  assert_contains "what holds up the $1" "$seen" 'held up by network'
  jq -e ".speed.$1.mbPerSecond | . > 0.5 and . < 2" "$WORK/report" >/dev/null || fail "not 12 Mbit/s: $(jq -c ".speed.$1" "$WORK/report")"
  assert_eq 'nothing but speed' "$(jq -c '[.findings[].code] | unique' "$WORK/report")" '["SPEED_ERROR"]'
  figure "$1: $seen"
}
