import { expect, it } from "vitest";
import { optimizerText } from "./optimizer-text.ts";
import { adam, adamW, sgd } from "./optimizers.ts";
import { cosine, warmup } from "./schedules.ts";

it("names what is not as usual, and no learning rate", () => {
  expect(optimizerText(sgd({ learningRate: 0.3 }))).toBe("sgd");
  expect(optimizerText(sgd({ momentum: 0.9, nesterov: true }))).toBe("sgd, momentum 0.9, nesterov");
  expect(optimizerText(adam())).toBe("adam");
  expect(optimizerText(adamW({ weightDecay: 0.05 }))).toBe("adamW, weightDecay 0.05");
  const rise = warmup(cosine(0.1), { over: { epochs: 1 } });
  expect(optimizerText(sgd({ learningRate: rise, momentum: 0.9 }))).toBe(
    "sgd, momentum 0.9, warmup(cosine) schedule",
  );
  expect(optimizerText({ name: "mine", options: { heat: 2 } })).toBe("mine, heat 2");
});
