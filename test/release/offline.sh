#!/bin/bash
# Proves that the archive of `npm run release` runs where there is nothing: no Node, no npm, no network, only glibc.
#   test/release/offline.sh [ARCHIVE]      as root; without ARCHIVE one is made first
# A root folder gets the unpacked archive, the C and C++ libraries and a shell, nothing else. There, in a network
# namespace whose one device is loopback, the server starts, an image goes in and comes out, and after a restart again.
set -Eeuo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
PATH=$PATH:/usr/sbin:/sbin

if [ -z "${HOLDFAST_OFFLINE:-}" ]; then
  skip() { echo "offline release: skipped, $1"; echo "0 passed, 0 failed, 1 skipped"; exit 0; }
  [ "$(id -u)" = 0 ] || skip "it needs root for chroot and namespaces"
  fail() { echo "offline release: $1"; echo "0 passed, 1 failed"; exit 1; }
  command -v busybox >/dev/null || fail "it needs busybox (Debian's busybox-static) as the shell of the empty root"
  unshare --net --mount --pid --fork true 2>/dev/null || fail "this machine gives no namespaces"

  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  archive=${1:-}
  if [ -z "$archive" ]; then
    (cd "$here/../.." && npm run --silent release -- --out "$work/made")
    archive=$(echo "$work"/made/*.tar.gz)
  fi
  mkdir "$work/root"
  HOLDFAST_OFFLINE=$work ARCHIVE=$archive \
    unshare --net --mount --pid --fork --kill-child --propagation private bash "$0" && status=0 || status=$?
  exit $status
fi

# ---- inside the namespaces -------------------------------------------------------------------------------------

work=$HOLDFAST_OFFLINE
root=$work/root
passed=0
trap 'echo "FAILED: ${what:-setting up} (line $LINENO: $BASH_COMMAND)"; sed "s/^/  server: /" "$work"/server.* 2>/dev/null; echo "$passed passed, 1 failed"; exit 1' ERR
ok() { passed=$((passed + 1)); echo "ok  $what"; }
# No function: the process id of one in the background would be a shell's, not the server's.
inside=(chroot --userspec=1000:1000 "$root" /bin/env -i PATH=/bin HOME=/home/site LC_ALL=C)

what="the archive's checksums fit"
mkdir -p "$root"/{bin,dev,etc,home/site,opt,proc,tmp}
tar -xzf "$ARCHIVE" -C "$root/opt" --no-same-owner
release=$(basename "$ARCHIVE" .tar.gz)
(cd "$root/opt/$release" && sha256sum --check --quiet SHA256SUMS)
ok

what="the root holds no Node, no npm and no compiler"
cp "$(command -v busybox)" "$root/bin/busybox"
for tool in sh ls uname dirname readlink mkdir env; do ln -s busybox "$root/bin/$tool"; done
ln -s "/opt/$release/bin/holdfast" "$root/bin/holdfast"
# What the runtime itself asks for: libc, libm, libdl, libpthread, libstdc++, libgcc_s and the loader.
for binary in "$root/opt/$release/runtime/node" "$root/bin/busybox"; do
  { ldd "$binary" 2>/dev/null | grep -o '/[^ ]*' || true; } | while read -r library; do
    mkdir -p "$root$(dirname "$library")"
    cp -L "$library" "$root$library"
  done
done
for device in null zero urandom; do touch "$root/dev/$device"; mount --bind "/dev/$device" "$root/dev/$device"; done
mount -t proc proc "$root/proc"
printf 'root:x:0:0::/:/bin/sh\nsite:x:1000:1000::/home/site:/bin/sh\n' >"$root/etc/passwd"
printf '127.0.0.1 localhost\n' >"$root/etc/hosts"
chown 1000:1000 "$root/home/site"
cp "$here/push-and-pull.ts" "$root/tmp/push-and-pull.ts"
"${inside[@]}" sh -c 'for tool in node npm npx cc; do ! command -v $tool || exit 1; done'
ok

what="there is no network but loopback"
ip link set lo up
[ "$(ip -o link | wc -l)" = 1 ]
[ -z "$(ip route)" ]
ok

start() {
  # The system's libraries are all there is; the server is no root and may write to its home only.
  "${inside[@]}" holdfast serve --data /home/site/data --http 127.0.0.1:22500 --https 127.0.0.1:22501 \
    >"$work/server.out" 2>"$work/server.err" &
  server=$!
  for _ in $(seq 200); do
    if grep -q '"event":"ready"' "$work/server.out"; then return 0; fi
    kill -0 "$server"
    sleep 0.1
  done
  return 1
}
stop() {
  kill -TERM "$server"
  wait "$server"
}
client() {
  local password
  password=$("${inside[@]}" holdfast bootstrap show registry.password --data /home/site/data)
  "${inside[@]}" env PASSWORD="$password" CA=/home/site/data/tls/ca.pem "/opt/$release/runtime/node" /tmp/push-and-pull.ts "$@"
}

what="the server starts and says that it is ready"
start
ok
what="an image is pushed over HTTPS, verified by the site's CA, and pulled, the bytes are the same"
client push pull
ok
what="the command line signs in, and carries an image out of the registry and into it"
ln -s "/opt/$release/bin/docker-credential-holdfast" "$root/bin/docker-credential-holdfast"
cli() { "${inside[@]}" env HOLDFAST_CONFIG_DIR=/home/site/data/cli DOCKER_CONFIG=/home/site/data/cli "$@"; }
boot() { "${inside[@]}" holdfast bootstrap show "$1" --data /home/site/data; }
cli holdfast login --server https://localhost:22501 --ca /home/site/data/tls/ca.pem --service-principal \
  -u "$(boot servicePrincipal.appId)" -p "$(boot servicePrincipal.password)" -o none
[ "$(cli holdfast acr repository list -n registry -o tsv)" = "$(cli holdfast ls registry -o tsv)" ]
image=registry/$(cli holdfast acr repository list -n registry --query '[0]' -o tsv)
cli holdfast pull "$image:v1" /home/site/data/cli/layout -o none
cli holdfast push /home/site/data/cli/layout registry/carried:v1 -o none
[ "$(cli holdfast inspect registry/carried:v1 --query digest -o tsv)" = "$(cli holdfast inspect "$image:v1" --query digest -o tsv)" ]
cli holdfast acr show -n registry -o yaml >"$work/shown"
grep -q '^name: registry' "$work/shown"
echo localhost:22501 | cli docker-credential-holdfast get | grep -q '"Secret"'
ok
what="the process that was started is the server: SIGTERM ends it with 0"
stop
ok
what="after a restart the image is there"
start
client pull
stop
ok
what="nothing was written beside the data folder"
[ -z "$(find "$root/home/site" -mindepth 1 -maxdepth 1 ! -name data)" ]
ok

echo "$passed passed, 0 failed"
