#!/usr/bin/env bash
# needs: conformance
# The OCI distribution conformance suite, with everything switched on that its "dev" version knows.
#   conformance.sh          all but sparse manifests, which a server refuses unless its policy allows them
#   conformance.sh sparse   sparse manifests too; the runner starts a server whose policy allows them
# The suite exits 0 when something was skipped, and also when it could not start; so its results file alone decides.
. "$(dirname "$0")/lib.sh"
mode=${1:-full}
case $mode in full) sparse=false ;; sparse) sparse=true ;; *) fail "unknown mode $mode" ;; esac

# Nothing of the caller may switch a test off.
for variable in $(compgen -e OCI_ || true); do unset "$variable"; done
export OCI_VERSION=dev OCI_REGISTRY=$HTTP_REGISTRY OCI_TLS=disabled OCI_USERNAME=$REG_USER OCI_PASSWORD=$REG_PASS
export OCI_REPO1=conformance/repo1 OCI_REPO2=conformance/repo2 OCI_DATA_SPARSE=$sparse OCI_RESULTS_DIR=$WORK/results

results=$OCI_RESULTS_DIR/results.yaml
[ ! -e "$results" ] || fail "$results is there before the suite ran"
cd "$WORK" # where no oci-conformance.yaml lies
step "the suite, mode $mode"
conformance >"$WORK/report.txt" 2>"$WORK/suite.log" || echo "   the suite exited $?"
[ -s "$results" ] || { tail -n 20 "$WORK/suite.log"; fail 'the suite wrote no results'; }
grep -qx '  version: dev' "$results" || fail 'the suite did not run its dev version'

# "apis:" and "data:" are flat maps of a name and a status.
bad=0
awk -v sparse=$sparse '
  /^[a-z]+:/ { section = $1; next }
  section == "apis:" || section == "data:" {
    status = $NF; name = $0; sub(/^ +/, "", name); sub(/: [^:]*$/, "", name)
    count[section]++
    good = status == "Pass" || (status == "Disabled" && name == "Sparse Manifests" && sparse == "false")
    if (!good) bad++
    printf "   %-5s %-28s %s%s\n", section == "apis:" ? "api" : "data", name, status, good ? "" : "   <--"
  }
  END {
    # As many as the pinned suite has: fewer means that something was not even tried.
    if (count["apis:"] != 28 || count["data:"] != 24) { print "FAILED: " count["apis:"] + 0 " apis and " count["data:"] + 0 " kinds of data, not 28 and 24"; exit 1 }
    if (bad) { print "FAILED: " bad " of 52 are not Pass"; exit 1 }
    print "   ok: 28 apis and 24 kinds of data"
  }' "$results" || bad=1

# An api is "Pass" as soon as one of its tests passed, though another was skipped: no single test may be.
for state in Disabled Skip FAIL Error; do
  number=$(sed -n "s/^  $state\.*: *\([0-9]*\)\$/\1/p" "$WORK/report.txt")
  if [ "$number" = 0 ]; then ok "no test is $state"; else bad=1; echo "FAILED: ${number:-no number of} tests are $state"; fi
done

[ $bad = 0 ] || {
  echo '--- what failed or was skipped'
  grep -hE '^ +- |: (FAIL|Error|Skip)$' "$WORK/report.txt" | grep -B1 -E '^ +- ' | sed -n 1,60p
  exit 1
}
