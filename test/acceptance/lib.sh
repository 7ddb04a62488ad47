# Shared by every acceptance script; sourced, never run. The runner gives:
#   HTTP_REGISTRY   host:port of the server, plain HTTP on loopback
#   HTTPS_REGISTRY  host:port of the same server, TLS with the site's CA
#   NAMED_REGISTRY  the registry's own login server, <name>.azsacr.<domain>:<port>, TLS
#   CA              path of the site's CA certificate;  REG_USER, REG_PASS  an account that may do all
#   DATA            the server's data folder;           WORK  this script's own empty folder
# shellcheck shell=bash
set -Eeuo pipefail
shopt -s inherit_errexit
: "${HTTP_REGISTRY:?}" "${HTTPS_REGISTRY:?}" "${NAMED_REGISTRY:?}" "${CA:?}" "${REG_USER:?}" "${REG_PASS:?}" "${DATA:?}" "${WORK:?}"

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
PATH=$("$here/install-clients.sh" --bin):$PATH:/usr/sbin:/sbin
export PATH LC_ALL=C

# ---- private places ------------------------------------------------------------------------------------------

# No client may see, or leave anything in, the user's own configuration. The machine's own CA settings would hide
# whether a client trusts the site's CA because it was told to.
unset SSL_CERT_FILE SSL_CERT_DIR CURL_CA_BUNDLE REQUESTS_CA_BUNDLE DOCKER_HOST DOCKER_CONTEXT
unset http_proxy https_proxy HTTP_PROXY HTTPS_PROXY no_proxy NO_PROXY
export HOME=$WORK/home XDG_CONFIG_HOME=$WORK/home/.config XDG_CACHE_HOME=$WORK/home/.cache
export XDG_DATA_HOME=$WORK/home/.local/share XDG_RUNTIME_DIR=$WORK/run TMPDIR=$WORK/tmp
export DOCKER_CONFIG=$HOME/.docker REGISTRY_AUTH_FILE=$WORK/auth.json
mkdir -p "$XDG_CONFIG_HOME" "$XDG_CACHE_HOME" "$XDG_DATA_HOME" "$XDG_RUNTIME_DIR" "$TMPDIR" "$DOCKER_CONFIG"
chmod 700 "$XDG_RUNTIME_DIR"
echo '{}' >"$REGISTRY_AUTH_FILE"

# Runs the rest of the script in mount and process namespaces of its own: /etc can hold the host names and the CA
# that some clients look for only there, /run their sockets, and every daemon dies with the script. The machine's
# own files are never touched. Needs root.
private_machine() {
  if [ -z "${HOLDFAST_PRIVATE:-}" ]; then
    exec env HOLDFAST_PRIVATE=1 unshare --mount --pid --fork --kill-child --mount-proc --propagation private bash "$0"
  fi
  mkdir -p "$WORK/etc"
  mount -t tmpfs tmpfs "$WORK/etc"
  mkdir "$WORK/etc/upper" "$WORK/etc/work"
  mount -t overlay overlay -o "lowerdir=/etc,upperdir=$WORK/etc/upper,workdir=$WORK/etc/work" /etc
  mount -t tmpfs -o mode=755 tmpfs /run
  echo "127.0.0.1 ${NAMED_REGISTRY%:*}" >>/etc/hosts
  local registry
  for registry in "$HTTPS_REGISTRY" "$NAMED_REGISTRY"; do
    mkdir -p "/etc/docker/certs.d/$registry"
    cp "$CA" "/etc/docker/certs.d/$registry/ca.crt"
  done
}

exit_commands=()
on_exit() { exit_commands=("$*" "${exit_commands[@]}"); }
at_exit() { local status=$? command; set +e; trap - ERR; for command in "${exit_commands[@]}"; do eval "$command"; done; exit $status; }
trap at_exit EXIT
trap 'echo "FAILED at ${BASH_SOURCE[0]##*/}:$LINENO: $BASH_COMMAND" >&2' ERR

