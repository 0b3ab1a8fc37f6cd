#!/usr/bin/env python3
"""Compares what emitted Python computes with what the command itself computes.

    python3 -m venv .build/peers && .build/peers/bin/pip install numpy scipy jax
    .build/peers/bin/python Tests/Golden/emitted_sources.py .build/release/continuum python|jax|pytorch [RULE...]

The target `python` needs NumPy and SciPy. For every built-in rule that has source code, to order 1 and to order 2 where it has
that, the source is run at one state of two coupled coordinates; its drift, and its diffusion times its transpose, must agree
with `continuum evaluate` to 1e-11. The status is 1 where they do not.
"""

import inspect
import json
import subprocess
import sys
import types

LANDSCAPE = "x1^4/4 + x1*x2 + x2^2"
TIME = 0.7
POSITION = (0.7, -0.4)
NOISE_SCALE = 0.5
TOLERANCE = 1e-11


def run(*arguments):
    return subprocess.run(arguments, capture_output=True, text=True)


def gradient(x):
    return stack([x[0] ** 3 + x[1], x[0] + 2 * x[1]])


def hessian_product(x, w):
    return stack([3 * x[0] ** 2 * w[0] + w[1], w[0] + 2 * w[1]])


def hessian_diagonal(x):
    return stack([3 * x[0] ** 2, 2 + 0 * x[1]])


def loss(x):
    return x[0] ** 4 / 4 + x[0] * x[1] + x[1] ** 2


SUPPLIES = {f.__name__: f for f in (gradient, hessian_product, hessian_diagonal, loss)}


def library(target):
    """Functions from a list of numbers to an array, from a list of arrays to one, and from an array to a list."""
    if target == "pytorch":
        import torch

        array = lambda numbers: torch.tensor(numbers, dtype=torch.float64)
        return array, torch.stack, lambda value: [float(v) for v in torch.as_tensor(value).expand(2)]
    if target == "jax":
        import jax

        jax.config.update("jax_enable_x64", True)
        import jax.numpy as np
    else:
        import numpy as np
    return np.asarray, np.stack, lambda value: [float(v) for v in np.broadcast_to(value, (2,))]


def compare(command, rule, target, order, array, numbers):
    emitted = run(command, "emit", rule, "--target", target, "--order", str(order))
    if emitted.returncode == 3:
        return None
    assert emitted.returncode == 0, emitted.stderr
    module = types.ModuleType(rule)
    exec(compile(emitted.stdout, f"{rule}.{target}.py", "exec"), module.__dict__)

    states = {name: [0.3 + 0.1 * k, 0.25] for k, name in enumerate(module.STATES)}
    states[module.STATES[0]] = list(POSITION)
    given, named = [], {}
    for parameter in inspect.signature(module.drift).parameters.values():
        if parameter.name in SUPPLIES:
            given.append(SUPPLIES[parameter.name])
        elif parameter.kind is parameter.KEYWORD_ONLY:
            default = parameter.default
            if parameter.name == "sigma":
                default = NOISE_SCALE
            elif default is inspect.Parameter.empty:
                default = 0.01 if parameter.name == "eta" else 0.4
            named[parameter.name] = default
    state = [array(states[name]) for name in module.STATES]
    drift = [numbers(b) for b in module.drift(state, TIME, *given, **named)]
    rows = [[numbers(entry) for entry in row] for row in module.diffusion(state, TIME, *given, **named)]

    at = [f"{name}{i + 1}={states[name][i]}" for name in module.STATES for i in range(2)] + [f"t={TIME}"]
    values = ",".join(f"{name}={value}" for name, value in named.items())
    evaluated = run(
        command, "evaluate", rule, "--set", values, "--at", ",".join(at), "--landscape", LANDSCAPE,
        "--order", str(order), "--format", "json")
    assert evaluated.returncode == 0, evaluated.stderr
    expected = json.loads(evaluated.stdout)

    worst = 0.0
    for a, name in enumerate(module.STATES):
        for i in range(2):
            reference = expected["drift"][f"{name}{i + 1}"]
            worst = max(worst, abs(drift[a][i] - reference) / max(1.0, abs(reference)))
            for c, other in enumerate(module.STATES[a:], a):
                value = sum(p[i] * q[i] for p, q in zip(rows[a], rows[c]))
                key = f"{name}{i + 1},{other}{i + 1}"
                if key not in expected["covariance"]:
                    key = f"{other}{i + 1},{name}{i + 1}"
                reference = expected["covariance"][key]
                worst = max(worst, abs(value - reference) / max(1.0, abs(reference)))
    return worst


def main(command, target, rules):
    global stack
    array, stack, numbers = library(target)
    compared = failures = 0
    for rule in rules or run(command, "list", "--format", "names").stdout.split():
        for order in (1, 2):
            worst = compare(command, rule, target, order, array, numbers)
            if worst is None:
                continue
            compared += 1
            if not worst <= TOLERANCE:
                failures += 1
                print(f"{rule}, order {order}: off by {worst:.1e}")
    print(f"{compared} models compared, {failures} differ")
    return 1 if failures or not compared else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], sys.argv[3:]))
