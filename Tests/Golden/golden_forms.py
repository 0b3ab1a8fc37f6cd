#!/usr/bin/env python3
"""Derives the model of every built-in rule with SymPy and compares it with what `continuum derive` prints.

    python3 -m venv /tmp/golden && /tmp/golden/bin/pip install sympy mpmath
    /tmp/golden/bin/python Tests/Golden/golden_forms.py .build/release/continuum [RULE...]

Nothing is shared with the engine but the text of the rule. The update is expanded in the step size with
kappa = eta rho held for a rate of size eta^-zeta; b0 = E[D1] and S = Cov(D1) are integrals against the normal density: closed
by its truncated moments where D1 is piecewise polynomial in the gradient, by quadrature elsewhere. A rule that takes the
norm of a gradient is integrated in two dimensions. Both sides are compared at random points, and the status is 1 where
they differ by more than the tolerance. A rule without a model has to be refused with the status 3.
"""

import functools
import json
import math
import random
import re
import subprocess
import sys
from pathlib import Path

import mpmath
import sympy as sp

FOLDER = Path(__file__).resolve().parents[2] / "Derivations"
REFUSED = {"adamax", "amsgrad"}
POINTS = 3
mpmath.mp.dps = 30

eta, t, g, F, H, sigma = sp.Symbol("eta", positive=True), sp.Symbol("t", positive=True), *sp.symbols("g F H sigma")
FUNCTIONS = {
    "sign": sp.sign, "abs": sp.Abs, "sqrt": sp.sqrt, "exp": sp.exp, "log": sp.log, "max": sp.Max, "min": sp.Min,
    "clip": lambda u, low, high: sp.Max(low, sp.Min(u, high)), "erf": sp.erf, "tanh": sp.tanh, "gamma": sp.gamma,
    "kummer": lambda a, b, z: sp.hyper((a,), (b,), z),
}
FUNCTIONS["1F1"] = FUNCTIONS["kummer"]


class Rule:
    """The statements of a rule file."""

    def __init__(self, path):
        self.states, self.parameters, self.lines, self.gradients = [], {}, [], []
        self.sizes, self.nonnegative, self.above = {}, set(), 0
        for line in path.read_text().splitlines():
            line = line.split("#")[0].strip()
            word, _, rest = line.partition(" ")
            if word in ("optimizer", "about", "source", "step", "noise", "diffusion", ""):
                continue
            if word in ("parameter", "state"):
                head, _, default = rest.partition("=")
                names, _, attributes = head.partition(":")
                for name in (n.strip() for n in names.split(",")):
                    if word == "state":
                        self.states.append(name)
                        if "nonnegative" in attributes:
                            self.nonnegative.add(name)
                    else:
                        self.parameters[name] = attributes
                        size = re.search(r"O\((.*)\)", attributes)
                        self.sizes[name] = size.group(1) if size else ""
            elif word == "let":
                name, _, value = rest.partition("=")
                self.lines.append((name.strip(), value))
            elif word == "gradient":
                names, _, place = rest.strip().partition(" at ")
                point, _, sample = place.partition(",")
                self.above = len(self.lines)
                self.gradients += [(name.strip(), point.strip(), sample.strip()) for name in names.split(",")]
            else:
                name, _, value = line.partition("=")
                self.lines.append((name.strip().replace("'", "_next"), value))

    @property
    def is_vector(self):
        return any("norm(" in value for _, value in self.lines) or any("norm(" in p for _, p, _ in self.gradients)

    def is_graded(self, name):
        return "zeta" in self.sizes.get(name, "")

    def is_displacement(self, name):
        return self.sizes.get(name) == "eta^(1/2)"


def python(text):
    return re.sub(r"([A-Za-z_]\w*)'", r"\1_next", text).replace("^", "**")


# One coordinate, in closed form