# A port nobody listens on. Another may take it before we do; then the script that wanted it fails, loudly.
free_port() {
  local port
  while :; do
    port=$((RANDOM % 1000 + 21000))
    (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { echo "$port"; return; }
  done
}

wait_for() { # what seconds command...
  local what=$1 end=$((SECONDS + $2)); shift 2
  until "$@" >/dev/null 2>&1; do
    [ $SECONDS -lt $end ] || fail "$what did not come up"
    sleep 0.1
  done
}

# Starts a daemon that lives as long as the script; its output goes to $WORK/<name>.log.
start() { # name command...
  local name=$1; shift
  "$@" >"$WORK/$name.log" 2>&1 &
  local pid=$!
  on_exit "kill $pid 2>/dev/null; wait $pid 2>/dev/null"
  on_exit "[ \$status = 0 ] || { echo '--- end of $name.log'; tail -n 15 '$WORK/$name.log'; }"
}

# A containerd of our own, with everything below $WORK; ctr finds it by the environment.
start_containerd() {
  local daemon=$WORK/containerd
  mkdir -p "$daemon"
  cat >"$daemon/config.toml" <<END
version = 2
root = "$daemon/root"
state = "$daemon/state"
disabled_plugins = ["io.containerd.grpc.v1.cri"]
[grpc]
  address = "$daemon/socket"
[plugins."io.containerd.internal.v1.opt"]
  path = "$daemon/opt"
END
  start containerd containerd -c "$daemon/config.toml"
  export CONTAINERD_ADDRESS=$daemon/socket CONTAINERD_NAMESPACE=acceptance
  wait_for containerd 60 ctr version
}

# One push in a hundred of ctr 1.6 fails by itself: "unexpected EOF" in an "rpc error" is what it says of its own containerd, from
# which it reads while the registry waits for the rest of the body (github.com/containerd/cri/issues/1643). That alone is tried again.
ctr_push() { # options... name image
  local tries=1 said
  until said=$(ctr images push "$@" 2>&1 >/dev/null); do
    case $said in
    *'rpc error: code = Internal desc = unexpected EOF'*) [ $tries -lt 4 ] || fail "ctr images push, $tries times: $said" ;;
    *) fail "ctr images push: $said" ;;
    esac
    echo "   ctr could not read from its containerd, and pushes again: $said"
    tries=$((tries + 1))
  done
}

# ---- saying and demanding ------------------------------------------------------------------------------------

step() { echo "== $*"; }
ok() { echo "   ok: $*"; }
figure() { echo "   figure: $*"; } # shown by the runner, also when all is well
fail() { echo "FAILED: $*" >&2; exit 1; }
assert_eq() { [ "$2" = "$3" ] || fail "$1: expected '$3', got '$2'"; ok "$1"; }
assert_contains() { case $2 in *"$3"*) ok "$1" ;; *) fail "$1: '$3' is not in: $2" ;; esac; }
assert_matches() { grep -qiE -- "$3" <<<"$2" || fail "$1: /$3/ does not match: $2"; ok "$1"; }

assert_same_file() { cmp "$2" "$3" || fail "$1: $2 and $3 differ"; ok "$1"; }

# The command must fail, and say why in words that match; failing for another reason is a failure of the check.
refused() { # what pattern command...
  local what=$1 pattern=$2 output; shift 2
  if output=$("$@" 2>&1); then fail "$what: was accepted: $output"; fi
  grep -qiE -- "$pattern" <<<"$output" || fail "$what: failed, but not with /$pattern/: $output"
  ok "$what is refused"
}

digest_of() { echo "sha256:$(sha256sum <"${1:-/dev/stdin}" | cut -c1-64)"; }

# ---- talking to the registry without a client ----------------------------------------------------------------

url_of() { case $1 in "$HTTP_REGISTRY") echo "http://$1" ;; *) echo "https://$1" ;; esac; }

# curl to registry $1, path $2; the named registry is resolved here, so that no /etc/hosts is needed.
anonymous_curl() {
  local registry=$1 path=$2; shift 2
  curl -sS --max-time 60 --cacert "$CA" --resolve "$NAMED_REGISTRY:127.0.0.1" "$@" "$(url_of "$registry")$path"
}
reg_curl() { local registry=$1 path=$2; shift 2; anonymous_curl "$registry" "$path" -u "$REG_USER:$REG_PASS" "$@"; }
reg_status() { reg_curl "$@" -o /dev/null -w '%{http_code}'; }

manifest_types='application/vnd.oci.image.manifest.v1+json,application/vnd.oci.image.index.v1+json,application/vnd.docker.distribution.manifest.v2+json,application/vnd.docker.distribution.manifest.list.v2+json'
get_manifest() { reg_curl "$1" "/v2/$2/manifests/$3" -f -H "Accept: $manifest_types" "${@:4}"; }

put_layout_blob() { # registry repository layout digest
  local location answer
  [ "$(reg_status "$1" "/v2/$2/blobs/$4" -I)" = 200 ] && return
  location=$(reg_curl "$1" "/v2/$2/blobs/uploads/" -f -X POST -o /dev/null -D - | tr -d '\r' | sed -n 's/^location: //Ip')
  [ -n "$location" ] || fail "no Location for an upload to $2"
  case $location in http*) location=/${location#*://*/} ;; esac
  case $location in *\?*) location+="&digest=$4" ;; *) location+="?digest=$4" ;; esac
  answer=$(reg_status "$1" "$location" -X PUT -H 'Content-Type: application/octet-stream' --data-binary "@$(blob_path "$3" "$4")")
  [ "$answer" = 201 ] || fail "uploading $4 to $2 answered $answer"
}

