#!/usr/bin/env bash
# needs: root az-newest crane jq curl busybox zstd unshare
# server: own
# The newest az from PyPI, unmodified, against a site without internet: every line of the acceptance script.
. "$(dirname "$0")/lib.bash"
az_command=az-newest ROLE_LINES=yes
. "$(dirname "$0")/az-lines.bash"
