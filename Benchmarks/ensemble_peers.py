#!/usr/bin/env python3
"""Times ensembles in NumPy, numba and JAX beside continuum-bench, in turn, and prints millions of path-steps a second.

    python3 -m venv .build/peers && .build/peers/bin/pip install numpy scipy numba jax
    swift build -c release
    .build/peers/bin/python Benchmarks/ensemble_peers.py .build/release/continuum-bench

The cases are the ones of Sources/ContinuumBench/SimulationBenchmarks.swift: an optimizer, or its published SDE by
Euler-Maruyama at dt = eta, on a quadratic with Gaussian noise, one normal for each coordinate and step, the mean loss at
100 times. Each system runs every case once to compile and to warm up; then all systems run in turn, `--rounds` times, and
the median counts. A ratio is ours over the best of the peers. The mean losses at the end must agree within five standard
errors of NumPy's, or the script ends with status 1.

Beside them runs Benchmarks/ensemble_kernels.cpp, the same cases written by hand for one processor, where a compiler is
found ($CXX, or else c++): with the registers of this processor, and with those of every x86-64. It is no peer that a user
has, but says how much of what the processor gives each system takes.
"""

import argparse
import json
import math
import os
import statistics
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("JAX_ENABLE_X64", "1")
os.environ.setdefault("JAX_PLATFORMS", "cpu")

import jax
import jax.numpy as jnp
import numba
import numpy as np
import scipy
from scipy.special import erf as array_erf

SAVES = 100
ROOT_OF_TWO = math.sqrt(2)


@dataclass(frozen=True)
class Case:
    """A process on a quadratic of the given curvatures: the paths, the steps, and the parameters of its rule."""

    name: str
    own: str
    curvatures: tuple
    start: tuple
    paths: int
    steps: int
    eta: float
    sigma: float


ADAMW = dict(curvatures=(10.0, 2.0), start=(1.0, 1.0), paths=500, steps=50_000, eta=1e-3, sigma=0.01)
SIGNSGD = dict(curvatures=(1.0, 2.0), start=(0.1, 0.1), paths=5000, steps=3000, eta=1e-3, sigma=0.1)
RMSPROP = dict(curvatures=(1.0,), start=(1.0,), paths=1_000_000, steps=200, eta=1e-2, sigma=0.1)
CASES = [
    Case("AdamW SDE", "adamw SDE at dt = eta", **ADAMW),
    Case("AdamW", "adamw optimizer", **ADAMW),
    Case("SignSGD SDE", "signsgd SDE at dt = eta", **SIGNSGD),
    Case("SignSGD", "signsgd optimizer", **SIGNSGD),
    Case("RMSprop SDE", "rmsprop SDE at dt = eta", **RMSPROP),
    Case("RMSprop", "rmsprop optimizer", **RMSPROP),
]
RHO1, RHO2, GAMMA, RHO, EPSILON = 100.0, 1.0, 0.01, 1.0, 1e-8


def updates(eta, sigma, sqrt, exp, erf, sign):
    """One step of each process for one coordinate: (time in steps, curvature, states, normal) to the new states.

    The functions of the library are arguments, so that a peer compiles the same formulas with its own.
    """
    beta1, beta2, beta = 1 - eta * RHO1, 1 - eta * RHO2, 1 - eta * RHO
    root = math.sqrt(eta)

    def adamw_sde(k, curvature, x, m, v, z):
        second = sqrt(1 - exp(-RHO2 * eta * k))
        first = 1 - exp(-RHO1 * eta * k)
        gradient = curvature * x
        pull = RHO1 * (gradient - m)
        drift = -(second / first) * (m + eta * pull) / (sqrt(v) + EPSILON * second) - GAMMA * x
        return (x + eta * drift, m + eta * pull + eta * RHO1 * sigma * z,
                v + eta * RHO2 * (gradient * gradient + sigma * sigma - v))

    def adamw(k, curvature, x, m, v, z):
        g = curvature * x + sigma * z
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g * g
        first, second = 1 / (1 - beta1**k), 1 / (1 - beta2**k)
        return x - eta * (m * first) / (sqrt(v * second) + EPSILON) - eta * GAMMA * x, m, v

    def signsgd_sde(k, curvature, x, m, v, z):
        drift = erf(curvature * x / (ROOT_OF_TWO * sigma))
        return x - eta * drift + eta * sqrt(1 - drift * drift) * z, m, v

    def signsgd(k, curvature, x, m, v, z):
        return x - eta * sign(curvature * x + sigma * z), m, v

    def rmsprop_sde(k, curvature, x, m, v, z):
        gradient = curvature * x
        scale = eta / (sqrt(v) + EPSILON)
        return (x - scale * gradient + scale * sigma * z, m,
                v + eta * RHO * (gradient * gradient + sigma * sigma - v))

    def rmsprop(k, curvature, x, m, v, z):
        g = curvature * x + sigma * z
        v = beta * v + (1 - beta) * g * g
        return x - eta * g / (sqrt(v) + EPSILON), m, v

    return {"AdamW SDE": adamw_sde, "AdamW": adamw, "SignSGD SDE": signsgd_sde, "SignSGD": signsgd,
            "RMSprop SDE": rmsprop_sde, "RMSprop": rmsprop}


