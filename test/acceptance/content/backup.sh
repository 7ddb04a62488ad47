#!/usr/bin/env bash
# needs: root crane jq curl unshare
# server: own
# A backup that is taken while crane pushes, a second one that copies only what is new, a restore that is a state which some moment
# had, tag by tag and byte by byte, and fsck, which finds and repairs what was damaged: as docs/how-to/backup.md says.
. "$(dirname "$0")/../azure/lib.bash"
export SSL_CERT_FILE=$CA
holdfast() { env -i PATH="$PATH" HOME="$WORK" "$checkout/bin/holdfast" "$@"; }
image=$NAMED_REGISTRY/team/app
crane auth login "$NAMED_REGISTRY" -u "$REG_USER" -p "$REG_PASS" >/dev/null 2>&1
log=$WORK/pushed; : >"$log" # one line for each push that crane calls done, in order: tag, digest
pushes=0
push_next() { # kilobytes
  local tag=t$((++pushes)) digest
  head -c "$1k" /dev/urandom >"$WORK/random"
  tar -C "$WORK" -czf "$WORK/layer.tar.gz" random
  digest=$(crane append --oci-empty-base -f "$WORK/layer.tar.gz" -t "$image:$tag" 2>/dev/null) || return 1
  crane tag "$digest" latest >/dev/null 2>&1 || return 1
  echo "$tag ${digest#*@}" >>"$log"
}
push_until_told() { until [ -e "$WORK/stop" ]; do push_next 2000 || return 1; done; }
during_pushes() { # command...: while one push comes after the other
  rm -f "$WORK/stop"
  local before pusher; before=$(wc -l <"$log")
  (pushes=$before; push_until_told) &
  pusher=$!
  wait_for 'a push' 30 sh -c "[ \$(wc -l <'$log') -gt $before ]"
  "$@"
  touch "$WORK/stop"
  wait $pusher || fail 'a push failed while the backup was taken'
  pushes=$(wc -l <"$log")
}
back_up() { holdfast backup --data "$DATA" --to "$WORK/backup" --json >"$WORK/report" 2>"$WORK/backup-error" || fail "backup: $(cat "$WORK/backup-error")"; }

step 'a backup while crane pushes'
for _ in $(seq 8); do push_next 2000; done
before=$(wc -l <"$log")
during_pushes back_up
first=$(jq .copied.count "$WORK/report")
[ "$first" -ge $((before * 2)) ] || fail "it copied $first blobs of $before images: $(cat "$WORK/report")"
figure "the first copied $first blobs with $(jq .copied.bytes "$WORK/report") bytes; $((pushes - before)) images were pushed meanwhile"

step 'the second one copies what is new'
before=$(wc -l <"$log")
during_pushes back_up
second=$(jq .copied.count "$WORK/report")
after=$(wc -l <"$log")
[ "$second" -lt "$first" ] || fail "it copied $second blobs, the first $first"
figure "the second copied $second blobs; $((after - before)) images were pushed meanwhile"

step 'a restore into a new folder'
holdfast restore --from "$WORK/backup" --data "$WORK/restored" >"$WORK/said" 2>&1 || fail "restore: $(cat "$WORK/said")"
holdfast fsck --data "$WORK/restored" >"$WORK/said" 2>&1 || fail "fsck of what was restored: $(cat "$WORK/said")"
ok 'fsck: all agrees'
restored=${NAMED_REGISTRY%:*}:8443
serve_restored() {
  start restored env -i PATH="$PATH" HOME="$WORK" "$checkout/bin/holdfast" serve --data "$WORK/restored" --http 127.0.0.1:8080 --https 127.0.0.1:8443 --domain "$DOMAIN"
  restored_server=$!
  wait_for 'the restored site' 60 grep -q '"event":"ready"' "$WORK/restored.log"
}
stop_restored() { kill $restored_server; wait $restored_server || fail "the restored server ended with $?"; }
start() { "${@:2}" >"$WORK/$1.log" 2>&1 & }
on_exit 'kill ${restored_server:-} 2>/dev/null'
serve_restored
crane auth login "$restored" -u "$REG_USER" -p "$REG_PASS" >/dev/null 2>&1
crane ls "$restored/team/app" >"$WORK/tags"
kept=$(grep -c '^t' "$WORK/tags")
[ "$kept" -ge "$before" ] || fail "$before images were pushed before the backup began, and $kept are restored"
# Pushes came one after the other: a moment had the first so many of them, and no others.
head -n "$kept" "$log" >"$WORK/expected"
while read -r tag digest; do
  [ "$(crane digest "$restored/team/app:$tag")" = "$digest" ] || fail "the restored $tag is not $digest"
  crane validate --remote "$restored/team/app:$tag" >"$WORK/said" 2>&1 || fail "the restored $tag: $(cat "$WORK/said")"
