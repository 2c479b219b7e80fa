"""Runs every contestant that is built, in turn, and prints a table for each workload.

usage: bench.py W1,W2,W3,W4 REPETITIONS SCALE [NAME-PREFIX,...]      (run.sh builds them and calls this)

A contestant is a program: PROGRAM WORKLOAD REQUESTS SEED. Its last line of output is
    name workload requests seconds mean_ms p50_ms p99_ms
where seconds is the whole simulation of that many requests from an empty system, without start-up.
Repetition k uses seed k; contestants alternate, so that a slow minute of the machine hits all alike.
"""

import os
import shutil
import statistics
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
BUILT = os.environ.get("PEERS_DIR", os.path.join(ROOT, "target", "peers"))
WORKLOADS = ("W1", "W2", "W3", "W4")
BASE = "ideal-rust-d4-own"  # ratios are to the hand-written Rust program with the same kind of calendar

# Events that have to pass through the event list for one request: arrivals and completions.
CALENDAR_EVENTS = {"W1": 2, "W2": 2, "W3": 4, "W4": 101}
# Mean, p50, p99 in ms: exact for W1, W2, W4 (theory/theory.py); W3 from a run of 10^9 requests.
KNOWN = {
    "W1": (50.0, 34.6574, 230.2585),
    "W2": (10.7277, 7.7647, 46.9223),
    "W3": (6.96559, 5.63255, 26.7238),
    "W4": (71.4999, 65.5312, 159.6716),
}


def requests(*counts):
    """Requests at scale 1 for W1, W2, ...: some seconds of work for each contestant; None: cannot."""
    return {w: n for w, n in zip(WORKLOADS, counts) if n}


def built(*parts):
    return os.path.join(BUILT, *parts)


def python(name):
    return [built("python", name, "bin", "python"), os.path.join(HERE, name, f"run_{name}.py")]


FAST = requests(10_000_000, 10_000_000, 5_000_000, 200_000)
CONTESTANTS = {
    "plimsoll": ([os.path.join(ROOT, "target", "release", "examples", "peer")],
                 requests(5_000_000, 5_000_000, 2_000_000, 100_000)),
    **{f"ideal-cpp-{v}": ([built("cpp", "ideal"), v], FAST) for v in ("bin", "d4", "tour")},
    "ideal-cpp-lind": ([built("cpp", "ideal"), "lind"], requests(10_000_000, 10_000_000, None, 200_000)),
    **{f"ideal-rust-{v}": ([built("ideal-rust", "release", "ideal"), v], FAST)
       for v in ("std-own", "d4-own", "d4-hdr3", "radix-own")},
    **{f"interp-{v}": ([built("ideal-rust", "release", "interp"), v], FAST)
       for v in ("d4", "d4-bare", "std", "radix")},
    "boxed-futures": ([built("ideal-rust", "release", "boxed"), "d4"], FAST),
    "odem-rs": ([built("odem-rs", "release", "peer-odem"), "odem-rs"],
                requests(5_000_000, 3_000_000, 2_000_000, 50_000)),
    "ns3-map": ([built("cpp", "run_ns3"), "map"], requests(5_000_000, 3_000_000, 2_000_000, 50_000)),
    "ns3-heap": ([built("cpp", "run_ns3"), "heap"], requests(3_000_000, 2_000_000, 1_000_000, 30_000)),
    "desim": ([built("desim", "release", "peer-desim"), "desim"],
              requests(1_000_000, 1_000_000, 500_000, 10_000)),
    "nexosim": ([built("nexosim", "release", "peer-nexosim"), "nexosim"],
                requests(2_000_000, 2_000_000, 1_000_000, 30_000)),
    "nexosim-mono": ([built("nexosim", "release", "peer-nexosim"), "nexosim-mono"],
                     requests(3_000_000, 3_000_000)),
    "simpy": (python("simpy"), requests(1_000_000, 500_000, 200_000, 5_000)),
    "ciw": (python("ciw"), requests(200_000, 200_000, None, 2_000)),
    "happysim": (python("happysim"), requests(100_000, 80_000, 60_000, 2_000)),
    "asyncflow*": (python("asyncflow"), requests(80_000, None, 60_000)),  # *: a simpler model, see its file
    "salabim": (python("salabim"), requests(20_000, 20_000, 10_000, 300)),
}


