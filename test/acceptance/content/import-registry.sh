#!/usr/bin/env bash
# needs: distribution-registry crane cosign oras jq busybox zstd
# Another registry moves in: a real CNCF distribution, filled by crane, cosign and oras, is imported over its API and, when
# it is stopped, from its folder; each import is killed in its middle and begun again. Then every tag and digest is compared,
# by the report and by the clients.
. "$(dirname "$0")/../lib.sh"
distribution-registry --version | sed 's/^/   /'
holdfast() { "$here/../../bin/holdfast" "$@"; }
export HOLDFAST_CONFIG_DIR=$WORK/holdfast HOLDFAST_CA=$CA COSIGN_PASSWORD='' SIGSTORE_NO_CACHE=true
target=$HTTP_REGISTRY
crane auth login "$target" -u "$REG_USER" --password-stdin <<<"$REG_PASS" 2>/dev/null
port=$(free_port)
old=127.0.0.1:$port
cat >"$WORK/config.yml" <<END
version: 0.1
log: { level: error, accesslog: { disabled: true } }
storage: { delete: { enabled: true }, filesystem: { rootdirectory: $WORK/storage } }
http: { addr: $old }
END
env -u REGISTRY_AUTH_FILE distribution-registry serve "$WORK/config.yml" >"$WORK/old.log" 2>&1 &
old_pid=$!
on_exit "kill $old_pid 2>/dev/null"
wait_for 'the old registry' 20 curl -sf "http://$old/v2/"

step 'the old registry is filled'
make_fixtures
repositories=(team/app team/tools base)
for repository in "${repositories[@]}"; do
  oras cp --from-oci-layout --to-plain-http "$LAYOUT:gzip" "$old/$repository:1.0" >/dev/null
  oras cp --from-oci-layout --to-plain-http "$LAYOUT:multi" "$old/$repository:multi" >/dev/null
  for i in 1 2 3 4 5 6; do
    head -c 20000000 /dev/urandom >"$WORK/file"
    tar -C "$WORK" -cf "$WORK/layer.tar" file
    crane append --insecure -b "$old/$repository:1.0" -f "$WORK/layer.tar" -t "$old/$repository:2.$i" >/dev/null 2>&1
  done
done
cd "$WORK"
cosign generate-key-pair --output-key-prefix good 2>/dev/null
sign=(sign -y --key good.key --tlog-upload=false --use-signing-config=false --allow-http-registry)
cosign "${sign[@]}" --new-bundle-format=false "$old/team/app@$MULTI" 2>/dev/null
cosign "${sign[@]}" "$old/team/app@$GZIP" 2>/dev/null
echo '{"bomFormat": "CycloneDX"}' >sbom.json
oras attach --plain-http --artifact-type application/vnd.cyclonedx+json "$old/team/app:multi" sbom.json >/dev/null
tags() { for repository in "${repositories[@]}"; do { crane ls --insecure "$1/$2$repository" || true; } | sed "s|^|$repository:|"; done | LC_ALL=C sort; }
digests() { while read -r image; do echo "$image $(crane digest --insecure "$1/$2$image")"; done < <(tags "$1" "$2"); }
digests "$old" '' >"$WORK/old.txt"
assert_contains 'cosign wrote its tag' "$(cat "$WORK/old.txt")" "team/app:sha256-${MULTI#sha256:}.sig"
assert_contains 'the list of referrers is a tag, since the old registry has no API for it' "$(cat "$WORK/old.txt")" "team/app:sha256-${MULTI#sha256:} "

import() { # source prefix options...
  holdfast import-registry "$1" "$target" --prefix "$2" -u "$REG_USER" -p "$REG_PASS" --progress none "${@:3}"
}

