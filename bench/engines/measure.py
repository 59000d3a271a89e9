"""The stopwatch and the data of the engines in Python; does what measure.ts, data.ts and job.ts do."""

import json
import math
import os
import resource
import sys
import time

import numpy as np

EXAMPLES, INPUTS, HIDDEN, CLASSES = 60_000, 784, 128, 10
BLOCK_SECONDS = 0.1
PATIENCE_SECONDS = 1.5


def read_mnist(folder):
    """X [60000, 784] float32 in [0, 1] and the labels [60000] int64."""
    images = np.fromfile(os.path.join(folder, "train-images-idx3-ubyte"), np.uint8, offset=16)
    labels = np.fromfile(os.path.join(folder, "train-labels-idx1-ubyte"), np.uint8, offset=8)
    X = images.reshape(EXAMPLES, INPUTS).astype(np.float32)
    X /= 255
    return X, labels.astype(np.int64)


def first_weights():
    """First weights (He uniform), laid out as [out, in]; biases start at zero."""
    generator = np.random.default_rng(1)

    def he(out, fan_in):
        bound = math.sqrt(6 / fan_in)
        return generator.uniform(-bound, bound, (out, fan_in)).astype(np.float32)

    return he(HIDDEN, INPUTS), he(CLASSES, HIDDEN)


def index_batches(batch_size):
    """A shuffled order cut into index batches of full size; shuffled before the clock starts."""
    order = np.random.default_rng(2).permutation(EXAMPLES)
    whole = EXAMPLES // batch_size
    return order[: whole * batch_size].reshape(whole, batch_size)


def timed(run, count):
    start = time.perf_counter()
    loss = run(count)
    return time.perf_counter() - start, loss


def warm_up(run):
    """Seconds an update, and how many updates make a block."""
    count = 1
    seconds, _ = timed(run, count)
    if seconds > PATIENCE_SECONDS:
        return seconds, count
    seconds, _ = timed(run, count)
    while seconds < BLOCK_SECONDS:
        count = math.ceil(count * min(8, 1 + BLOCK_SECONDS / seconds))
        seconds, _ = timed(run, count)
    return seconds / count, max(1, round(count * BLOCK_SECONDS / seconds))


def measure(variants, seconds):
    """Times the fastest of `variants` (name -> run(count) -> loss) in blocks, at least one."""
    best = None
    for name, run in variants.items():
        each, count = warm_up(run)
        if best is None or each < best[0]:
            best = (each, count, name, run)
        if each > PATIENCE_SECONDS:
            break
    _, count, name, run = best
    blocks, spent, loss = [], 0.0, math.nan
    while spent < seconds:
        block, loss = timed(run, count)
        blocks.append(block * 1e6 / count)
        spent += block
    loss = loss if math.isfinite(loss) else None
    return {"variant": name, "updateMicroseconds": blocks, "loss": loss}


def run_job(measured):
    """Reads the job from the command line, has it measured and prints the answer."""
    answer = measured(json.loads(sys.argv[1]))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    answer["peakBytes"] = peak if sys.platform == "darwin" else peak * 1024
    print(json.dumps(answer), flush=True)
