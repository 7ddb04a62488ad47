#!/usr/bin/env bash
# needs: root crane jq curl busybox zstd unshare
# server: own
# The Azure SDKs for JavaScript, unmodified: every operation of both registry clients that the product offers.
. "$(dirname "$0")/lib.bash"
make_fixtures
name=sdk$(random_word 8)
host "$name"
SITE=$(jq -cn --arg domain "$DOMAIN" --arg subscription "$SUBSCRIPTION" --arg tenant "$(boot .tenantId)" \
  --arg app "$(boot .servicePrincipal.appId)" --arg secret "$(boot .servicePrincipal.password)" \
  --arg owner "$(boot .owner.username)" --arg ownerPassword "$(boot .owner.password)" --arg region "$(boot .region)" \
  --arg registry "$name" --arg layout "$LAYOUT" --arg digest "$GZIP" '$ARGS.named')
export SITE NODE_EXTRA_CA_CERTS=$CA SSL_CERT_FILE=$CA
# Between its two halves another client pushes what the content client then reads.
"$checkout/node_modules/.bin/node" "$acceptance/azure/sdk.ts" manage
password=$(cat "$WORK/sdk-password")
crane auth login "$name.azsacr.$DOMAIN" -u "$name" -p "$password" >/dev/null 2>&1
sub_layout "$GZIP" "$WORK/one"
for tag in v1 v2 v3; do crane push "$WORK/one" "$name.azsacr.$DOMAIN/team/app:$tag" >/dev/null; done
"$checkout/node_modules/.bin/node" "$acceptance/azure/sdk.ts" content
assert_eq 'tags that the SDK left, as crane sees them' "$(crane ls "$name.azsacr.$DOMAIN/team/app" | paste -sd,)" v1,v2
server_is_well
