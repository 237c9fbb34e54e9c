"""Makes statistics.json: what SciPy says of the same arguments. Run: pip install scipy==1.17.1; python make-statistics.py"""

import json
import os

import numpy as np
import scipy
from scipy import optimize, stats

out = {"scipy": scipy.__version__}
out["student"] = [
    {"t": t, "degrees": d, "lower": stats.t.cdf(t, d), "upper": stats.t.sf(t, d), "two_sided": 2 * stats.t.sf(abs(t), d)}
    for d in (1, 2, 3.5, 4, 9, 30, 200, 5000, 2e6)
    for t in (-30, -4.2, -1, -0.01, 0, 0.3, 1.96, 2.776, 12, 40)
]
out["student_quantile"] = [
    {"p": p, "degrees": d, "value": stats.t.ppf(p, d)}
    for d in (1, 2, 3.5, 4, 9, 30, 200, 5000, 2e6)
    for p in (1e-9, 0.001, 0.025, 0.4, 0.5, 0.9, 0.95, 0.975, 0.995, 0.9999)
]
out["normal"] = [{"z": z, "upper": stats.norm.sf(z)} for z in (-6, -1.5, 0, 0.5, 1.96, 5, 12, 30)]
out["normal_quantile"] = [{"p": p, "value": stats.norm.ppf(p)} for p in (1e-12, 0.01, 0.5, 0.9, 0.975, 0.9999)]
out["binomial"] = [
    {
        "k": k, "trials": n, "probability": p, "at_most": stats.binom.cdf(k, n, p), "at_least": stats.binom.sf(k - 1, n, p),
        "two_sided": stats.binomtest(k, n, p).pvalue,
    }
    for n, p in ((1, 0.5), (5, 0.5), (12, 0.3), (100, 0.9), (10000, 0.92), (10000, 0.5))
    for k in sorted({0, 1, n // 3, n // 2, int(n * p), min(n, int(n * p) + 1), n - 1, n} & set(range(n + 1)))
]
out["wilson"] = []
for k, n in ((0, 1), (1, 1), (0, 20), (3, 5), (917, 1000), (9170, 10000), (10000, 10000)):
    for level in (0.5, 0.9, 0.95, 0.999):
        i = stats.binomtest(k, n).proportion_ci(confidence_level=level, method="wilson")
        out["wilson"].append({"successes": k, "trials": n, "level": level, "low": i.low, "high": i.high})
out["mcnemar"] = [
    {
        "only_first": b, "only_second": c, "two_sided": stats.binomtest(b, b + c, 0.5).pvalue,
        "not_first": stats.binomtest(b, b + c, 0.5, alternative="greater").pvalue,
        "not_second": stats.binomtest(c, b + c, 0.5, alternative="greater").pvalue,
    }
    for b, c in ((1, 0), (0, 5), (3, 3), (10, 2), (25, 50), (310, 402), (1200, 1500))
]

samples = [
    [0.921, 0.917], [0.917, 0.92, 0.919, 0.921, 0.924, 0.92, 0.907], [1.5, 1.5, 1.75, 100.25], [-3.0, 2.5, 0.1, -0.4, 0.05],
    [0.0101, -0.004, 0.0123, 0.0066, 0.0092],
]
out["sample"] = []
for x in samples:
    for level in (0.8, 0.95, 0.99):
        for margin in (0.0, 0.9, -0.002):
            n = len(x)
            i = stats.ttest_1samp(x, margin).confidence_interval(level)
            out["sample"].append({
                "values": x, "level": level, "margin": margin, "mean": np.mean(x), "deviation": np.std(x, ddof=1),
                "standard_error": stats.sem(x), "median": np.median(x), "low": i.low, "high": i.high,
                "t": stats.ttest_1samp(x, margin).statistic,
                "not_above": stats.ttest_1samp(x, margin, alternative="greater").pvalue,
                "not_below": stats.ttest_1samp(x, margin, alternative="less").pvalue,
                "not_different": stats.ttest_1samp(x, margin).pvalue,
            })


def holm(p):
    """As statsmodels' multipletests(method='holm') has it; written out here, and held against Holm (1979), section 3."""
    p = np.asarray(p)
    order = np.argsort(p, kind="stable")
    steps = np.maximum.accumulate(np.minimum(1, (len(p) - np.arange(len(p))) * p[order]))
    adjusted = np.empty(len(p))
    adjusted[order] = steps
    return adjusted.tolist()


out["holm"] = [
    {"values": p, "adjusted": holm(p)}
    for p in ([0.01, 0.04, 0.03, 0.005], [0.5], [0.2, 0.2, 0.2], [0.9, 0.0001, 0.02, 0.6, 0.011], [])
]

MASK = (1 << 64) - 1


def splitmix64(seed, counter):
    z = (seed + (counter + 1) * 0x9E3779B97F4A7C15) & MASK
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
    return z ^ (z >> 31)


out["splitmix64"] = [{"seed": str(s), "counter": c, "bits": str(splitmix64(s, c))} for s, c in ((0, 0), (0, 1), (1234567, 0), (MASK, 7))]
out["bootstrap"] = []
for x in samples:
    for level, seed in ((0.95, 0), (0.9, 7)):
        ordered = sorted(x)
        n = len(x)
        means = [
            sum(ordered[(splitmix64(seed, i * n + j) * n) >> 64] for j in range(n)) / n for i in range(2000)
        ]
        low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
        # SciPy draws otherwise; its interval has to be near, where the means are many enough to have a shape.
        theirs = stats.bootstrap((np.array(x),), np.mean, confidence_level=level, method="percentile", rng=1, n_resamples=2000)
        spread = np.std(x, ddof=1) / np.sqrt(n)
        assert n < 5 or abs(theirs.confidence_interval.low - low) < 0.3 * spread, (x, low, theirs.confidence_interval)
        assert n < 5 or abs(theirs.confidence_interval.high - high) < 0.3 * spread, (x, high, theirs.confidence_interval)
        out["bootstrap"].append({"values": x, "level": level, "seed": seed, "low": low, "high": high})

out["ratio"] = []
for x, y in (
    ([1.02, 0.98, 1.05, 1.01], [0.5, 0.49, 0.55, 0.51]), ([3.0, 3.2], [1.5, 1.61]), ([-1.0, 2.0, 1.5, 0.2], [4.0, 5.5, 5.0, 4.4]),
    ([1.0, 2.0, 3.0], [-1.0, 0.2, 1.1]), ([4.0, 4.5, 5.0], [-2.0, -2.1, -2.6]),
):
    for level in (0.8, 0.95):
        x, y = np.array(x), np.array(y)
        ratio = x.mean() / y.mean()
        # The ratio r is inside when the paired t test does not reject that x - r y has the mean 0.
        def p(r):
            return stats.ttest_1samp(x - r * y, 0).pvalue - (1 - level)
        bounded = stats.ttest_1samp(y, 0).pvalue < 1 - level
        low = high = None
        if bounded:
            step = 1e-3
            while p(ratio - step) > 0:
                step *= 1.5
            low = optimize.brentq(p, ratio - step, ratio, xtol=1e-13)
            step = 1e-3
            while p(ratio + step) > 0:
                step *= 1.5
            high = optimize.brentq(p, ratio, ratio + step, xtol=1e-13)
        out["ratio"].append({"first": x.tolist(), "second": y.tolist(), "level": level, "ratio": ratio, "low": low, "high": high})

path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "statistics.json")
with open(path, "w") as file:
    lines = []
    for key, value in out.items():
        if isinstance(value, list):
            rows = ",\n".join("    " + json.dumps({k: float(v) if isinstance(v, np.floating) else v for k, v in row.items()}) for row in value)
            lines.append(f'  "{key}": [\n{rows}\n  ]')
        else:
            lines.append(f'  "{key}": {json.dumps(value)}')
    file.write("{\n" + ",\n".join(lines) + "\n}\n")