# Pushes one manifest of a layout, its children and blobs with it; a fixture for clients that only pull.
push_layout() { # registry repository reference layout digest [without-foreign]
  local registry=$1 repository=$2 reference=$3 layout=$4 digest=$5 without=${6:-} child answer body
  for child in $(jq -r '.manifests[]?.digest' "$(blob_path "$layout" "$digest")"); do
    push_layout "$registry" "$repository" "$child" "$layout" "$child" "$without"
  done
  for child in $(blobs_of "$layout" "$digest" "$without"); do put_layout_blob "$registry" "$repository" "$layout" "$child"; done
  body=$WORK/tmp/put-manifest.txt
  answer=$(reg_curl "$registry" "/v2/$repository/manifests/$reference" -X PUT -o "$body" -w '%{http_code}' \
    -H "Content-Type: $(media_type_of "$layout" "$digest")" --data-binary "@$(blob_path "$layout" "$digest")")
  [ "$answer" = 201 ] || fail "PUT of manifest $repository:$reference answered $answer: $(cat "$body")"
}

# ---- images made here, without a network ---------------------------------------------------------------------
# All are OCI layouts, so what was pushed is known byte by byte.

blob_path() { echo "$1/blobs/sha256/${2#sha256:}"; }

new_layout() {
  mkdir -p "$1/blobs/sha256"
  echo '{"imageLayoutVersion":"1.0.0"}' >"$1/oci-layout"
  echo '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[]}' >"$1/index.json"
}

put_blob() { # layout file -> digest; the file is moved
  local digest; digest=$(digest_of "$2")
  mv "$2" "$(blob_path "$1" "$digest")"
  echo "$digest"
}

put_json() { # layout < json -> digest; compact, as clients write it
  local file; file=$(mktemp)
  jq -cj . >"$file"
  put_blob "$1" "$file"
}

descriptor() { # layout digest media-type [more json]
  jq -cn --arg d "$2" --arg t "$3" --argjson s "$(stat -c %s "$(blob_path "$1" "$2")")" --argjson more "${4:-{\}}" \
    '{mediaType: $t, digest: $d, size: $s} + $more'
}

media_type_of() { jq -er .mediaType "$(blob_path "$1" "$2")"; }

tag_layout() { # layout tag digest
  local file; file=$(mktemp)
  jq --argjson d "$(descriptor "$1" "$3" "$(media_type_of "$1" "$3")" "{\"annotations\":{\"org.opencontainers.image.ref.name\":\"$2\"}}")" \
    '.manifests += [$d]' "$1/index.json" >"$file"
  mv "$file" "$1/index.json"
}

pack() { tar --sort=name --owner=0 --group=0 --numeric-owner --mtime=@0 -C "$1" -c .; }

# An image of two layers: busybox, and a file of random bytes. Both are new each time, so that no registry has them.
make_image() { # layout tag architecture gzip|zstd [foreign-url] -> digest
  local layout=$1 tag=$2 arch=$3 kind=$4 url=${5:-} root=$WORK/tmp/root-$2 part layers='[]' diffs='[]' tar blob type more config digest
  mkdir -p "$root/base/bin" "$root/top"
  cp "$(command -v busybox)" "$root/base/bin/busybox"
  ln -sf busybox "$root/base/bin/sh"
  head -c 32 /dev/urandom >"$root/base/unique"
  head -c 300000 /dev/urandom >"$root/top/payload.bin"
  cp "$root/top/payload.bin" "$WORK/payload-$tag.bin"
  for part in base top; do
    tar=$(mktemp); pack "$root/$part" >"$tar"
    diffs=$(jq -c --arg d "$(digest_of "$tar")" '. + [$d]' <<<"$diffs")
    case $kind in gzip) gzip -n "$tar"; blob=$(put_blob "$layout" "$tar.gz") ;; zstd) zstd -q --rm "$tar"; blob=$(put_blob "$layout" "$tar.zst") ;; esac
    type=application/vnd.oci.image.layer.v1.tar+$kind more='{}'
    if [ -n "$url" ] && [ $part = top ]; then
      type=application/vnd.oci.image.layer.nondistributable.v1.tar+$kind more="{\"urls\":[\"$url\"]}"
    fi
    layers=$(jq -c --argjson d "$(descriptor "$layout" "$blob" "$type" "$more")" '. + [$d]' <<<"$layers")
  done
  config=$(jq -cn --arg a "$arch" --argjson d "$diffs" \
    '{architecture: $a, os: "linux", config: {Cmd: ["/bin/sh"]}, rootfs: {type: "layers", diff_ids: $d}, history: [$d[] | {created_by: "acceptance"}]}' |
    put_json "$layout")
  digest=$(jq -cn --argjson c "$(descriptor "$layout" "$config" application/vnd.oci.image.config.v1+json)" --argjson l "$layers" \
    '{schemaVersion: 2, mediaType: "application/vnd.oci.image.manifest.v1+json", config: $c, layers: $l}' | put_json "$layout")
  rm -rf "$root"
  tag_layout "$layout" "$tag" "$digest"
  echo "$digest"
}

