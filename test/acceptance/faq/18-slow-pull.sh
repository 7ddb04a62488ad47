#!/usr/bin/env bash
# needs: root tc jq unshare
# server: own
# FAQ: a pull is slow. check-health gives MB/s and where the time goes, and names a slow network when there is one.
. "$(dirname "$0")/../azure/lib.bash"
. "$acceptance/faq/speed/speed.bash"
measured pull
slow_network pull
server_is_well
