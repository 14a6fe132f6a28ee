# Sourced by .ci/run and .ci/verify: what both of them run, and how they count it.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export NO_COLOR=1
export FAST_CHECK_RUNS=500 # random scripts of each property; a newcomer's run tries 100
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
failed=0

step() {
  echo
  echo "== $*"
  "$@" || { echo "== failed: $*"; failed=$((failed + 1)); }
}

suite() { # NAME: runs the tests and leaves their counts in NAME.json
  npm test -- --reporter=default --reporter=json --outputFile.json="$out/$1.json"
}

verify() { # what a newcomer runs, and what a reviewer asks for
  step npm ci
  step npm run check
  step suite here
}

report() { # FILE...: prints the counts, and fails unless everything passed
  node -e '
    const { existsSync, readFileSync } = require("node:fs");
    let passed = 0;
    let failed = Number(process.argv[1]);
    for (const file of process.argv.slice(2)) {
      if (!existsSync(file)) continue;
      const { numPassedTests, numFailedTests, numPendingTests } = JSON.parse(readFileSync(file));
      passed += numPassedTests;
      failed += numFailedTests + numPendingTests;
    }
    console.log(`${passed} passed, ${failed} failed`);
    process.exit(failed > 0 || passed === 0 ? 1 : 0);
  ' "$failed" "$@"
}
