"""The data path between two nodes: Weft's eBPF against a bare veth and against Linux bridge + kernel VXLAN.

Every figure is taken from all three back to back, in an order shuffled each round; a ratio is the median over rounds
of the ratio within a round, so that the moods of a shared machine cancel out. Moods last for seconds: rounds are many
and short. TCP's first second is left out: connections of a quarter second each came in two speeds, a third apart, and
told more about which of the two it was than about the path.

One connection, round trips and new connections run with both ends on one core: that is the cost of the path, without
the price of waking another core. That price is the machine's: where two virtual cores are threads of one, the bare
veth carried one connection at 17 Gb/s in one second and at 39 in the next, and at 34 on one core alone. What has two
cores (one connection once more, four of them, datagrams) wavers accordingly.
"""

import contextlib
import json
import subprocess
import time
from collections.abc import Iterator, Sequence
from functools import partial

from common import RESULTS, Options, Promise, Result, Sample, in_words, interleaved, main, medians, ratios
from topologies import Pair, bare_veth, bridge_vxlan, in_netns, weft

TOPOLOGIES = {"bare veth": bare_veth, "bridge + kernel VXLAN": bridge_vxlan, "weft": weft}
REFERENCE = "bridge + kernel VXLAN"
PROBE = RESULTS / "probe"
PORT = 7100
IPERF_PORT = 7101
TCP_SECONDS = TCP_WARM_UP_SECONDS = 1  # iperf3 takes whole ones, and none of 0.5
PROBE_SECONDS = 0.5
FIGURES = {  # figure → column
    "tcp1_gbps": "TCP ×1 Gb/s",
    "tcp1_two_cores_gbps": "on two cores",
    "tcp4_gbps": "TCP ×4 Gb/s",
    "rr_p50_us": "RR p50 µs",
    "connections_per_s": "connections/s",
    "udp_pps": "UDP 64 B pps",
}


def measure(options: Options) -> Result:
    """Build the three side by side and measure them in turns."""
    methods = {tcp1: 15, tcp1_two_cores: 7, tcp4: 7, round_trips: 15, connections: 9, datagrams: 9}  # → rounds
    with contextlib.ExitStack() as topologies:
        pairs = {name: topologies.enter_context(build()) for name, build in TOPOLOGIES.items()}
        samples: dict[str, list[Sample]] = {name: [] for name in pairs}
        for method, rounds in methods.items():
            rivals = {name: partial(method, pair) for name, pair in pairs.items()}
            for name, found in interleaved(rivals, rounds=rounds // 3 if options.quick else rounds).items():
                samples[name] += found
    return report(samples)


def report(samples: dict[str, list[Sample]]) -> Result:
    """Return medians, ratios to the reference and to the bare veth, and what we promised of them."""
    middle = {name: medians(rounds) for name, rounds in samples.items()}
    to_bridge = {name: ratios(rounds, samples[REFERENCE]) for name, rounds in samples.items()}
    to_veth = {name: ratios(rounds, samples["bare veth"]) for name, rounds in samples.items()}
    rows = [
        [name, *(f"{in_words(middle[name][figure])} (×{to_bridge[name][figure]:.2f})" for figure in FIGURES)]
        for name in samples
    ]
    rows.append(["weft to bare veth", *(f"×{to_veth['weft'][figure]:.2f}" for figure in FIGURES)])
    return Result(
        columns=[f"median (to {REFERENCE})", *FIGURES.values()],
        rows=rows,
        figures={"median": middle, "to_bridge_vxlan": to_bridge, "to_bare_veth": to_veth, "rounds": samples},
        promises=[
            Promise("TCP ×1 to bridge + kernel VXLAN", to_bridge["weft"]["tcp1_gbps"], 1.4, "×", at_least=True),
            Promise("TCP ×1 to bare veth", to_veth["weft"]["tcp1_gbps"], 0.7, "×", at_least=True),
            Promise("RR p50 to bridge + kernel VXLAN", to_bridge["weft"]["rr_p50_us"], 0.8, "×"),
        ],
    )


def tcp1(pair: Pair) -> Sample:
    """Return the bulk throughput of one connection."""
    return {"tcp1_gbps": tcp(pair, streams=1, client_cores="0", server_cores="0")}


def tcp1_two_cores(pair: Pair) -> Sample:
    """Return the same with a core for each end."""
    return {"tcp1_two_cores_gbps": tcp(pair, streams=1, client_cores="0", server_cores="1")}


def tcp4(pair: Pair) -> Sample:
    """Return the bulk throughput of four connections, wherever the scheduler puts them."""
    return {"tcp4_gbps": tcp(pair, streams=4, client_cores="0,1", server_cores="0,1")}


def tcp(pair: Pair, *, streams: int, client_cores: str, server_cores: str) -> float:
    """Return Gb/s as the receiver sees them."""
    server = ["iperf3", "-s", "-1", "-B", pair.server_ip, "-p", str(IPERF_PORT)]
    client = ["iperf3", "-J", "-c", pair.server_ip, "-p", str(IPERF_PORT), "-P", str(streams)]
    length = ["-t", str(TCP_SECONDS), "-O", str(TCP_WARM_UP_SECONDS)]
    with running(pair.server_netns, server, cores=server_cores):
        said = ask(pair.client_netns, [*client, *length], cores=client_cores)
    return float(said["end"]["sum_received"]["bits_per_second"]) / 1e9


def round_trips(pair: Pair) -> Sample:
    """Return percentiles of one byte there and back."""
    return probe("rr", pair, client_cores="0", server_cores="0")


def connections(pair: Pair) -> Sample:
    """Return how many connections a second one client makes, one byte each way on each."""
    return probe("crr", pair, client_cores="0", server_cores="0")


def datagrams(pair: Pair) -> Sample:
    """Return how many of the smallest datagrams arrive per second."""
    return probe("udp", pair, client_cores="0", server_cores="1")


def probe(mode: str, pair: Pair, *, client_cores: str, server_cores: str) -> Sample:
    """Run `probe MODE` between the pair and return what it found."""
    with running(pair.server_netns, [str(PROBE), "server", pair.server_ip, str(PORT)], cores=server_cores):
        asked = [str(PROBE), mode, pair.server_ip, str(PORT), str(PROBE_SECONDS)]
        said = ask(pair.client_netns, asked, cores=client_cores)
    return {figure: float(value) for figure, value in said.items()}


def placed(netns: str, command: Sequence[str], cores: str) -> list[str]:
    """Return `command` in `netns`, on these cores, ahead of whatever else the machine does."""
    return ["chrt", "--rr", "1", *in_netns(netns, ["taskset", "-c", cores, *command])]


@contextlib.contextmanager
def running(netns: str, command: Sequence[str], *, cores: str) -> Iterator[None]:
    """Keep a server running in `netns`."""
    process = subprocess.Popen(placed(netns, command, cores), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        time.sleep(0.15)  # until it listens; neither of them says when
        if process.poll() is not None and process.stderr:
            raise RuntimeError(f"{command[0]} server: {process.stderr.read().decode().strip()}")
        yield
    finally:
        process.terminate()
        process.communicate()


def ask(netns: str, command: Sequence[str], *, cores: str) -> dict:
    """Run a client in `netns` and return the JSON it prints."""
    done = subprocess.run(placed(netns, command, cores), capture_output=True, text=True, timeout=60, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}: {done.stderr.strip() or done.stdout[-300:]}")
    return json.loads(done.stdout)


if __name__ == "__main__":
    main("datapath", __doc__, measure)