def initial(case):
    """The states of a coordinate before the first step, and the number of that step.

    A model is singular where its averages are zero; it starts one step later, with x and the averages at their means after
    one step of the optimizer.
    """
    curvature, x = np.array(case.curvatures), np.array(case.start)
    gradient = curvature * x
    if case.name == "AdamW SDE":
        return (x - case.eta * np.sign(gradient) - case.eta * GAMMA * x, case.eta * RHO1 * gradient,
                case.eta * RHO2 * (gradient**2 + case.sigma**2), 1)
    if case.name == "RMSprop SDE":
        v = case.eta * RHO * (gradient**2 + case.sigma**2)
        return x - case.eta * gradient / np.sqrt(v), 0 * x, v, 1
    return x, 0 * x, 0 * x, 1


def saved_steps(case, first):
    """The numbers of steps between the saves, which add up to the steps of the case."""
    total = case.steps - (1 if first and case.name in ("AdamW SDE", "RMSprop SDE") else 0)
    edges = [total * n // SAVES for n in range(SAVES + 1)]
    return [b - a for a, b in zip(edges, edges[1:])]


class NumPy:
    name = f"NumPy {np.__version__}"

    def __init__(self, case):
        functions = updates(case.eta, case.sigma, np.sqrt, np.exp, array_erf, np.sign)
        update, curvature = functions[case.name], np.array(case.curvatures)[:, None]

        def run(seed):
            generator = np.random.default_rng(seed)
            x, m, v, k = initial(case)
            x, m, v = (np.repeat(state[:, None], case.paths, axis=1) for state in (x, m, v))
            for count in saved_steps(case, True):
                for _ in range(count):
                    x, m, v = update(k, curvature, x, m, v, generator.standard_normal(x.shape))
                    k += 1
                losses = (curvature * x * x).sum(axis=0) / 2
                mean = losses.mean()
            self.error = losses.std() / math.sqrt(case.paths)
            return mean

        self.run = run


class Numba:
    name = f"numba {numba.__version__}"

    def __init__(self, case):
        functions = updates(
            case.eta, case.sigma, math.sqrt, math.exp, math.erf,
            numba.njit(lambda a: math.copysign(1.0, a), fastmath=True))
        update = numba.njit(functions[case.name], fastmath=True)
        curvatures, counts, paths = np.array(case.curvatures), np.array(saved_steps(case, True)), case.paths
        blocks = min(paths, 8 * numba.get_num_threads())

        @numba.njit(parallel=True, fastmath=True)
        def simulate(seed, x0, m0, v0, k0):
            sums = np.zeros((blocks, SAVES))
            for block in numba.prange(blocks):
                np.random.seed(seed + block)
                for _ in range(paths * block // blocks, paths * (block + 1) // blocks):
                    x, m, v = x0.copy(), m0.copy(), v0.copy()
                    k = k0
                    for save in range(SAVES):
                        for _ in range(counts[save]):
                            for i in range(curvatures.size):
                                x[i], m[i], v[i] = update(
                                    k, curvatures[i], x[i], m[i], v[i], np.random.standard_normal())
                            k += 1
                        for i in range(curvatures.size):
                            sums[block, save] += curvatures[i] * x[i] * x[i] / 2
            return sums

        self.run = lambda seed: simulate(seed, *initial(case))[:, -1].sum() / paths


class JAX:
    """One key a step, or the normals of several steps drawn at once."""

    def __init__(self, case, batch):
        functions = updates(
            case.eta, case.sigma, jnp.sqrt, jnp.exp, jax.scipy.special.erf, jnp.sign)
        update, curvature = functions[case.name], jnp.array(case.curvatures)[:, None]
        shape = (len(case.curvatures), case.paths)
        counts = saved_steps(case, False)
        batch = min(batch, counts[0])

        def step(carry, z):
            x, m, v, k = carry
            return (*update(k, curvature, x, m, v, z), k + 1), None

        def drawn(carry, key):
            return jax.lax.scan(step, carry, jax.random.normal(key, (batch, *shape)))

        def saved(carry, key):
            carry, _ = jax.lax.scan(drawn, carry, jax.random.split(key, counts[0] // batch))
            return carry, (curvature * carry[0] ** 2).sum(axis=0).mean() / 2

        @jax.jit
        def simulate(key, carry):
            return jax.lax.scan(saved, carry, jax.random.split(key, SAVES))[1]

        def run(seed):
            x, m, v, k = initial(case)
            carry = tuple(jnp.repeat(jnp.array(state)[:, None], case.paths, axis=1) for state in (x, m, v))
            return float(simulate(jax.random.key(seed), (*carry, float(k)))[-1])

        self.run = run


class JAXStepwise(JAX):
    name = f"JAX {jax.__version__}, a key a step"

    def __init__(self, case):
        super().__init__(case, batch=1)


class JAXBatched(JAX):
    name = f"JAX {jax.__version__}, normals in batches"

    def __init__(self, case):
        super().__init__(case, batch=max(1, min(10, 2_000_000 // case.paths)))


class Continuum:
    """A build of continuum-bench, with the widest registers of the processor or with narrower ones."""

    name = "Continuum"

    def __init__(self, case, program, bits=None):
        self.case, self.program = case, program
        self.environment = os.environ | ({"CONTINUUM_REGISTER_BITS": str(bits)} if bits else {})

    def seconds(self, _):
        output = subprocess.run(
            [self.program, "--filter", f"simulation {self.case.own}, ", "--samples", "3", "--json"],
            check=True, capture_output=True, text=True, env=self.environment).stdout
        (record,) = json.loads(output)["results"]
        return record["median"], record["result"]


class HandWritten:
    """Benchmarks/ensemble_kernels.cpp, compiled with the given flags."""

    directory = tempfile.TemporaryDirectory()
    flags = ["-std=c++17", "-O3", "-fno-math-errno", "-ffp-contract=fast", "-pthread"]

    def __init__(self, case):
        curvature = np.array(case.curvatures)
        x, m, v, k = initial(case)
        states = np.stack(np.broadcast_arrays(curvature, x, m, v), axis=1).ravel()
        behind = case.steps - sum(saved_steps(case, True))
        self.arguments = [case.name, case.paths, case.steps, case.eta, case.sigma]
        self.rest = [os.cpu_count(), behind, *states]

    @classmethod
    def compiled(cls, compiler):
        cls.program = f"{cls.directory.name}/{cls.__name__}"
        source = Path(__file__).with_name("ensemble_kernels.cpp")
        subprocess.run([compiler, *cls.flags, source, "-o", cls.program], check=True)
        return cls

    def seconds(self, seed):
        arguments = [*self.arguments, seed, *self.rest]
        output = subprocess.run(
            [self.program, *map(str, arguments)], check=True, capture_output=True, text=True).stdout
        return tuple(map(float, output.split()))


class HandWrittenNative(HandWritten):
    name = "C++ by hand, native"
    flags = HandWritten.flags + ["-march=native"]


class HandWrittenPlain(HandWritten):
    name = "C++ by hand"


def timed(peer, seed):
    start = time.perf_counter()
    loss = peer.run(seed)
    return time.perf_counter() - start, loss


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("program", nargs="+", help="continuum-bench, and builds of it with other flags")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument(
        "--registers", type=int, nargs="*", default=[], metavar="BITS",
        help="also time the first program with registers of so many bits at most")
    parser.add_argument("--case", help="only cases whose name contains this")
    options = parser.parse_args()
    kinds = [NumPy, Numba, JAXStepwise, JAXBatched]
    compiler = os.environ.get("CXX") or shutil.which("c++")
    bounds = [kind.compiled(compiler) for kind in (HandWrittenPlain, HandWrittenNative)] if compiler else []
    print(f"{os.cpu_count()} processors; millions of path-steps a second, median of {options.rounds} rounds in turn\n")
    builds = [(program, None) for program in options.program] + [(options.program[0], bits) for bits in options.registers]
    columns = ["case"] + [f"Continuum: {program}" + (f", {bits} bits" if bits else "") for program, bits in builds]
    columns += [kind.name for kind in kinds + bounds] + ["ratio to the best peer"] * (len(builds) + len(bounds))
    print("| " + " | ".join(columns) + " |\n|---" + "|--:" * (len(columns) - 1) + "|", flush=True)
    agreed = True
    for case in CASES:
        if options.case and options.case.lower() not in case.name.lower():
            continue
        peers = [kind(case) for kind in kinds]
        reference = timed(peers[0], 1)[1]
        error = peers[0].error
        for peer in peers[1:]:
            timed(peer, 1)
        own = [Continuum(case, program, bits) for program, bits in builds]
        hand_written = [kind(case) for kind in bounds]
        systems = own + peers + hand_written
        times = {id(system): [] for system in systems}
        for n in range(options.rounds):
            for system in systems:
                measures_itself = isinstance(system, (Continuum, HandWritten))
                seconds, loss = system.seconds(n + 2) if measures_itself else timed(system, n + 2)
                times[id(system)].append(seconds)
                if abs(loss - reference) > 5 * ROOT_OF_TWO * error:
                    agreed = False
                    print(f"{case.name}: {system.name} has the loss {loss}, NumPy {reference} +- {error}", file=sys.stderr)
        rates = {key: case.paths * case.steps / statistics.median(values) / 1e6 for key, values in times.items()}
        best = max(rates[id(peer)] for peer in peers)
        row = [case.name] + [f"{rates[id(system)]:.1f}" for system in systems]
        row += [f"{rates[id(system)] / best:.2f}" for system in own + hand_written]
        print("| " + " | ".join(row) + " |", flush=True)
    print(f"\nSciPy {scipy.__version__} has NumPy's erf.")
    sys.exit(0 if agreed else 1)


if __name__ == "__main__":
    main()
