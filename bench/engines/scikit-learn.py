"""scikit-learn's MLPClassifier: partial_fit goes once through the rows it is given, shuffled, in mini-batches."""

import warnings

import numpy as np
import sklearn
from sklearn.neural_network import MLPClassifier

from measure import CLASSES, EXAMPLES, HIDDEN, measure, read_mnist, run_job


def measured(job):
    warnings.simplefilter("ignore")
    # The check for NaN reads all rows once more at every call; it is not part of an update.
    sklearn.set_config(assume_finite=True)
    X, labels = read_mnist(job["data"])
    size = job["batchSize"]
    model = MLPClassifier(
        hidden_layer_sizes=(HIDDEN,),
        activation="relu",
        solver="sgd",
        momentum=0.0,
        nesterovs_momentum=False,
        alpha=0.0,
        learning_rate="constant",
        learning_rate_init=job["learningRate"],
        batch_size=size,
        # At full batch the order is of no use, and without it no rows are copied.
        shuffle=size < EXAMPLES,
        random_state=1,
    )
    classes = np.arange(CLASSES)
    most = EXAMPLES // size

    def run(count):
        done = 0
        while done < count:
            updates = min(most, count - done)
            rows = updates * size
            model.partial_fit(X[:rows], labels[:rows], classes)
            done += updates
        return float(model.loss_)

    return {"version": f"scikit-learn {sklearn.__version__}", **measure({"partial_fit": run}, job["seconds"])}


run_job(measured)