make_index() { # layout tag digest=architecture... -> digest
  local layout=$1 tag=$2 child list='[]' digest; shift 2
  for child in "$@"; do
    list=$(jq -c --argjson d "$(descriptor "$layout" "${child%=*}" "$(media_type_of "$layout" "${child%=*}")" \
      "{\"platform\":{\"os\":\"linux\",\"architecture\":\"${child#*=}\"}}")" '. + [$d]' <<<"$list")
  done
  digest=$(jq -cn --argjson m "$list" '{schemaVersion: 2, mediaType: "application/vnd.oci.image.index.v1+json", manifests: $m}' | put_json "$layout")
  tag_layout "$layout" "$tag" "$digest"
  echo "$digest"
}

# The usual set in $LAYOUT: tags gzip, zstd and multi, their digests in $GZIP, $ZSTD and $MULTI.
make_fixtures() {
  LAYOUT=$WORK/layout
  new_layout "$LAYOUT"
  GZIP=$(make_image "$LAYOUT" gzip amd64 gzip)
  ZSTD=$(make_image "$LAYOUT" zstd amd64 zstd)
  ARM=$(make_image "$LAYOUT" arm arm64 gzip)
  MULTI=$(make_index "$LAYOUT" multi "$GZIP=amd64" "$ARM=arm64")
}

# A layout that holds only one manifest of $LAYOUT: some clients want that.
sub_layout() { # digest new-layout
  local digest
  new_layout "$2"
  for digest in $(reachable "$LAYOUT" "$1"); do cp "$(blob_path "$LAYOUT" "$digest")" "$2/blobs/sha256/"; done
  tag_layout "$2" latest "$1"
}

# ---- comparing bytes -----------------------------------------------------------------------------------------

# The config and layers that one manifest names.
blobs_of() { # layout digest [without-foreign]
  jq -r --arg w "${3:-}" '(.config, .layers[]?) | select(. != null)
    | select($w == "" or (.mediaType | test("nondistributable|foreign") | not)) | .digest' "$(blob_path "$1" "$2")"
}

# A manifest's digest, and those of the manifests below it when it is an index.
manifests_below() { # layout digest
  local child
  echo "$2"
  for child in $(jq -r '.manifests[]?.digest' "$(blob_path "$1" "$2")"); do manifests_below "$1" "$child"; done
}

blobs_below() { # layout digest [without-foreign]
  local manifest
  for manifest in $(manifests_below "$1" "$2"); do blobs_of "$1" "$manifest" "${3:-}"; done
}

reachable() { manifests_below "$1" "$2"; blobs_below "$@"; }

# What a client pulled into another layout is what went in, every byte of it.
assert_same_layout() { # what original pulled digest [without-foreign]
  local digest count=0
  for digest in $(reachable "$2" "$4" "${5:-}"); do
    cmp "$(blob_path "$2" "$digest")" "$(blob_path "$3" "$digest")" || fail "$1: $digest differs"
    count=$((count + 1))
  done
  [ $count -ge 2 ] || fail "$1: only $count things were compared"
  ok "$1: $count manifests and blobs, byte for byte"
}

# The registry serves the manifest under that reference, with all below it, exactly as made here.
assert_served() { # registry repository reference layout digest [without-foreign]
  local registry=$1 repository=$2 reference=$3 layout=$4 digest=$5 one file=$WORK/tmp/served count=0
  get_manifest "$registry" "$repository" "$reference" -o "$file"
  cmp "$file" "$(blob_path "$layout" "$digest")" || fail "$repository:$reference is served with other bytes"
  for one in $(manifests_below "$layout" "$digest"); do
    get_manifest "$registry" "$repository" "$one" -o "$file"
    [ "$(digest_of "$file")" = "$one" ] || fail "$repository: manifest $one is served with other bytes"
    count=$((count + 1))
  done
  for one in $(blobs_below "$layout" "$digest" "${6:-}"); do
    reg_curl "$registry" "/v2/$repository/blobs/$one" -f -L -o "$file"
    [ "$(digest_of "$file")" = "$one" ] || fail "$repository: blob $one is served with other bytes"
    count=$((count + 1))
  done
  [ $count -ge 2 ] || fail "only $count things were compared"
  ok "$registry serves $repository:$reference: $count manifests and blobs, byte for byte"
}
