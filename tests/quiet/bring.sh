#!/usr/bin/env bash
# Brings strace, with which a test sees what native code connects to, where apt is there and allowed; elsewhere that test is skipped and says so.
set -u
command -v strace >/dev/null 2>&1 && exit 0
if command -v apt-get >/dev/null 2>&1 && [ "$(id -u)" = 0 ]; then
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq >/dev/null 2>&1 && apt-get install -y -qq --no-install-recommends strace >/dev/null 2>&1
fi
command -v strace >/dev/null 2>&1 || echo "strace is not here and cannot be installed: what native code connects to will not be looked at."
exit 0