def symbolic_increments(rule):
    """D1 of each state in the noise of one or two samples, with rates of size eta^-zeta as kappa/eta."""
    names = {name: sp.Symbol(name, positive=True) for name in rule.parameters}
    names.update({name: sp.Symbol(name, positive=name in rule.nonnegative or None) for name in rule.states})
    names.update(eta=eta, t=t, k=t / eta + 1)
    kappas = {names[n]: sp.Symbol("kappa_" + n, positive=True) / eta for n in rule.parameters if rule.is_graded(n)}
    kappas.update({names[n]: sp.Symbol("unit_" + n, positive=True) * eta for n in rule.parameters if rule.sizes[n] == "eta"})
    scope = {**FUNCTIONS, **names}
    for name, text in rule.lines[:rule.above]:
        scope[name] = eval(python(text), {}, scope)
    draws = []
    for index, (name, point, sample) in enumerate(rule.gradients):
        displacement = sp.expand(eval(python(point), {}, scope) - names[rule.states[0]])
        draw = g if index == 0 or sample == "same sample" else sp.Symbol(f"draw{index}")
        if draw not in draws:
            draws.append(draw)
        scope[name] = draw + H * displacement
    for name, text in rule.lines:
        scope[name] = eval(python(text), {}, scope)
    result = []
    for state in rule.states:
        increment = scope[state + "_next"] - names[state]
        for rate, kappa in kappas.items():
            # The power of a graded average enters by its leading form.
            increment = increment.replace(
                lambda e: e.is_Pow and e.base == 1 - eta * rate and e.exp.has(t), lambda e: sp.exp(-rate * t))
            held = sp.Symbol("transient_" + rate.name, positive=True)
            increment = increment.subs(sp.exp(-rate * t), held).subs(rate, kappa).subs(held, sp.exp(-rate * t))
        # Powers of an average of order 1.
        increment = increment.replace(
            lambda e: e.is_Pow and e.exp.has(t) and not e.base.is_Symbol and e.base != sp.E,
            lambda e: sp.exp(-(sp.diff(1 - e.base, eta)) * t) * (1 + 0 * eta))
        result.append(first_order(increment))
    back = {value.as_independent(eta)[0]: rate * value.as_independent(eta)[0] / value for rate, value in kappas.items()}
    return names, [d.subs(back) for d in result], draws


def first_order(increment):
    """(D|0 + eta dD/deta|0)/eta, with limits where a term such as 2/(eta rho) occurs."""
    whole = sp.expand(increment / eta)
    if not whole.has(eta):
        return whole

    def at_zero(expression):
        value = expression.subs(eta, 0)
        if value.has(sp.nan, sp.zoo, sp.oo):
            value = sp.limit(expression, eta, 0, "+")
        return value

    slope = at_zero(sp.simplify(increment / eta)) if at_zero(increment) == 0 else at_zero(sp.diff(increment, eta))
    return sp.expand(at_zero(increment) / eta) + slope


def moments(n, low, high):
    """E[g^n 1{low < g < high}] by J_n = F J_(n-1) + (n - 1) sigma^2 J_(n-2) - sigma [g^(n-1) phi]."""
    def edge(value, power):
        if value in (sp.oo, -sp.oo):
            return sp.Integer(0)
        z = (value - F) / sigma
        return sigma * value ** power * sp.exp(-z ** 2 / 2) / sp.sqrt(2 * sp.pi)

    def distribution(value):
        if value == sp.oo:
            return sp.Integer(1)
        if value == -sp.oo:
            return sp.Integer(0)
        return (1 + sp.erf((value - F) / (sigma * sp.sqrt(2)))) / 2

    values = [distribution(high) - distribution(low)]
    for m in range(1, n + 1):
        previous = (m - 1) * sigma ** 2 * values[m - 2] if m > 1 else 0
        values.append(F * values[m - 1] + previous - edge(high, m - 1) + edge(low, m - 1))
    return values[n]


def branches(expression):
    """Where a sign, an absolute value or a maximum of the gradient changes its branch."""
    arguments = [e.args[0] for e in expression.atoms(sp.sign, sp.Abs) if e.has(g)]
    for extremum in (e for e in expression.atoms(sp.Max, sp.Min) if e.has(g)):
        leaves = [extremum]
        while any(isinstance(e, (sp.Max, sp.Min)) for e in leaves):
            leaves = [a for e in leaves for a in (e.args if isinstance(e, (sp.Max, sp.Min)) else (e,))]
        arguments += [a - b for n, a in enumerate(leaves) for b in leaves[n + 1:]]
    result = set()
    for argument in arguments:
        result.update(sp.solve(argument, g) if argument.is_polynomial(g) else [])
    return result


