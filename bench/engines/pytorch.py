"""PyTorch, eager, on the processor: the optimizer of torch.optim, or the same step in place without it."""

import torch

from measure import CLASSES, EXAMPLES, HIDDEN, INPUTS
from measure import first_weights, index_batches, measure, read_mnist, run_job


def network():
    model = torch.nn.Sequential(
        torch.nn.Linear(INPUTS, HIDDEN), torch.nn.ReLU(), torch.nn.Linear(HIDDEN, CLASSES)
    )
    with torch.no_grad():
        for layer, weight in zip((model[0], model[2]), first_weights()):
            layer.weight.copy_(torch.from_numpy(weight))
            layer.bias.zero_()
    return model


def measured(job):
    torch.set_num_threads(job["threads"])
    X, labels = (torch.from_numpy(values) for values in read_mnist(job["data"]))
    batches = torch.from_numpy(index_batches(job["batchSize"]))
    rate = job["learningRate"]
    position = 0

    def batch():
        nonlocal position
        if job["batchSize"] == EXAMPLES:
            return X, labels
        rows = batches[position]
        position = (position + 1) % len(batches)
        with torch.no_grad():
            return X.index_select(0, rows), labels.index_select(0, rows)

    def with_optimizer():
        model = network()
        optimizer = torch.optim.SGD(model.parameters(), lr=rate)

        def run(count):
            for _ in range(count):
                x, y = batch()
                loss = torch.nn.functional.cross_entropy(model(x), y)
                optimizer.zero_grad(set_to_none=True)
                loss.backward()
                optimizer.step()
            return loss.item()

        return run

    def in_place():
        model = network()
        parameters = list(model.parameters())
        W1, b1, W2, b2 = parameters
        linear = torch.nn.functional.linear

        def run(count):
            for _ in range(count):
                x, y = batch()
                z = linear(torch.relu(linear(x, W1, b1)), W2, b2)
                loss = torch.nn.functional.cross_entropy(z, y)
                gradients = torch.autograd.grad(loss, parameters)
                with torch.no_grad():
                    for parameter, gradient in zip(parameters, gradients):
                        parameter.add_(gradient, alpha=-rate)
            return loss.item()

        return run

    variants = {"in place": in_place(), "torch.optim.SGD": with_optimizer()}
    return {"version": f"PyTorch {torch.__version__}", **measure(variants, job["seconds"])}


run_job(measured)
