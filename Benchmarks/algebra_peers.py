#!/usr/bin/env python3
"""Times the algebra cases of continuum-bench in SymPy, and in SymEngine where it is installed, and prints ratios.

    python3 -m venv .build/peers && .build/peers/bin/pip install sympy symengine
    swift run -c release continuum-bench --filter algebra --json > .build/continuum.json
    .build/peers/bin/python Benchmarks/algebra_peers.py .build/continuum.json

Every case has the same input and result as the one of the same name in Sources/ContinuumBench/AlgebraBenchmarks.swift;
the number of terms of the result is compared. Times are the least of several calls, after one to warm up; SymPy's cache
is emptied before each. A call that takes longer than the limit, or that
the library does not offer, is given up.
"""

import argparse
import json
import signal
import sys
import time


class TimeLimit(Exception):
    pass


def give_up(*_):
    raise TimeLimit


def cases(library):
    """The cases in a library that offers `symbols`, `expand`, `series`, `sin`, `exp`, `log`, `Rational` and `Add`."""
    x, y, z, w, a, b = library.symbols("x y z w a b")
    sin, exp, log, expand = library.sin, library.exp, library.log, library.expand

    def derivative(function, order):
        for _ in range(order):
            function = function.diff(x)
        return function

    nested = x
    for _ in range(12):
        nested = nested * sin(nested)
    xs = [library.Symbol(f"x{n}") for n in range(20)]
    terms = library.Add(*[
        xs[n % 20] ** (1 + n % 3) * xs[(7 * n + 3) % 20] * sin(xs[(n // 20) % 20] + n) for n in range(1000)])
    values = {symbol: library.Rational(2 * n + 1, 7) for n, symbol in enumerate(xs)}
    e = (x + y + z + w) ** 8
    power = (sin(a) + library.cos(a)) ** 10
    return {
        "expand (1+x+y+z)^20": lambda: expand((1 + x + y + z) ** 20),
        "expand (x+y+z+w+1)^12": lambda: expand((x + y + z + w + 1) ** 12),
        "expand e(e+w), e = (x+y+z+w)^8": lambda: expand(e * (e + w)),
        "build a sum of 5000 monomials": lambda: library.Add(
            *[(n + 1) * x ** (n % 50) * y ** (n // 50) * z for n in range(5000)]),
        "series of (sin a + cos a)^10 to order 5": lambda: truncated_series(library, power, a, 6),
        "7th derivative of exp(x sin x) log x": lambda: derivative(exp(x * sin(x)) * log(x), 7),
        "2nd derivative of a 12-fold nesting": lambda: derivative(nested, 2),
        "substitute x = a+b in (x+y+z)^12, expand": lambda: expand(((x + y + z) ** 12).subs({x: a + b})),
        "substitute 20 rationals in 1000 terms": lambda: terms.subs(values),
    }


def truncated_series(library, function, variable, order):
    """The terms below an order, as a sum without the remainder."""
    if library.__name__ == "symengine":
        return library.series(function, variable, 0, order)
    return library.series(function, variable, 0, order).removeO()


def measure(function, before, limit, repeats=5):
    """The least number of seconds a call takes, and the number of terms of the result; None past the limit."""
    signal.signal(signal.SIGALRM, give_up)
    least, result = None, None
    try:
        for _ in range(repeats + 1):
            before()
            signal.setitimer(signal.ITIMER_REAL, limit)
            start = time.perf_counter()
            result = function()
            elapsed = time.perf_counter() - start
            signal.setitimer(signal.ITIMER_REAL, 0)
            least = elapsed if least is None else min(least, elapsed)
            if elapsed > limit / 4:
                break
    except (TimeLimit, AttributeError, NotImplementedError):
        return None, None
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    return least, len(result.args) if getattr(result, "is_Add", False) else 1


def peers():
    import sympy
    from sympy.core.cache import clear_cache

    yield f"SymPy {sympy.__version__}", cases(sympy), clear_cache
    try:
        import symengine
    except ImportError:
        return
    yield f"SymEngine {symengine.__version__}", cases(symengine), lambda: None


def milliseconds(seconds):
    return "—" if seconds is None else f"{seconds * 1e3:.3g}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("continuum", help="what `continuum-bench --json` printed")
    parser.add_argument("--limit", type=float, default=60, help="seconds after which a call is given up")
    options = parser.parse_args()
    with open(options.continuum, encoding="utf-8") as file:
        report = json.load(file)
    own = {record["name"]: record for record in report["results"]}
    print(report["machine"], file=sys.stderr)
    rivals = list(peers())
    columns = ["case", "terms", "Continuum"] + [part for name, _, _ in rivals for part in (name, "ratio")]
    print("| " + " | ".join(columns) + " |")
    print("|---" + "|--:" * (len(columns) - 1) + "|")
    for name in rivals[0][1]:
        if name not in own:
            continue
        row = [name, f"{own[name]['result']:.0f}", milliseconds(own[name]["least"])]
        for rival, table, before in rivals:
            seconds, count = measure(table[name], before, options.limit)
            row += [milliseconds(seconds), "—" if seconds is None else f"{seconds / own[name]['least']:.3g}"]
            if count is not None and count != own[name]["result"]:
                print(f"{name}: {rival} has {count} terms, Continuum {own[name]['result']:.0f}", file=sys.stderr)
        print("| " + " | ".join(row) + " |", flush=True)
    print("\nMilliseconds a call; a ratio above 1 is Continuum's lead.")


if __name__ == "__main__":
    main()
