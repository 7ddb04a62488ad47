#!/usr/bin/env bash
# needs: root az-debian crane jq curl busybox zstd unshare
# server: own
# Debian's az 2.45: the same lines, but for those that its packaging breaks before any request is sent.
. "$(dirname "$0")/lib.bash"
az_command=az-debian ROLE_LINES=no
. "$(dirname "$0")/az-lines.bash"
