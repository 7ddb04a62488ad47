#!/usr/bin/env bash
# needs: root tc jq unshare
# server: own
# FAQ: a push is slow. check-health gives MB/s and where the time goes, hashing among it, and names a slow network.
. "$(dirname "$0")/../azure/lib.bash"
. "$acceptance/faq/speed/speed.bash"
measured push
slow_network push
server_is_well