done <"$WORK/expected"
ok "all $kept images, the first of $after, by digest and byte by byte"
# A push ties its own tag, then latest: between the two it is still on the image before.
assert_matches 'the tag that moved is where it was' "$(tail -n 2 "$WORK/expected")" "$(crane digest "$restored/team/app:latest")"
assert_eq 'and nothing else' "$(grep -vc '^t' "$WORK/tags")" 1

step 'damage is found'
stop_restored
blob_of() { # tag: the digest of its layer
  crane manifest "$image:$1" | jq -er '.layers[0].digest'
}
file_of() { local hex=${1#sha256:}; echo "blobs/sha256/${hex:0:2}/$hex"; }
lost=$(blob_of t1) cut=$(blob_of t2)
kinds() { { holdfast fsck --data "$WORK/restored" --json 2>/dev/null || true; } | jq -c '[.found[] | .kind] | sort'; }
rm "$WORK/restored/$(file_of "$lost")"
truncate -s -1 "$WORK/restored/$(file_of "$cut")"
status=0; holdfast fsck --data "$WORK/restored" >"$WORK/said" 2>&1 || status=$?
assert_eq 'fsck exits with 1' $status 1
assert_contains 'it names what is gone' "$(cat "$WORK/said")" "blob-missing $lost"
assert_contains 'and what was cut' "$(cat "$WORK/said")" "blob-wrong-size $cut"

step 'put back from the backup'
for digest in "$lost" "$cut"; do cp -p "$WORK/backup/$(file_of "$digest")" "$WORK/restored/$(file_of "$digest")"; done
assert_eq 'fsck finds nothing more' "$(kinds)" '[]'

step 'repaired, where there is nothing to put back'
rm "$WORK/restored/$(file_of "$lost")"
"$checkout/node_modules/.bin/node" --no-warnings -e 'const { DatabaseSync } = require("node:sqlite"); const db = new DatabaseSync(process.argv[1]);
  db.exec("UPDATE repositories SET tag_count = tag_count + 5; UPDATE registry_usage SET bytes = bytes + 995")' "$WORK/restored/metadata.db" >"$WORK/said" 2>&1 || fail "planting: $(cat "$WORK/said")"
assert_eq 'what is found' "$(kinds)" '["blob-missing","tag-count","usage"]'
status=0; holdfast fsck --data "$WORK/restored" --repair >"$WORK/said" 2>&1 || status=$?
assert_eq 'the repair says that bytes are lost' "$status $(grep -c "^blob-missing $lost.*\[refused" "$WORK/said")" '1 1'
assert_eq 'the figures are right again, and what is lost is known' "$(kinds)" '[]'
serve_restored
refused 'a pull of what is lost' 'damage|missing|5[0-9][0-9]|404|UNKNOWN' crane validate --remote "$restored/team/app:t1"
crane validate --remote "$restored/team/app:t2" >"$WORK/said" 2>&1 || fail "t2: $(cat "$WORK/said")"
ok 'all else is pulled'
crane copy "$image:t1" "$restored/team/healing:t1" >"$WORK/said" 2>&1 || fail "pushed again: $(cat "$WORK/said")"
crane validate --remote "$restored/team/app:t1" >"$WORK/said" 2>&1 || fail "t1: $(cat "$WORK/said")"
ok 'pushed again, to any repository, it is whole everywhere'
stop_restored
assert_eq 'fsck finds nothing' "$(kinds)" '[]'
server_is_well
