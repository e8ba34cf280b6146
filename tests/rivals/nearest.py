"""The nearest point of every cell by SciPy and pandana, on arcs that `bench_coverage rivals` wrote.

usage: nearest.py FOLDER JUNCTIONS CELLS POINTS

The folder holds raw little-endian arrays: `from` and `to` (u32), `minutes` (f64), `ours` (f64, infinite where no way
leads). Junctions, cells and points are numbered one after the other. Both get the arcs turned round, from the points.
"""

import sys
import time
from pathlib import Path

import numpy as np


def timed(what, runs, run):
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        result = run()
        times.append((time.perf_counter() - start) * 1000)
    times.sort()
    print(f"{what:<58} best {times[0]:>9.3f} ms  median {times[len(times) // 2]:>9.3f} ms  ({runs} runs)", flush=True)
    return result


def compared(what, ours, theirs):
    """How far two answers in minutes are apart; both may know no way."""
    known = np.isfinite(ours)
    same = (known == np.isfinite(theirs)).mean()
    apart = np.abs(ours[known] - theirs[known]).max()
    print(f"   {what}: {same:.6f} of cells agree on whether there is a way; at most {apart * 60:.6f} s apart", flush=True)


def main():
    folder, junctions, cells, points = Path(sys.argv[1]), *map(int, sys.argv[2:5])
    read = lambda name, kind: np.fromfile(folder / name, dtype=kind)
    start, end, minutes, ours = read("from", "<u4"), read("to", "<u4"), read("minutes", "<f8"), read("ours", "<f8")
    count = junctions + cells + points
    print(f"{count} places, {len(start)} arcs")
    sources = np.arange(junctions + cells, count)
    of_cells = slice(junctions, junctions + cells)

    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import dijkstra

    # Nought is no arc to SciPy.
    turned = csr_matrix((np.maximum(minutes, 1e-9), (end, start)), shape=(count, count))
    found = timed("scipy dijkstra, min_only", 5, lambda: dijkstra(turned, indices=sources, min_only=True))
    compared("scipy", ours, found[of_cells])

    try:
        import pandana
        import pandas as pd
    except ImportError:
        print("pandana is not there: left out")
        return
    # Points are told by their places: each place lies at its number.
    x, y = pd.Series(np.arange(count, dtype=float)), pd.Series(np.zeros(count))
    edges = pd.DataFrame({"minutes": minutes})
    begin = time.perf_counter()
    network = pandana.Network(x, y, pd.Series(start.astype("i8")), pd.Series(end.astype("i8")), edges, twoway=False)
    print(f"pandana builds its hierarchy in {time.perf_counter() - begin:.1f} s", flush=True)
    # Farther than the farthest: within 30 minutes it would know no way for some.
    far = float(np.ceil(ours[np.isfinite(ours)].max())) + 1
    network.set_pois("points", far, 1, x[sources], y[sources])
    found = timed("pandana nearest_pois", 3, lambda: network.nearest_pois(far, "points", num_pois=1))
    theirs = found.iloc[of_cells, 0].to_numpy(dtype=float)
    theirs = np.where(theirs >= far, np.inf, theirs)
    compared("pandana", ours, theirs)


if __name__ == "__main__":
    main()
