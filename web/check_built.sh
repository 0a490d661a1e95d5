#!/usr/bin/env bash
# Rebuilds the pages into a temporary folder and compares it with what is committed in api/static, byte for byte.
set -euo pipefail
cd "$(dirname "$0")"
built=../api/static
fresh=$(mktemp -d)
trap 'rm -rf "$fresh"' EXIT
CONCIERGE_STATIC="$fresh" npm run --silent build
if ! diff --recursive --brief "$built" "$fresh" | sed "s#$fresh#a fresh build#g; s#$built#api/static#g"; then
  echo "api/static is not what web/ builds: run \`make web\` and commit api/static." >&2
  exit 1
fi
echo "api/static is what web/ builds ($(find "$fresh" -type f | wc -l) files)."
