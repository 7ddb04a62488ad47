#!/usr/bin/env bash
# Brings the real clients that the acceptance run drives: Debian packages (as root), and Go programs at the
# versions below, built into a cache that is keyed by version, so that a second run costs nothing.
#   install-clients.sh          install what is missing, one line and its time for each
#   install-clients.sh NAME...  only these of the Go programs (the bench wants one)
#   install-clients.sh --bin    only print the folder with the Go programs
# Exit 0: all there. Exit 1: root, and something could not be had. Exit 3: not root, and something is not here;
# each missing client is one line "MISSING <name>: <why>", which the runner repeats as NOT RUN.
set -Eeuo pipefail

cache=${HOLDFAST_CLIENTS:-${XDG_CACHE_HOME:-$HOME/.cache}/holdfast/clients}
bin=$cache/bin
if [ "${1:-}" = --bin ]; then echo "$bin"; exit 0; fi

packages=(skopeo podman buildah docker.io containerd runc zstd busybox-static jq curl openssl iproute2 socat util-linux azure-cli python3-venv
  nginx-light chromium fonts-noto-cjk)
# Debian's kubectl is old; where there is another, that one is driven.
command -v kubectl >/dev/null || packages+=(kubernetes-client)
# What each package must bring: a package that is "installed" without its program counts as missing.
programs=(kubectl skopeo podman buildah dockerd containerd runc zstd busybox jq curl openssl ip tc socat unshare prlimit ctr docker nginx chromium)

go_clients='
conformance github.com/opencontainers/distribution-spec/conformance v0.0.0-20260831232431-97274622c111
crane       github.com/google/go-containerregistry/cmd/crane         v0.22.1
oras        oras.land/oras/cmd/oras                                  v1.3.6
notation    github.com/notaryproject/notation/cmd/notation           v1.3.2
helm        helm.sh/helm/v3/cmd/helm                                 v3.22.0
cosign      github.com/sigstore/cosign/v3/cmd/cosign                 v3.1.3
crictl      sigs.k8s.io/cri-tools/cmd/crictl                         v1.34.0
distribution-registry github.com/distribution/distribution/v3/cmd/registry v3.1.2
'

# The Azure CLI: the newest of PyPI in an environment of its own, and Debian's, which is older and has quirks of its own.
az_newest=2.91.0

root=$([ "$(id -u)" = 0 ] && echo yes || echo no)
missing=0
mkdir -p "$bin"
# Two runs at once must not build the same thing twice, nor fight over dpkg.
exec 9>"$cache/lock"
flock 9

line() { printf '  %-12s %-44s %s\n' "$1" "$2" "$3"; }
miss() { missing=1; echo "MISSING $1: $2"; }

debian() {
  local start=$SECONDS want=() p
  for p in "${packages[@]}"; do
    [ "$(dpkg-query -Wf '${db:Status-Status}' "$p" 2>/dev/null)" = installed ] || want+=("$p")
  done
  if [ ${#want[@]} = 0 ]; then line debian "${#packages[@]} packages" 'already there'; return; fi
  if [ "$root" = no ]; then line debian "${want[*]}" 'not installed (needs root)'; return; fi
  # No daemon of these packages may start by itself: the scripts start their own, with private folders.
  local policy=/usr/sbin/policy-rc.d made=no
  if [ ! -e $policy ]; then made=yes; printf '#!/bin/sh\nexit 101\n' >$policy; chmod 755 $policy; fi
  if ! { apt-get update -q && DEBIAN_FRONTEND=noninteractive nice apt-get -o DPkg::Lock::Timeout=120 install -qy --no-install-recommends "${want[@]}"; } \
      >"$cache/debian.log" 2>&1; then
    tail -n 15 "$cache/debian.log"
  fi
  [ $made = no ] || rm -f $policy
  line debian "${want[*]}" "$((SECONDS - start)) s"
}

# The module cache may be warm for another version; GOTOOLCHAIN=local keeps to the Go of this machine.
build() { # name package version target-folder
  local into=$4.tmp
  rm -rf "$into"; mkdir -p "$into"
  export GOBIN=$into GOTOOLCHAIN=local CGO_ENABLED=0 GOFLAGS=
  nice go install -trimpath -buildvcs=false -ldflags='-s -w' "$2@$3" >"$cache/$1.log" 2>&1 && take "$@" && return
  # `go install x@v` also asks for the module's list of versions, to warn of a deprecation. A proxy that serves the
  # version but not the list is enough when the version stands in a go.mod.
  (
    cd "$into"
    printf 'module acceptance.invalid/clients\n\ngo 1.24\n\nrequire %s %s\n' "${2%/cmd/*}" "$3" >go.mod
    nice go install -mod=mod -trimpath -buildvcs=false -ldflags='-s -w' "$2" >>"$cache/$1.log" 2>&1
  ) || return 1
  rm -f "$into"/go.mod "$into"/go.sum
  take "$@"
}

# A program is built under the last word of its package; some of them (`registry`) want a name that says whose they are.
take() { # as build
  [ "${2##*/}" = "$1" ] || mv "$4.tmp/${2##*/}" "$4.tmp/$1"
  mv "$4.tmp" "$4"
}

go_programs() { # [only these]
  local name package version start target
  while read -r name package version; do
    [ -n "$name" ] || continue
    [ $# = 0 ] || [[ " $* " = *" $name "* ]] || continue
    target=$cache/$name@$version
    start=$SECONDS
    if [ -x "$target/$name" ]; then
      line "$name" "$version" cached
    elif ! command -v go >/dev/null; then
      miss "$name" "no Go toolchain to build $version with"; continue
    elif build "$name" "$package" "$version" "$target"; then
      line "$name" "$version" "built in $((SECONDS - start)) s"
    else
      tail -n 5 "$cache/$name.log"
      miss "$name" "$package@$version could not be built"; continue
    fi
    ln -sfn "../$name@$version/$name" "$bin/$name"
  done <<<"$go_clients"
}

# Each az under a name of its own: `az` alone would be whichever comes first.
azure_clis() {
  local start=$SECONDS target=$cache/az@$az_newest
  if [ -x "$target/bin/az" ]; then
    line az-newest "$az_newest" cached
  elif rm -rf "$target.tmp" "$target" && python3 -m venv "$target" >"$cache/az.log" 2>&1 &&
    nice "$target/bin/python" -m pip install --quiet --disable-pip-version-check --only-binary :all: "azure-cli==$az_newest" >>"$cache/az.log" 2>&1; then
    line az-newest "$az_newest" "installed in $((SECONDS - start)) s"
  else
    rm -rf "$target"
    tail -n 5 "$cache/az.log"
    miss az-newest "azure-cli $az_newest could not be installed from PyPI"
    return
  fi
  ln -sfn "../az@$az_newest/bin/az" "$bin/az-newest"
  [ -x /usr/bin/az ] && ln -sfn /usr/bin/az "$bin/az-debian" || miss az-debian 'not installed'
}

total=$SECONDS
if [ $# -gt 0 ]; then go_programs "$@"; exit $missing; fi
debian
go_programs
azure_clis
for program in "${programs[@]}"; do
  command -v "$program" >/dev/null || [ -x "/usr/sbin/$program" ] ||
    miss "$program" "not installed$([ $root = yes ] || echo ' (installing it needs root)')"
done
line total '' "$((SECONDS - total)) s"
[ $missing = 0 ] || { [ $root = yes ] && exit 1 || exit 3; }
