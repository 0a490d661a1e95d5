#!/usr/bin/env bash
# Brings what the browser tests need (Debian's chromium and a Chinese font) where apt is there and allowed; elsewhere they are skipped and say so.
set -u
have_font() { fc-list :lang=zh 2>/dev/null | grep -q .; }
if command -v chromium >/dev/null 2>&1 && have_font; then exit 0; fi
if command -v apt-get >/dev/null 2>&1 && [ "$(id -u)" = 0 ]; then
  echo "Installing chromium and a Chinese font for the browser tests ..."
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq >/dev/null 2>&1 && apt-get install -y -qq --no-install-recommends chromium fonts-wqy-microhei fontconfig >/dev/null 2>&1
fi
command -v chromium >/dev/null 2>&1 || echo "chromium is not here and cannot be installed: the browser tests will be skipped."
exit 0