def expectation(body, point):
    """E[body] at a point, over the first sample; closed where it can be."""
    if not body.has(g):
        return body.subs(point)
    numbers = sorted(branches(body), key=lambda b: sp.N(b.subs(point)))
    edges = [-sp.oo, *numbers, sp.oo]
    total = sp.Integer(0)
    for low, high in zip(edges, edges[1:]):
        a, b = (sp.N(e.subs(point)) for e in (low, high))
        inside = b - 1 if a == -sp.oo and b != sp.oo else a + 1 if b == sp.oo and a != -sp.oo else 0 if a == -sp.oo else (a + b) / 2

        def resolved(node):
            value = sp.N(node.subs(point).subs(g, inside))
            if isinstance(node, sp.sign):
                return sp.Integer(1) if value > 0 else sp.Integer(-1)
            return next(a for a in node.args if abs(sp.N(a.subs(point).subs(g, inside)) - value) < 1e-20)

        smooth = body.replace(lambda e: isinstance(e, (sp.Max, sp.Min, sp.sign)) and e.has(g), resolved)
        sign = sp.Integer(1) if inside > 0 else sp.Integer(-1)
        smooth = smooth.replace(lambda e: e == sp.Abs(g), lambda e: sign * g)
        expanded = sp.expand(smooth)
        if expanded.is_polynomial(g):
            for (n,), coefficient in sp.Poly(expanded, g).terms():
                total += (coefficient * moments(n, low, high)).subs(point)
        else:
            f, s = (sp.N(u.subs(point), 30) for u in (F, sigma))
            function = sp.lambdify(g, smooth.subs(point), "mpmath")
            mean, scale = mpmath.mpf(str(f)), mpmath.mpf(str(s))
            ends = [mpmath.mpf(str(a)) if a != -sp.oo else mean - 14 * scale,
                    mpmath.mpf(str(b)) if b != sp.oo else mean + 14 * scale]
            total += mpmath.quad(
                lambda z: function(z) * mpmath.npdf(z, mean, scale), mpmath.linspace(*ends, 9))
    return sp.N(total, 30)


# What the engine prints


def opened(text, opening, closing, function):
    """Replaces `name_j(...)` or `E[...]` by calls of Python functions of the index or of the noise."""
    while True:
        match = re.search(opening, text)
        if not match:
            return text
        depth, end = 1, match.end()
        while depth:
            depth += {closing[0]: 1, closing[1]: -1}.get(text[end], 0)
            end += 1
        text = text[:match.start()] + function(match, text[match.end():end - 1]) + text[end:]


def evaluable(text):
    text = opened(text, r"\bsum_([a-z])\(", "()", lambda m, body: f"SUM(lambda {m.group(1)}: ({body}))")
    text = opened(text, r"\bE\[", "[]", lambda m, body: f"EXPECTATION(lambda Z_g: ({body}))")
    text = re.sub(r"\bd_([a-z])([a-z]) f", r"H(\1,\2)", text)
    text = re.sub(r"\bd_([a-z]) f", r"F(\1)", text)
    text = re.sub(r"\b([A-Za-z]\w*)_([i-l])\b", r"\1(\2)", text)
    return text.replace("^", "**").replace(";", ",").replace("Gamma(", "gamma(").replace("1F1(", "kummer(")


def printed(tool, name):
    run = subprocess.run([tool, "derive", name, "--format", "json", "--quiet"], capture_output=True, text=True)
    if name in REFUSED:
        return None if run.returncode == 3 else "has a model, or fails otherwise"
    if run.returncode:
        raise SystemExit(f"{name}: {run.stderr}")
    return json.loads(run.stdout)["sde"]


# Comparison


