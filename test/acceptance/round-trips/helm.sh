#!/usr/bin/env bash
# needs: helm
# helm: registry login, push, pull, show and template of a chart; the package comes back byte for byte.
. "$(dirname "$0")/../lib.sh"
echo "helm $(helm version --short)"

cd "$WORK"
mkdir -p chart/templates
for version in 1.0.0 1.1.0+build.5; do
  printf 'apiVersion: v2\nname: chart\nversion: %s\nappVersion: "7"\ndescription: acceptance\n' $version >chart/Chart.yaml
  printf 'payload: %s\n' "$(head -c 3000 /dev/urandom | base64 -w0)" >chart/values.yaml
  printf 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}\ndata:\n  payload: {{ .Values.payload }}\n' >chart/templates/map.yaml
  helm package chart -d packages >/dev/null
done

for registry in "$HTTP_REGISTRY" "$HTTPS_REGISTRY"; do
  step "sign in, push, pull at $registry"
  if [ "$registry" = "$HTTP_REGISTRY" ]; then how=(--plain-http); else how=(--ca-file "$CA"); fi
  charts=oci://$registry/helm
  refused 'a wrong password' '401|unauthorized' helm registry login "${how[@]}" -u "$REG_USER" -p "not-$REG_PASS" "$registry"
  refused 'a push without sign-in' '401|unauthorized|basic credential not found' helm push "${how[@]}" packages/chart-1.0.0.tgz "$charts"
  helm registry login "${how[@]}" -u "$REG_USER" --password-stdin "$registry" <<<"$REG_PASS" 2>/dev/null
  for version in 1.0.0 1.1.0+build.5; do
    helm push "${how[@]}" "packages/chart-$version.tgz" "$charts" 2>/dev/null
    mkdir back
    helm pull "${how[@]}" "$charts/chart" --version "$version" -d back 2>/dev/null
    assert_same_file "chart $version came back byte for byte" "packages/chart-$version.tgz" "back/chart-$version.tgz"
    rm -r back
  done
  assert_contains 'show chart' "$(helm show chart "${how[@]}" "$charts/chart" --version 1.0.0 2>/dev/null)" 'appVersion: "7"'
  assert_contains 'the newest by version range' "$(helm show chart "${how[@]}" "$charts/chart" --version '^1' 2>/dev/null)" 'version: 1.1.0'
  assert_contains 'template' "$(helm template "${how[@]}" rel "$charts/chart" --version 1.0.0 2>/dev/null)" 'name: rel'
  assert_eq 'the config is a chart' "$(get_manifest "$registry" helm/chart 1.0.0 | jq -r .config.mediaType)" application/vnd.cncf.helm.config.v1+json
  helm registry logout "$registry" 2>/dev/null
  refused 'a pull after signing out' '401|unauthorized|basic credential not found' helm pull "${how[@]}" "$charts/chart" --version 1.0.0
done
refused "TLS without the site's CA" 'x509|certificate' helm pull "oci://$HTTPS_REGISTRY/helm/chart" --version 1.0.0