def pinned(command):
    """The command on one processor, the last, where the machine lets us choose."""
    if shutil.which("taskset") and hasattr(os, "sched_getaffinity"):
        return ["taskset", "-c", str(max(os.sched_getaffinity(0))), *command]
    return command


def run(name, command, workload, count, seed):
    """(requests, seconds, mean, p50, p99) of one run, or None with a word on stderr."""
    try:
        done = subprocess.run(pinned([*command, workload, str(count), str(seed)]),
                              capture_output=True, text=True, timeout=600, check=True)
        return [float(field) for field in done.stdout.strip().splitlines()[-1].split()[2:]]
    except (OSError, subprocess.SubprocessError, ValueError, IndexError) as error:
        print(f"left out: {name} at {workload} ({error})", file=sys.stderr)
        return None


def race(workload, contestants, repetitions, scale):
    """Rows (name, median seconds a request, least, most, (mean, p50, p99), requests)."""
    runs = {name: [] for name in contestants}
    failed = set()
    for seed in range(1, repetitions + 1):
        for name, (command, counts) in contestants.items():
            if name in failed:
                continue
            result = run(name, command, workload, max(100, int(counts[workload] * scale)), seed)
            if result is None:
                failed.add(name)
            else:
                runs[name].append(result)
    for name, results in runs.items():
        if results and name not in failed:
            pace = sorted(seconds / count for count, seconds, *_ in results)
            total = sum(result[0] for result in results)
            known = [sum(result[i] * result[0] for result in results) / total for i in (2, 3, 4)]
            yield name, statistics.median(pace), pace[0], pace[-1], known, total


def table(workload, rows):
    mean, p50, p99 = KNOWN[workload]
    events = CALENDAR_EVENTS[workload]
    base = next((row[1] for row in rows if row[0] == BASE), None)
    print(f"\n{workload}: {events} calendar events a request; "
          f"mean {mean:.3f}, p50 {p50:.3f}, p99 {p99:.3f} ms")
    print(f"{'':<20}{'requests/s':>13}{'ns/event':>10}{'spread':>13}{'ratio':>9}"
          f"{'mean':>10}{'p50':>9}{'p99':>9}{'mean off':>10}{'requests':>12}")
    for name, pace, least, most, (m, q50, q99), total in sorted(rows, key=lambda row: row[1]):
        spread = f"-{(1 - least / pace) * 100:.0f}/+{(most / pace - 1) * 100:.0f} %"
        ratio = f"{pace / base:.2f}" if base else "-"
        print(f"{name:<20}{1 / pace:>13,.0f}{pace * 1e9 / events:>10.1f}{spread:>13}{ratio:>9}"
              f"{m:>10.3f}{q50:>9.3f}{q99:>9.2f}{(m / mean - 1) * 100:>+9.1f}%{total:>12,.0f}", flush=True)


def main():
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    workloads, repetitions, scale = sys.argv[1].split(","), int(sys.argv[2]), float(sys.argv[3])
    prefixes = tuple(sys.argv[4].split(",")) if len(sys.argv) > 4 and sys.argv[4] else ("",)
    for workload in workloads:
        contestants = {
            name: entry for name, entry in CONTESTANTS.items()
            if workload in entry[1] and name.startswith(prefixes) and os.path.exists(entry[0][0])
        }
        rows = list(race(workload, contestants, repetitions, scale))
        if rows:
            table(workload, rows)
    print(f"\nratio: time a request, to that of {BASE} in this run")


if __name__ == "__main__":
    main()
