#!/usr/bin/env python3
"""Writes the built-in data sets and the figures their tests compare with.

Needs numpy and scikit-learn (Debian: python3-sklearn). Run from anywhere; writes into the checkout:
  src/data/builtin/digits.ts, src/data/builtin/iris.ts, test/fixtures/sklearn_data.json
"""
import base64
import json
import pathlib

import numpy
import sklearn
from sklearn import datasets, linear_model, preprocessing

ROOT = pathlib.Path(__file__).resolve().parent.parent


def module(name, about, constants):
    lines = [f"/** @file {about}; written by scripts/make-datasets.py. */"]
    for key, (comment, array) in constants.items():
        values = numpy.ascontiguousarray(array)
        assert (values == values.astype(numpy.uint8)).all()
        text = base64.b64encode(values.astype(numpy.uint8).tobytes()).decode()
        lines += ["", f"/** {comment} */", f"export const {key}: string =", f'  "{text}";']
    path = ROOT / "src/data/builtin" / f"{name}.ts"
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n".join(lines) + "\n")


def summary(bunch):
    x, y = bunch.data, bunch.target
    scaler = preprocessing.StandardScaler().fit(x)
    return {
        "shape": list(x.shape),
        "sum": float(x.sum()),
        "columnMeans": x.mean(axis=0).tolist(),
        "columnScales": scaler.scale_.tolist(),
        "standardizedRow7": scaler.transform(x)[7].tolist(),
        "row100": x[100].tolist(),
        "weightedSum": float((x * numpy.arange(1, x.size + 1).reshape(x.shape)).sum()),
        "classCounts": numpy.bincount(y).tolist(),
        "labelWeightedSum": int((y * numpy.arange(1, len(y) + 1)).sum()),
    }


def regression():
    random = numpy.random.RandomState(5)
    x = random.randn(40, 3)
    y = x @ [1.5, -2.0, 0.25] + 0.75 + 0.3 * random.randn(40)
    fit = linear_model.LinearRegression().fit(x, y)
    loss = float(((fit.predict(x) - y) ** 2).mean())
    return {
        "x": x.tolist(),
        "y": y.tolist(),
        "weights": fit.coef_.tolist(),
        "bias": float(fit.intercept_),
        "loss": loss,
    }


def legacy_random(seed):
    random = numpy.random.RandomState
    return {
        "seed": seed,
        "uniform": random(seed).random_sample(5).tolist(),
        "normal": random(seed).standard_normal(7).tolist(),
        "permutation": random(seed).permutation(20).tolist(),
    }


digits, iris = datasets.load_digits(), datasets.load_iris()
module(
    "digits",
    "Optical digits (UCI, as in scikit-learn)",
    {
        "pixels": ("1797 × 64 bytes, values 0 to 16, base64.", digits.data),
        "labels": ("1797 bytes, values 0 to 9, base64.", digits.target),
    },
)
module(
    "iris",
    "Fisher's iris (as in scikit-learn)",
    {
        "millimetres": ("150 × 4 bytes, base64.", numpy.rint(iris.data * 10)),
        "labels": ("150 bytes, values 0 to 2, base64.", iris.target),
    },
)
assert (numpy.rint(iris.data * 10) / 10 == iris.data).all()

moons, moon_labels = datasets.make_moons(9, shuffle=False)
circles, circle_labels = datasets.make_circles(9, shuffle=False)
fixture = {
    "source": f"scikit-learn {sklearn.__version__}, numpy {numpy.__version__}: load_digits, load_iris, StandardScaler, "
    "make_moons(9), make_circles(9), LinearRegression; written by scripts/make-datasets.py",
    "digits": summary(digits),
    "iris": summary(iris),
    "moons": {"x": moons.tolist(), "y": moon_labels.tolist()},
    "circles": {"x": circles.tolist(), "y": circle_labels.tolist()},
    "regression": regression(),
    "numpyRandom": [legacy_random(seed) for seed in (0, 42, 4294967295)],
}
(ROOT / "test/fixtures/sklearn_data.json").write_text(json.dumps(fixture, indent=1) + "\n")
