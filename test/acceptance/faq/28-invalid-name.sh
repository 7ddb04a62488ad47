#!/usr/bin/env bash
# needs:
# FAQ: for "unsupported repository format", "invalid format" or "the requested data does not exist" check spelling and
# case of the repository's name: lower-case letters and digits, periods, dashes, underscores and slashes. So our error
# holds those words, says which part is wrong, and what would be right.
. "$(dirname "$0")/../lib.sh"
body=$WORK/body
digest=sha256:$(printf 'a%.0s' {1..64})
bad() { # path method curl-arguments... ; the error must be NAME_INVALID, its text goes to $message
  local path=$1 method=$2 status; shift 2
  status=$(reg_curl "$registry" "$path" --path-as-is -X "$method" -o "$body" -w '%{http_code}' "$@")
  [ "$status" = 400 ] || fail "$method $path: $status, not 400: $(head -c 500 "$body")"
  [ "$(jq -r '.errors[0].code' "$body")" = NAME_INVALID ] || fail "$method $path: $(cat "$body")"
  message=$(jq -r '.errors[0] | .message, (.detail // {} | tostring)' "$body")
  ok "$method $path: NAME_INVALID"
}
words() { # what is wrong, what would be right
  assert_matches "the FAQ's words" "$message" 'unsupported repository format|invalid format'
  assert_contains "the offending part, '$1'" "$message" "$1"
  if [ -n "${2:-}" ]; then assert_contains "the valid form, '$2'" "$message" "$2"; fi
}

for registry in "$HTTP_REGISTRY" "$NAMED_REGISTRY"; do
  step "upper case, at $registry"
  for request in 'GET manifests/latest' 'HEAD manifests/latest' 'PUT manifests/latest' 'DELETE manifests/latest' 'GET tags/list' \
    "GET blobs/$digest" 'POST blobs/uploads/' "GET referrers/$digest"; do
    read -r method path <<<"$request"
    if [ "$method" = HEAD ]; then
      assert_eq "HEAD of MyTeam/WebApp" "$(reg_status "$registry" /v2/MyTeam/WebApp/$path -I)" 400
      continue
    fi
    bad "/v2/MyTeam/WebApp/$path" "$method"
    words MyTeam myteam/webapp
  done

  step "other wrong names, at $registry"
  bad /v2/team/my%20app/tags/list GET; words 'my app'
  bad /v2/team/app%24/tags/list GET; words 'app$'
  bad /v2/team/-app/tags/list GET; words -app
  bad /v2/team/app-/tags/list GET; words app-
  bad /v2/team//app/tags/list GET
  bad /v2/team/a..b/tags/list GET; words a..b
  bad /v2/%E5%BA%94%E7%94%A8/tags/list GET; words '应用'
  bad "/v2/$(printf 'a%.0s' {1..300})/tags/list" GET

  step "right, but unknown, at $registry"
  for path in tags/list manifests/latest "manifests/$digest" "blobs/$digest"; do
    status=$(reg_curl "$registry" "/v2/myteam/never-pushed_1.0/$path" -o "$body" -w '%{http_code}')
    assert_eq "GET $path" "$status $(jq -r '.errors[0].code' "$body")" '404 NAME_UNKNOWN'
  done
done

step 'all that the FAQ allows is taken'
new_layout "$WORK/layout"
image=$(make_image "$WORK/layout" app amd64 gzip)
for name in lower/case0123 with.period with-dash with_underscore a/b/c/d/e/f a__b a---b 0; do
  push_layout "$HTTP_REGISTRY" "faq28/$name" 1 "$WORK/layout" "$image"
  ok "faq28/$name"
done