def compare_scalar(rule, sde, generator):
    names, increments, draws = symbolic_increments(rule)
    largest = mpmath.mpf(0)
    for _ in range(POINTS):
        uniform = lambda low, high: sp.Rational(generator.randint(int(low * 1000), int(high * 1000)), 1000)
        point = {eta: sp.Rational(1, 16), t: uniform(0.5, 1.5), F: uniform(-1, 1), H: uniform(0.3, 1.2), sigma: uniform(0.3, 0.9)}
        for name, attributes in rule.parameters.items():
            point[names[name]] = uniform(0.2, 0.8) if "in (0" in attributes else uniform(0.3, 1.4)
        for name in rule.states:
            point[names[name]] = uniform(1, 2) if name in rule.nonnegative else uniform(-0.9, 0.9)
        small = {names[n]: 0 for n in rule.parameters if rule.is_displacement(n)}

        def over_samples(body):
            """E over all samples, the first one last."""
            for draw in draws[1:]:
                body = over_later_sample(body, draw)
            return expectation(body, point)

        call = lambda value: (lambda index, *others: value)
        scope = {name: value for name, value in FUNCTIONS.items() if name.isidentifier()}
        scope.update({str(s): sp.N(v, 40) for s, v in point.items()}, pi=sp.pi, d=1)
        for name in [*rule.states, "sigma", *(n for n, a in rule.parameters.items() if "each coordinate" in a)]:
            scope[name] = call(scope[name])
        scope.update(F=call(scope["F"]), H=call(scope["H"]), i=0, j=0, SUM=lambda body: body(0))
        model = lambda text: mpmath.mpf(str(sp.N(eval(evaluable(text), dict(scope)), 30)))
        for a, state in enumerate(rule.states):
            mean = over_samples(increments[a])
            largest = max(largest, distance(model(sde["drift"][state]["ascii"]), mean))
            for c, other in list(enumerate(rule.states))[a:]:
                u, w = increments[a].subs(small), increments[c].subs(small)
                covariance = over_samples(sp.expand(u * w)) - over_samples(u) * over_samples(w)
                largest = max(largest, distance(model(sde["covariance"][f"{state},{other}"]["ascii"]), covariance))
    return largest, mpmath.mpf("1e-15")


def over_later_sample(body, draw):
    """E over a sample that enters by its sign or by its powers to the second."""
    sign = sp.sign(draw)
    if body.has(sign):
        mean = sp.erf(F / (sigma * sp.sqrt(2)))
        return ((1 + mean) * body.subs(sign, 1) + (1 - mean) * body.subs(sign, -1)) / 2
    own = {0: sp.Integer(1), 1: F, 2: F ** 2 + sigma ** 2}
    return sp.expand(sum(c * own[n] for (n,), c in sp.Poly(sp.expand(body), draw).terms()))


def distance(model, derived):
    derived = mpmath.mpf(str(sp.N(derived, 30)))
    return abs(model - derived) / max(1, abs(derived))


def polar_nodes(mean, scale, radii):
    """Points g of the plane and weights of the normal density, in polar coordinates about g = 0: trapezoids in the angle, Gauss in
    the radius between the radii at which a function has a kink."""
    nodes = [(float(x), float(w)) for x, w in mpmath.calculus.quadrature.GaussLegendre(mpmath.mp).calc_nodes(4, 60)]
    far = math.hypot(*mean) + 8 * scale
    edges = sorted({0.0, far, *(r for r in radii if r < far)} | {far * n / 4 for n in range(1, 4)})
    angles, result = 96, []
    for low, high in zip(edges, edges[1:]):
        for x, w in nodes:
            r = (low + high) / 2 + (high - low) / 2 * x
            for n in range(angles):
                u = (r * math.cos(2 * math.pi * n / angles), r * math.sin(2 * math.pi * n / angles))
                distance = (u[0] - mean[0]) ** 2 + (u[1] - mean[1]) ** 2
                density = math.exp(-distance / (2 * scale ** 2)) / (2 * math.pi * scale ** 2)
                result.append((u, density * r * w * (high - low) / 2 * 2 * math.pi / angles))
    return result


@functools.cache
def compiled(text):
    """The code of an expression of one coordinate, and of what stands in norms, which it knows as N0, N1, ..."""
    inner = []

    def norm(_, body):
        inner.append(compile(python(body), "<norm>", "eval"))
        return f"N{len(inner) - 1}"

    text = opened(text, r"\bnorm\(", "()", norm)
    return compile(python(text).strip(), "<rule>", "eval"), inner