# The rule: killed when its first image is there, an import that is begun again ends with everything.
killed_and_resumed() { # what source prefix
  local what=$1 from=$2 prefix=$3 state=$WORK/state-$1.jsonl report=$WORK/report-$1.json pid
  step "$what: dry run"
  import "$from" "$prefix" --dry-run --state "$state" 2>&1 >"$WORK/dry.json" | sed 's/^/   /'
  assert_eq 'it would copy all' "$(jq '.copied == .images and .bytes > 100000000' "$WORK/dry.json")" true
  refused 'the target stays empty' 'NAME_UNKNOWN|not found' crane ls --insecure "$target/${prefix}team/app"
  step "$what: killed in its middle"
  "$here/../../bin/holdfast" import-registry "$from" "$target" --prefix "$prefix" -u "$REG_USER" -p "$REG_PASS" \
    --progress none --parallel 1 --state "$state" >/dev/null 2>&1 &
  pid=$!
  wait_for 'the first image' 60 test -s "$state"
  kill -9 $pid
  wait $pid 2>/dev/null || true
  digests "$target" "$prefix" >"$WORK/half.txt" 2>/dev/null || true
  [ "$(wc -l <"$WORK/half.txt")" -lt "$(wc -l <"$WORK/old.txt")" ] || fail 'it was done before it was killed'
  figure "$what: killed after $(wc -l <"$WORK/half.txt") of $(wc -l <"$WORK/old.txt") tags"
  step "$what: begun again"
  import "$from" "$prefix" --state "$state" --report "$report" 2>&1 >/dev/null | sed 's/^/   /'
  assert_eq 'the report is clean' "$(jq -c '[.differences, .failed, .different]' "$report")" '[[],0,0]'
  assert_eq 'it went on where it was' "$(jq '.there > 0 and .copied > 0' "$report")" true
  digests "$target" "$prefix" >"$WORK/new.txt"
  assert_same_file 'every tag has its digest' "$WORK/old.txt" "$WORK/new.txt"
  import "$from" "$prefix" --state "$state" >"$WORK/again.json" 2>/dev/null
  assert_eq 'a third time nothing is sent' "$(jq -c '[.copied, .bytes]' "$WORK/again.json")" '[0,0]'
  step "$what: the clients"
  for repository in "${repositories[@]}"; do crane validate --insecure --remote "$target/$prefix$repository:2.1" >/dev/null 2>&1 || fail "crane validate $repository"; done
  ok 'crane validates layers and configs'
  cosign login "$target" -u "$REG_USER" --password-stdin <<<"$REG_PASS" 2>/dev/null
  cosign verify --insecure-ignore-tlog --allow-http-registry --new-bundle-format=false --key good.pub "$target/${prefix}team/app@$MULTI" >/dev/null 2>&1 || fail 'cosign, tag'
  cosign verify --insecure-ignore-tlog --allow-http-registry --key good.pub "$target/${prefix}team/app@$GZIP" >/dev/null 2>&1 || fail 'cosign, referrer'
  ok 'cosign verifies the tag and the referrer'
  assert_contains 'oras finds the SBOM by the referrers API' \
    "$(oras discover --plain-http --format json -u "$REG_USER" -p "$REG_PASS" "$target/${prefix}team/app:multi")" application/vnd.cyclonedx+json
}

killed_and_resumed api "$old" byapi/
kill $old_pid
wait $old_pid 2>/dev/null || true
killed_and_resumed folder "$WORK/storage" byfolder/

step 'what differs is said, and ends the command with 1'
crane tag --insecure "$target/byfolder/base:2.1" moved 2>/dev/null
other=$(crane digest --insecure "$target/byfolder/base:2.2")
crane copy --insecure "$target/byfolder/base:2.2" "$target/byfolder/base:2.1" >/dev/null 2>&1
refused 'a tag that somebody moved' '1 difference is left' import "$WORK/storage" byfolder/ --state "$WORK/state-folder.jsonl"
import "$WORK/storage" byfolder/ --state "$WORK/state-folder.jsonl" >"$WORK/differs.json" 2>/dev/null || true
assert_eq 'it is named' "$(jq -c '.differences[0] | [.repository, .reference, .target]' "$WORK/differs.json")" "[\"byfolder/base\",\"2.1\",\"$other\"]"
import "$WORK/storage" byfolder/ --state "$WORK/state-folder.jsonl" --force >/dev/null 2>&1 || fail '--force'
ok '--force moves it back'
layer=$(crane manifest --insecure "$target/byfolder/team/app:2.6" | jq -r '.layers[-1].digest')
data=$WORK/storage/docker/registry/v2/blobs/sha256/$(cut -c8-9 <<<"$layer")/${layer#sha256:}/data
printf x | dd of="$data" bs=1 seek=1000 conv=notrunc status=none
refused 'a damaged layer' 'ERROR|difference' import "$WORK/storage" damaged/ --include 'team/app:2.*' --report "$WORK/damaged.json"
assert_eq 'only its image is missing' "$(jq -c '[.differences[].reference | select(startswith("sha") | not)]' "$WORK/damaged.json")" '["2.6"]'
