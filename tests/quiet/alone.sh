#!/usr/bin/env bash
# Runs a command on a machine that is alone: nothing but loopback, no way to anywhere, and a name server that is nowhere.
# Counts what the kernel was asked to send elsewhere, by Python or by native code; exit code 3 if that is anything at all.
#   bash tests/quiet/alone.sh .venv/bin/python -m pytest -m "not slow and not browser"
# Linux, iproute2, and the right to make namespaces. A PostgreSQL of this machine that listens on its Unix socket is reached on port 5432.
set -euo pipefail
cd "$(dirname "$0")/../.."
if [ "${1:-}" != --inside ]; then
  as_root=()
  [ "$(id -u)" = 0 ] || as_root=(--map-root-user)
  exec unshare --net --mount "${as_root[@]}" -- bash "$0" --inside "$@"
fi
shift
ip link set lo up
ip address add 192.0.2.1/32 dev lo # where the tests of the guard itself connect to
nowhere=$(mktemp)
postgres=/var/run/postgresql/.s.PGSQL.5432 ferry=
trap 'rm -f "$nowhere"; [ -z "$ferry" ] || kill "$ferry"' EXIT
echo "nameserver 192.0.2.53" >"$nowhere"
mount --bind "$nowhere" "$(realpath /etc/resolv.conf)" # a name server on loopback would be asked without being counted
if [ -S "$postgres" ]; then
  "${PYTHON:-python3}" tests/quiet/ferry.py "$postgres" 5432 &
  ferry=$!
fi
# Connections and datagrams for which there was no route (RFC 4293), over IPv4 and IPv6.
tried() {
  awk '/^Ip:/ { if (!n) { for (i = 2; i <= NF; i++) if ($i == "OutNoRoutes") n = i } else print $n }' /proc/net/snmp
  awk '$1 == "Ip6OutNoRoutes" { print $2 }' /proc/net/snmp6
}
before=$(($(tried | paste -sd+)))
code=0
"$@" || code=$?
count=$(($(tried | paste -sd+) - before))
echo "the kernel was asked to send elsewhere: $count times"
[ "$count" = 0 ] || exit 3
exit "$code"