def compare_vector(rule, sde, generator):
    """In two dimensions; every rule of this kind moves by a multiple of eta, but for averages of order 1, whose step is small."""
    uniform = generator.uniform
    numbers = {"eta": 1e-9, **{n: uniform(0.3, 0.9) for n in rule.parameters}}
    scale = uniform(0.4, 0.8)
    mean = [uniform(-1, 1), uniform(-1, 1)]
    curvature = [[1.1, 0.4], [0.4, 0.8]]
    states = {n: [uniform(0.6, 1.4) if n in rule.nonnegative else uniform(-1, 1) for _ in range(2)] for n in rule.states}

    def step(u, without=()):
        scope = {"sqrt": math.sqrt, "min": min, "max": max, **numbers, **{n: 0.0 for n in without}}
        values = {**{n: list(v) for n, v in states.items()}}

        def evaluate(text):
            code, inner = compiled(text)
            coordinates = [{**scope, **{n: v[i] for n, v in values.items()}} for i in range(2)]
            norms = {f"N{n}": math.hypot(*(eval(c, {}, at) for at in coordinates)) for n, c in enumerate(inner)}
            return [eval(code, {}, {**at, **norms}) for at in coordinates]

        for index, (name, place, sample) in enumerate(rule.gradients):
            assert index == 0 or sample == "same sample"
            at = evaluate(place)
            move = [at[i] - states["x"][i] for i in range(2)]
            values[name] = [u[i] + sum(curvature[i][j] * move[j] for j in range(2)) for i in range(2)]
        for name, text in rule.lines:
            values[name] = evaluate(text)
        return {n: [(values[n + "_next"][i] - states[n][i]) / numbers["eta"] for i in range(2)] for n in rule.states}

    nodes = polar_nodes(mean, scale, [numbers["c"]] if "c" in numbers else [])
    small = [n for n in rule.parameters if rule.is_displacement(n)]
    steps = [step(u) for u, _ in nodes]
    noise_steps = [step(u, small) for u, _ in nodes] if small else steps

    def moment(table, *factors):
        return sum(w * math.prod(row[n][i] for n, i in factors) for row, (_, w) in zip(table, nodes))

    scope = {"sqrt": math.sqrt, "exp": math.exp, "gamma": math.gamma, "pi": math.pi, "min": min, "max": max, "d": 2, **numbers}
    scope["kummer"] = lambda a, b, z: float(mpmath.hyp1f1(a, b, z))
    for name, value in states.items():
        scope[name] = (lambda value: lambda index: value[index])(value)
    scope.update(F=lambda k: mean[k], H=lambda a, b: curvature[a][b], i=0, j=1, SUM=lambda body: sum(body(k) for k in range(2)))
    scope["EXPECTATION"] = lambda body: sum(
        w * body(lambda k: (u[k] - mean[k]) / scale) for u, w in nodes)

    def model(text):
        # One scale of noise for all coordinates, with or without an index.
        return eval(re.sub(r"\bsigma\([i-l]\)", "sigma", evaluable(text)), {**scope, "sigma": scale})

    largest = 0.0
    names = rule.states
    for a, state in enumerate(names):
        own = moment(steps, (state, 0))
        largest = max(largest, abs(model(sde["drift"][state]["ascii"]) - own) / max(1, abs(own)))
        entries = [(sde["covariance"][f"{state},{c}"], (state, 0), (c, 0)) for c in names[a:]]
        between = sde.get("crossCovariance", {})
        entries += [(between[f"{state}_i,{c}_j"], (state, 0), (c, 1)) for c in names[a:] if f"{state}_i,{c}_j" in between]
        for entry, u, w in entries:
            covariance = moment(noise_steps, u, w) - moment(noise_steps, u) * moment(noise_steps, w)
            largest = max(largest, abs(model(entry["ascii"]) - covariance) / max(1, abs(covariance)))
    return largest, 1e-6


def main():
    tool = sys.argv[1]
    wanted = sys.argv[2:] or sorted(p.stem for p in FOLDER.glob("*.rule"))
    failed = []
    for name in wanted:
        sde = printed(tool, name)
        if name in REFUSED:
            print(f"{name:18} {sde or 'refused, as it should be'}")
            failed += [name] if sde else []
            continue
        rule = Rule(FOLDER / f"{name}.rule")
        compare = compare_vector if rule.is_vector else compare_scalar
        largest, tolerance = compare(rule, sde, random.Random(name))
        print(f"{name:18} {mpmath.nstr(mpmath.mpf(largest), 2):>9}{'' if largest <= tolerance else '  DIFFERS'}", flush=True)
        failed += [name] if not largest <= tolerance else []
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
