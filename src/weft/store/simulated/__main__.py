"""`python -m weft.store.simulated --seed 83113`: run simulations and say what came of them."""

import argparse
import time

from weft.store.simulated.checks import Broken
from weft.store.simulated.simulation import simulate


def main() -> None:
    """Run one seed, or a range of them; end with 1 if a promise was broken."""
    parser = argparse.ArgumentParser(prog="weft.store.simulated", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seeds", type=int, default=1, help="how many, from SEED on")
    parser.add_argument("--sites", type=int, default=3)
    parser.add_argument("--steps", type=int, default=120)
    args = parser.parse_args()
    broken = 0
    started_s = time.monotonic()
    for seed in range(args.seed, args.seed + args.seeds):
        try:
            outcome = simulate(seed, args.sites, args.steps)
        except Broken as err:
            broken += 1
            print(f"BROKEN {err}", flush=True)
        else:
            if args.seeds == 1:
                for what, count in sorted(outcome.counts.items()):
                    print(f"{count:6}  {what}")
                print(f"agreed {outcome.rest_s:.1f} s after the last misfortune")
    print(f"{args.seeds - broken} of {args.seeds} held in {time.monotonic() - started_s:.1f} s")
    raise SystemExit(1 if broken else 0)


if __name__ == "__main__":
    main()
