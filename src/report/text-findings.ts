/** @file Words of the findings, `[English, 简体中文]`; `{name}` stands for a value. */

export const findingText = {
  runSgd: ["batch size 1 (SGD)", "批大小 1（SGD）"],
  runBatch: ["batch size {size}", "批大小 {size}"],
  runFull: ["the full batch ({size})", "全批量（{size}）"],
  runRate: ["{run} at learning rate {rate}", "{run}、学习率 {rate}"],
  runLoops: ["{run} with loops", "{run}（循环引擎）"],
  noRuns: ["No run finished.", "没有完成任何训练。"],
  first: [
    "{Run} reached {target} first, in {seconds} of training.",
    "{run}最先达到{target}，训练用时 {seconds}。",
  ],
  only: [
    "{Run} reached {target} in {seconds} of training.",
    "{run}达到{target}，训练用时 {seconds}。",
  ],
  noneReached: ["No batch size reached {target}.", "没有任何批大小达到{target}。"],
  someReached: [
    "No batch size reached {target} with every seed.",
    "没有任何批大小在所有随机种子下都达到{target}。",
  ],
  best: [
    "{Run} ended with the best {metric}: {value}, after {seconds} of training.",
    "{run}最终{metric}最好：{value}，训练用时 {seconds}。",
  ],
  bestTie: ["{runs} ended with the same {metric}: {value}.", "{runs}最终{metric}相同：{value}。"],
  ended: [
    "{Run} ended with {metric} {value}, after {seconds} of training.",
    "{run}最终{metric}为 {value}，训练用时 {seconds}。",
  ],
  allLost: ["Every run diverged.", "所有训练均发散。"],
  undetermined: [
    "The runs left no finite result to compare.",
    "各次训练没有留下可比较的有限结果。",
  ],
  needed: [
    "{Run} needed {seconds}, {ratio} times as long.",
    "{run}需要 {seconds}，是其 {ratio} 倍。",
  ],
  notReached: [
    "{Run} did not reach it in {seconds} ({updates}).",
    "{run}在 {seconds} 内（{updates}）没有达到。",
  ],
  notReachedBest: [
    "{Run} came to {value} in {seconds} ({updates}).",
    "{run}在 {seconds} 内（{updates}）到 {value}。",
  ],
  partly: [
    "{Run} reached it with {reached} of {seeds} seeds.",
    "{run}在 {seeds} 个随机种子中有 {reached} 个达到。",
  ],
  came: [
    "{Run}: {value} after {seconds} ({updates}).",
    "{run}：{value}，用时 {seconds}（{updates}）。",
  ],
  more: ["{count} more batch sizes are in the table.", "其余 {count} 个批大小见下表。"],
  updatesOne: ["1 update", "1 次更新"],
  updatesMany: ["{count} updates", "{count} 次更新"],
  apart: [
    "Over {seeds} seeds, {run} took {range} and {next} {rangeNext}: the ranges do not overlap.",
    "在 {seeds} 个随机种子下，{run}用时 {range}，{next}用时 {rangeNext}：两个区间不重叠。",
  ],
  overlap: [
    "Over {seeds} seeds, {run} took {range} and {next} {rangeNext}: the ranges overlap, so which of the two is faster cannot be told.",
    "在 {seeds} 个随机种子下，{run}用时 {range}，{next}用时 {rangeNext}：两个区间重叠，无法判断哪个更快。",
  ],
  apartMetric: [
    "Over {seeds} seeds, {run} ended at {range} and {next} at {rangeNext}: the ranges do not overlap.",
    "在 {seeds} 个随机种子下，{run}最终为 {range}，{next}最终为 {rangeNext}：两个区间不重叠。",
  ],
  overlapMetric: [
    "Over {seeds} seeds, {run} ended at {range} and {next} at {rangeNext}: the ranges overlap, so which of the two is better cannot be told.",
    "在 {seeds} 个随机种子下，{run}最终为 {range}，{next}最终为 {rangeNext}：两个区间重叠，无法判断哪个更好。",
  ],
  oneSeed: [
    "One seed: how far these numbers vary by chance cannot be told. Several seeds (--seeds 3) would show it.",
    "只有一个随机种子：无法判断这些数字有多少出于偶然。用多个种子（--seeds 3）可以看出。",
  ],
  cost: [
    "On the way to the target, {run} made {updates} on {examples} examples; {other} made {otherUpdates} on {otherExamples}.",
    "达到目标时，{run}用 {examples} 个样本做了{updates}，{other}用 {otherExamples} 个样本做了{otherUpdates}。",
  ],
  budget: [
    "In {epochs}, {run} made {updates}; in {otherEpochs}, {other} made {otherUpdates}.",
    "{run}在{epochs}中做了{updates}；{other}在{otherEpochs}中做了{otherUpdates}。",
  ],
  budgetSame: [
    "The same {epochs} gave {updates} to {run} and {otherUpdates} to {other}.",
    "同样的{epochs}中，{run}做了{updates}，{other}做了{otherUpdates}。",
  ],
  epochsOne: ["1 epoch", "1 轮"],
  epochsMany: ["{count} epochs", "{count} 轮"],
  lost: ["{Run} diverged after {updates}.", "{run}在{updates}后发散。"],
  throughput: [
    "{Run} processed {rate} examples a second; {other} processed {otherRate}, {ratio} times as many.",
    "{run}每秒处理 {rate} 个样本，{other}处理 {otherRate} 个，是其 {ratio} 倍。",
  ],
  noiseFact: [
    "Measured at the same parameters, the gradient of one mini-batch missed the full gradient by {error} times its length with {run} (cosine {cosine}) and by {otherError} times with {other} (cosine {otherCosine}).",
    "在相同参数处测量，单个小批量的梯度与全梯度之差在{run}时是全梯度长度的 {error} 倍（余弦 {cosine}），在{other}时是 {otherError} 倍（余弦 {otherCosine}）。",
  ],
  ratesTuned: [
    "The learning rate was tuned for each batch size by short trials: {rates}.",
    "学习率经短试验为每个批大小分别选定：{rates}。",
  ],
  ratesGiven: ["The learning rates were given: {rates}.", "学习率由用户给定：{rates}。"],
  rateFor: ["{rate} for {run}", "{run}用 {rate}"],
  rateSame: [
    "All runs used learning rate {rate}; rates tuned for each batch size (--learning-rate auto) may change the order.",
    "所有训练都用学习率 {rate}；为每个批大小分别调学习率（--learning-rate auto）可能改变名次。",
  ],
  rateEdge: [
    "For {runs}, the rate chosen is at the edge of those tried: a wider search could do better.",
    "{runs}选定的学习率位于所试范围的边缘：扩大范围可能更好。",
  ],
  enginesFact: [
    "Explicit loops took {least} to {greatest} times as long as the vectorised engine for the same updates; the parameters differed by at most {difference}.",
    "对同样的更新，显式循环的用时是向量化引擎的 {least} 到 {greatest} 倍；参数最大相差 {difference}。",
  ],
  enginesOne: [
    "Explicit loops took {greatest} times as long as the vectorised engine for the same updates; the parameters differed by at most {difference}.",
    "对同样的更新，显式循环的用时是向量化引擎的 {greatest} 倍；参数最大相差 {difference}。",
  ],
  enginesRounding: [
    "The engines round differently, and in 32 bits the updates amplify that: with --dtype float64 the same runs show how little of the difference is left.",
    "两个引擎的舍入方式不同，32 位下更新会放大这种差别：用 --dtype float64 重跑可以看出差别还剩多少。",
  ],
  diverged: [
    "{Run} diverged with {count} of {seeds} seeds: {message}",
    "{run}在 {seeds} 个随机种子中有 {count} 个发散：{message}",
  ],
  divergedOne: ["{Run} diverged: {message}", "{run}发散：{message}"],
  incomplete: [
    "The race was stopped before all runs were done; this is as far as it came.",
    "竞赛在全部训练完成前被停止；这里是到停止为止的结果。",
  ],
} as const;
