#!/usr/bin/env bash
# Builds plimsoll and every peer, runs them in turn on one processor, prints one table a workload.
#
# usage: benches/peers/run.sh [W1,W2,W3,W4] [REPETITIONS=5] [SCALE=1] [NAME-PREFIX,...]
#
# SCALE multiplies the number of requests; name prefixes choose contestants (all by default), and
# only what they need is built. A peer that cannot be built here is left out with a word on stderr.
# Needs: cargo, python3, g++. ns-3 is in the race if its headers are installed (libns3-dev), asyncflow
# needs python3.12, happysim python3.13. Everything is kept in PEERS_DIR (default target/peers).
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
workloads=${1:-W1,W2,W3,W4} repetitions=${2:-5} scale=${3:-1} only=${4:-}
export PEERS_DIR=${PEERS_DIR:-$root/target/peers}
mkdir -p "$PEERS_DIR/cpp"

# wanted NAME: no prefixes were given, or one of them belongs to this contestant.
wanted() {
    [ -z "$only" ] && return 0
    local prefix
    for prefix in ${only//,/ }; do
        case "$1" in "$prefix"*) return 0 ;; esac
        case "$prefix" in "$1"*) return 0 ;; esac
    done
    return 1
}

left_out() { printf 'left out: %s\n' "$1" >&2; }

# python_peer NAME VERSION PACKAGE...: an environment with exactly these packages.
python_peer() {
    local name=$1 interpreter=$2
    shift 2
    wanted "$name" || return 0
    local place=$PEERS_DIR/python/$name
    [ -f "$place/ready" ] && return 0
    command -v "$interpreter" >/dev/null && "$interpreter" -m venv --clear "$place" &&
        "$place/bin/pip" -q install "$@" && touch "$place/ready" || left_out "$name ($*)"
}

# rust_peer NAME FOLDER [VARIABLE=VALUE...]: its own package, tuned for this machine.
rust_peer() {
    local name=$1 folder=$2
    shift 2
    wanted "$name" || return 0
    (cd "$here/$folder" &&
        env "$@" CARGO_TARGET_DIR="$PEERS_DIR/$folder" RUSTFLAGS="-C target-cpu=native" \
            cargo build --quiet --release --locked) || left_out "$name"
}

# plimsoll is built as its users build it: no flags for this machine.
if wanted plimsoll; then
    if [ -f "$root/examples/peer.rs" ]; then
        (cd "$root" && cargo build --quiet --release --locked --example peer \
            --target-dir "$root/target") || left_out plimsoll
    else
        left_out "plimsoll (there is no examples/peer.rs)"
    fi
fi

rust_peer ideal-rust ideal-rust
rust_peer interp ideal-rust
rust_peer boxed-futures ideal-rust
rust_peer odem-rs odem-rs
rust_peer nexosim nexosim
# desim uses coroutines, which the stable compiler only accepts when told that it may.
rust_peer desim desim RUSTC_BOOTSTRAP=1

python_peer simpy python3 simpy==4.1.2
python_peer ciw python3 ciw==3.2.7
python_peer salabim python3 salabim==26.0.9
python_peer asyncflow python3.12 asyncflow-sim==0.1.1
python_peer happysim python3.13 happysim==0.2.5

if wanted ideal-cpp; then
    g++ -O3 -march=native -std=c++17 -o "$PEERS_DIR/cpp/ideal" "$here/ideal-cpp/ideal.cpp" ||
        left_out ideal-cpp
fi
if wanted ns3; then
    header=$(find /usr/include /usr/local/include -name core-module.h -path '*ns3*' 2>/dev/null | head -n 1)
    if [ -n "$header" ]; then
        g++ -O3 -march=native -std=c++17 -I"$(dirname "$(dirname "$header")")" \
            -o "$PEERS_DIR/cpp/run_ns3" "$here/ns3/run_ns3.cc" -lns3-core || left_out ns3
    else
        left_out "ns3 (no headers: libns3-dev)"
    fi
fi

exec python3 "$here/bench.py" "$workloads" "$repetitions" "$scale" "$only"
