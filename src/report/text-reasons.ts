/** @file Why a batch size is recommended, or none, and whether that held: `[English, 简体中文]`; `{name}` stands for a value. */

export const reasonText = {
  reasonBeside: ["Beside it, {list}.", "相比之下，{list}。"],
  reasonBesideOne: [
    "{size} takes {updates} times the updates at {cost} times the time of each, {seconds}",
    "批大小 {size} 的更新次数为 {updates} 倍，每次用时为 {cost} 倍，共 {seconds}",
  ],
  reasonFastestExamples: [
    "It is the fastest of the batch sizes that need about the fewest examples.",
    "在所需样本数接近最少的批大小中，它最快。",
  ],
  reasonFastestMemory: [
    "It is the fastest of the batch sizes that take about the least memory.",
    "在所需内存接近最少的批大小中，它最快。",
  ],
  reasonSameCost: [
    "Batch sizes {low} to {high} cost about the same, within {part}.",
    "批大小 {low} 至 {high} 的代价大致相同，相差在 {part} 以内。",
  ],
  reasonOnlyOne: [
    "It is the only batch size that was looked at, so there is nothing to compare it with.",
    "只考察了这一个批大小，没有可比较的对象。",
  ],
  reasonOverlap: [
    "Cannot tell it from {list}: not raced, and perhaps clearly faster, by the ends of the intervals.",
    "无法将它与 {list} 区分开：未参加竞赛，按区间端点可能明显更快。",
  ],
  reasonOverlapNear: [
    "Cannot tell it from its neighbours: too few batch sizes were raced.",
    "无法将它与相邻的批大小区分开：竞赛过的批大小太少。",
  ],
  reasonInPlaceOf: [
    "With all its runs, {seconds} ({low} to {high}), it is the best of those that were verified, so it is recommended in place of {size}, which was predicted.",
    "在经过检验的批大小中，按其全部训练它最好（{seconds}，{low} 至 {high}），因此取代预测的 {size} 成为建议。",
  ],
  reasonConstantReaches: [
    "A constant prediction already reaches {target}: it comes to {value}. Such a target says nothing of what the model learns; give a harder one.",
    "常数预测就已达到{target}：它为 {value}。这样的目标不能说明模型学到了什么；请给出更难的目标。",
  ],
  reasonNothingLearned: [
    "This model does not learn from these features: its least validation loss, {loss}, is no better than the {constant} of the best constant prediction (standard error of the difference: {error}). Check that each row has its own target, and that features are about as large as 1 (standardised); give features that say something of it, more data, or another model.",
    "该模型没有从这些特征中学到东西：其最小验证损失 {loss} 并不优于最佳常数预测的 {constant}（差的标准误：{error}）。请检查每一行的目标是否对应、特征的大小是否约为 1（已标准化）；换用与目标有关的特征、更多数据或别的模型。",
  ],
  reasonHardlyLearned: [
    "Cannot tell whether this model learns anything from these features: its least validation loss, {loss}, is not clearly below the {constant} of the best constant prediction (standard error of the difference: {error}). Give features that say more of the target, more validation data, or a target of your own.",
    "无法判断该模型是否从这些特征中学到东西：其最小验证损失 {loss} 并不明显低于最佳常数预测的 {constant}（差的标准误：{error}）。请换用与目标更有关的特征、更多验证数据，或自行给出目标。",
  ],
  reasonLittleLearned: [
    "The target is set by what this model learned, and that is little: a validation loss of {loss} beside the {constant} of the best constant prediction (standard error of the difference: {error}). More validation data, or a target of your own, makes the advice surer.",
    "目标由该模型所学到的决定，而它学到的不多：验证损失 {loss}，最佳常数预测为 {constant}（差的标准误：{error}）。更多验证数据，或自行给出目标，可使建议更可靠。",
  ],
  reasonNotReached: [
    "No run at batch size {size} reached {target} within {updates} updates, at any learning rate. Give a target that it can reach, or more epochs.",
    "批大小 {size} 的训练在任何学习率下都没有在 {updates} 次更新内达到{target}。请给出能达到的目标，或更多轮次。",
  ],
  reasonNotReachedNear: [
    "No run at batch size {size} reached {target} within {updates} updates, at any learning rate; the nearest came to {nearest}, and a constant prediction comes to {constant}. Give a target that it can reach, or more epochs.",
    "批大小 {size} 的训练在任何学习率下都没有在 {updates} 次更新内达到{target}；最接近的为 {nearest}，常数预测为 {constant}。请给出能达到的目标，或更多轮次。",
  ],
  reasonSomeSeeds: [
    "Only some seeds reached {target}: {reached} of {runs} runs did, and at no learning rate all of them. Give a target that is easier to reach, more epochs, or more validation data.",
    "只有部分种子达到{target}：{runs} 次训练中有 {reached} 次，且没有一个学习率使全部种子达到。请给出更容易的目标、更多轮次或更多验证数据。",
  ],
  reasonNeverFinite: [
    "Every trial diverged or had no finite loss: the model does not learn from this data with this optimizer. Standardise the features if they are much larger than 1, or try another optimizer.",
    "每次试验都发散，或损失不是有限值：用该优化器，模型无法从这些数据中学习。如果特征远大于 1，请先标准化，或换用别的优化器。",
  ],
  reasonNoneFits: [
    "No batch size that was raced fits {limit} of memory.",
    "竞赛过的批大小都超出 {limit} 的内存上限。",
  ],
  reasonStopped: [
    "It was stopped before a run reached the target.",
    "在有训练达到目标之前被停止。",
  ],

  reasonNotAgain: [
    "Not every run of batch size {size} reached the target again.",
    "批大小 {size} 的训练没有全部再次达到目标。",
  ],
  reasonMeasured: [
    "Predicted: {predicted} ({predictedLow} to {predictedHigh}); measured: {seconds} ({low} to {high}).",
    "预测 {predicted}（{predictedLow} 至 {predictedHigh}），实测 {seconds}（{low} 至 {high}）。",
  ],
  reasonBetterTime: [
    "Batch size {size} was faster with every seed: {cost} against {own}.",
    "批大小 {size} 在每个种子下都更快：{cost} 对 {own}。",
  ],
  reasonBetterExamples: [
    "Batch size {size} needed fewer examples with every seed: {cost} against {own}.",
    "批大小 {size} 在每个种子下都需要更少的样本：{cost} 对 {own}。",
  ],
  reasonBetterMemory: [
    "Batch size {size} takes less memory: {cost} against {own}.",
    "批大小 {size} 占用更少的内存：{cost} 对 {own}。",
  ],
  reasonPerhapsTime: [
    "Batch size {size} was faster in the median, {cost} against {own}, but the seeds overlap.",
    "批大小 {size} 的中位用时更短，{cost} 对 {own}，但各种子的结果重叠。",
  ],
  reasonPerhapsExamples: [
    "Batch size {size} needed fewer examples in the median, {cost} against {own}, but the seeds overlap.",
    "批大小 {size} 所需样本的中位数更少，{cost} 对 {own}，但各种子的结果重叠。",
  ],
  reasonNoneBetter: ["No neighbour was clearly better.", "没有相邻的批大小明显更好。"],
  reasonOffTheCurve: [
    "Batch size {size} took {measured}; predicted: {low} to {high}.",
    "批大小 {size} 用时 {measured}，而预测为 {low} 至 {high}。",
  ],
} as const;
