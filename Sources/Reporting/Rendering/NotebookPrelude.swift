extension NotebookCells {
  /// What the cells of a notebook need: the evidence, and a way to ask it.
  static let prelude = #"""
    # In the report's folder, first: vgglab extract index.html -o evidence
    import html
    import sqlite3

    database = sqlite3.connect("file:evidence/evidence.sqlite?mode=ro", uri=True)


    class Rows(list):
        """The rows of a query, and the names of their columns."""

        def __init__(self, cursor):
            super().__init__(cursor.fetchall())
            self.columns = [column[0] for column in cursor.description]

        def __repr__(self):
            return "\n".join("\t".join(map(str, row)) for row in [self.columns, *self])

        def _repr_html_(self):
            def line(tag, row):
                cells = "".join(f"<{tag}>{html.escape('' if cell is None else str(cell))}</{tag}>" for cell in row)
                return f"<tr>{cells}</tr>"

            body = "".join(line("td", row) for row in self)
            return f"<table><thead>{line('th', self.columns)}</thead><tbody>{body}</tbody></table>"


    def ask(sql, parameters={}):
        return Rows(database.execute(sql, parameters))
    """#

  /// The functions that the reports' SQL has beyond SQLite's own.
  static let statistics = #"""
    # The functions that these queries have beyond SQLite's own: docs/store.md of vgglab.
    import math
    import statistics


    def t_tail(t, degrees):
        """The probability of a value above t > 0 in Student's t distribution."""
        a, b, x = degrees / 2, 0.5, degrees / (degrees + t * t)
        mirrored = x > (a + 1) / (a + b + 2)
        if mirrored:
            a, b, x = b, a, 1 - x
        front = math.exp(math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)) / a
        c, d = 1.0, 1 / (1 - (a + b) * x / (a + 1))
        fraction = d
        for m in range(1, 10_000):
            even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
            odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
            for step in (even, odd):
                d, c = 1 / (1 + step * d), 1 + step / c
                fraction *= c * d
            if abs(c * d - 1) < 1e-15:
                break
        return (1 - front * fraction if mirrored else front * fraction) / 2


    def t_quantile(p, degrees):
        if p < 0.5:
            return -t_quantile(1 - p, degrees)
        low, high = 0.0, 1.0
        while t_tail(high, degrees) > 1 - p:
            low, high = high, 2 * high
        for _ in range(200):
            middle = (low + high) / 2
            low, high = (middle, high) if middle > 0 and t_tail(middle, degrees) > 1 - p else (low, middle)
        return high


    def interval(values, level, sign):
        if len(values) < 2:
            return None
        error = statistics.stdev(values) / math.sqrt(len(values))
        return statistics.fmean(values) + sign * t_quantile(0.5 + level / 2, len(values) - 1) * error


    def bootstrap(values, level, seed, above):
        values, count, mask, means = sorted(values), len(values), 2**64 - 1, []
        for sample in range(2000):
            total = 0.0
            for draw in range(count):
                bits = (seed + (sample * count + draw + 1) * 0x9E3779B97F4A7C15) & mask
                bits = ((bits ^ bits >> 30) * 0xBF58476D1CE4E5B9) & mask
                bits = ((bits ^ bits >> 27) * 0x94D049BB133111EB) & mask
                total += values[((bits ^ bits >> 31) * count) >> 64]
            means.append(total / count)
        means.sort()
        place = ((1 + level) if above else (1 - level)) / 2 * 1999
        low = min(1998, int(place))
        return means[low] + (means[low + 1] - means[low]) * (place - low)


    def fieller(pairs, level, sign):
        n = len(pairs)
        if n < 2:
            return None
        x, y = [p[0] for p in pairs], [p[1] for p in pairs]
        t = t_quantile(0.5 + level / 2, n - 1) ** 2 / n
        mx, my = statistics.fmean(x), statistics.fmean(y)
        covariance = sum((p[0] - mx) * (p[1] - my) for p in pairs) / (n - 1)
        a, b, c = my**2 - t * statistics.variance(y), mx * my - t * covariance, mx**2 - t * statistics.variance(x)
        return (b + sign * math.sqrt(max(0, b * b - a * c))) / a if a > 0 else None


    def wilson(successes, trials, level, sign):
        if None in (successes, trials) or trials == 0:
            return None
        z, share = statistics.NormalDist().inv_cdf(0.5 + level / 2), successes / trials
        middle = share + z * z / (2 * trials)
        half = z * math.sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials))
        return (middle + sign * half) / (1 + z * z / trials)


    def mcnemar_p(first, second):
        n = first + second
        return min(1.0, 2 * sum(math.comb(n, k) for k in range(min(first, second) + 1)) / 2**n)


    def aggregate(name, columns, extra, body):
        class Gathered:
            def __init__(self):
                self.rows, self.settings = [], ()

            def step(self, *values):
                if None not in values[:columns]:
                    self.rows.append(values[0] if columns == 1 else values[:columns])
                    self.settings = values[columns:]

            def finalize(self):
                return body(self.rows, *self.settings) if self.rows else None

        for count in range(columns, columns + extra + 1):
            database.create_aggregate(name, count, Gathered)


    aggregate("mean", 1, 0, statistics.fmean)
    aggregate("median", 1, 0, statistics.median)
    aggregate("sd", 1, 0, lambda values: statistics.stdev(values) if len(values) > 1 else None)
    aggregate("sem", 1, 0, lambda values: statistics.stdev(values) / math.sqrt(len(values)) if len(values) > 1 else None)
    aggregate("ci_low", 1, 1, lambda values, level=0.95: interval(values, level, -1))
    aggregate("ci_high", 1, 1, lambda values, level=0.95: interval(values, level, 1))
    aggregate("bootstrap_low", 1, 2, lambda values, level=0.95, seed=0: bootstrap(values, level, seed, False))
    aggregate("bootstrap_high", 1, 2, lambda values, level=0.95, seed=0: bootstrap(values, level, seed, True))
    aggregate("ratio_mean", 2, 0, lambda pairs: sum(p[0] for p in pairs) / sum(p[1] for p in pairs))
    aggregate("ratio_low", 2, 1, lambda pairs, level=0.95: fieller(pairs, level, -1))
    aggregate("ratio_high", 2, 1, lambda pairs, level=0.95: fieller(pairs, level, 1))
    for count in (2, 3):
        database.create_function("wilson_low", count, lambda k, n, level=0.95: wilson(k, n, level, -1))
        database.create_function("wilson_high", count, lambda k, n, level=0.95: wilson(k, n, level, 1))
    database.create_function("mcnemar_p", 2, lambda b, c: None if None in (b, c) else mcnemar_p(b, c))
    database.create_function("t_quantile", 2, t_quantile)
    for name, body in {"ln": math.log, "exp": math.exp, "sqrt": math.sqrt, "log10": math.log10, "pow": math.pow}.items():
        try:
            database.execute(f"SELECT {name}({'1, 1' if name == 'pow' else '1'})")
        except sqlite3.OperationalError:
            database.create_function(name, -1, lambda *values, body=body: None if None in values else body(*values))
    """#

  package static let statisticsNames = [
    "mean", "median", "sd", "sem", "ci_low", "ci_high", "bootstrap_low", "bootstrap_high", "ratio_mean", "ratio_low",
    "ratio_high", "wilson_low", "wilson_high", "mcnemar_p", "t_quantile", "ln", "exp", "sqrt", "log10", "pow",
  ]

  /// Whether a query may call one of them.
  package static func needsStatistics(_ sql: String) -> Bool {
    let sql = sql.lowercased()
    return statisticsNames.contains { sql.contains("\($0)(") }
  }
}
