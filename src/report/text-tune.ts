/** @file Words of the page of `minibatch tune`, `[English, 简体中文]`; `{name}` stands for a value. */

export const tuneText = {
  tuneTitle: ["Batch size for {data}", "{data} 的批大小建议"],
  tuneEyebrow: ["Advice on the batch size", "批大小建议"],
  tuneHead: [
    "Batch size {size}, learning rate {rate}, {threads}: {target} in about {seconds} of training.",
    "批大小 {size}、学习率 {rate}、{threads}：训练约 {seconds} 达到{target}。",
  ],
  tuneHeadExamples: [
    "Batch size {size}, learning rate {rate}, {threads}: {target} after about {examples} examples.",
    "批大小 {size}、学习率 {rate}、{threads}：约 {examples} 个样本后达到{target}。",
  ],
  tuneHeadMemory: [
    "Batch size {size}, learning rate {rate}, {threads}: {target} with about {bytes} of memory.",
    "批大小 {size}、学习率 {rate}、{threads}：约用 {bytes} 内存达到{target}。",
  ],
  tuneHeadNone: ["No batch size can be recommended.", "无法推荐批大小。"],
  tuneHeadStopped: ["Stopped before a recommendation.", "在得出建议之前被停止。"],
  tuneOneThread: ["1 thread", "1 个线程"],
  tuneThreads: ["{count} threads", "{count} 个线程"],

  tuneInterval: [
    "Predicted: {low} to {high} of training, {updates} updates ({updatesLow} to {updatesHigh}; 95% intervals).",
    "预测：训练 {low} 至 {high}，更新 {updates} 次（{updatesLow} 至 {updatesHigh}；95% 区间）。",
  ],
  tuneHeld: [
    "Raced at batch sizes {sizes}, with other seeds: the prediction held.",
    "以批大小 {sizes} 和其他种子竞赛：预测成立。",
  ],
  tuneNotHeld: [
    "Raced at batch sizes {sizes}, with other seeds: the prediction did not hold.",
    "以批大小 {sizes} 和其他种子竞赛：预测不成立。",
  ],
  tuneCannotTell: [
    "Raced at batch sizes {sizes}, with other seeds: cannot tell whether the prediction holds.",
    "以批大小 {sizes} 和其他种子竞赛：无法判断预测是否成立。",
  ],
  tuneHeldAlone: [
    "Run again with other seeds, the prediction held.",
    "以其他种子重新训练后，预测成立。",
  ],
  tuneNotHeldAlone: [
    "Run again with other seeds, the prediction did not hold.",
    "以其他种子重新训练后，预测不成立。",
  ],
  tuneCannotTellAlone: [
    "Run again with other seeds, which cannot tell whether the prediction holds.",
    "以其他种子重新训练后，仍无法判断预测是否成立。",
  ],

  tuneFitFact: [
    "Updates to the target follow S(B) = {min} · (1 + {critical} / B): up to about {critical} examples a larger batch saves updates, beyond it hardly.",
    "到目标的更新次数符合 S(B) = {min} · (1 + {critical} / B)：批大小在约 {critical} 以内时，增大能减少更新次数，再大则几乎不减。",
  ],
  tuneFitSmall: [
    "A larger batch did not save updates here: S(B) is about {min} at every batch size that was raced.",
    "这里增大批大小并不减少更新次数：在竞赛过的批大小上 S(B) 都约为 {min}。",
  ],
  tuneFitLarge: [
    "Every doubling of the batch halved the updates: about {examples} examples are needed at every batch size that was raced.",
    "批大小每翻一倍，更新次数减半：在竞赛过的批大小上都约需 {examples} 个样本。",
  ],
  tuneSpeedFact: [
    "An update takes {first} at batch size {small} and {last} at {large}: {ratio} times as long for {factor} times the examples.",
    "批大小 {small} 时一次更新需 {first}，{large} 时需 {last}：样本为 {factor} 倍，用时为 {ratio} 倍。",
  ],
  tuneBestFact: [
    "Of the two estimates of the critical batch size that need no races, {name} came nearer to what the races said.",
    "两种不需要竞赛的临界批大小估计中，{name}更接近竞赛结果。",
  ],
  tuneMemoryFact: [
    "Of the batch sizes that were looked at, {size} is the largest that fits {limit}.",
    "在考察过的批大小中，{limit} 内能容纳的最大批大小是 {size}。",
  ],
  tuneConstantFact: [
    "The best constant prediction, which does not look at the features, comes to {list}.",
    "不看特征的最佳常数预测：{list}。",
  ],
  tuneOriginPilot: [
    "No target was given: it is what a first run reached.",
    "没有给定目标：目标取自第一次训练达到的水平。",
  ],
  tuneOneSeed: [
    "Between the batch sizes that were raced, the curve is a fit.",
    "在竞赛过的批大小之间，曲线是拟合得到的。",
  ],
  tuneHere: [
    "Times are those of this machine, this model, this data and this target.",
    "用时只适用于本机、此模型、此数据与此目标。",
  ],
  tuneIncomplete: [
    "Stopped before the end: what was not measured is missing.",
    "提前停止：未测量的部分缺失。",
  ],
  tuneUnverified: ["The recommendation was not raced.", "建议没有经过竞赛检验。"],

  tuneTime: ["Time to the target", "到目标的时间"],
  tuneTimeText: [
    "Seconds of training until {target}: updates to the target times seconds of an update.",
    "训练到{target}所需的秒数：到目标的更新次数乘以每次更新的秒数。",
  ],
  tuneTimeLabel: [
    "Predicted seconds of training to {target} against batch size, with its 95% band and {points} measured runs.",
    "到{target}的预测训练秒数随批大小变化，含 95% 带和 {points} 次实测。",
  ],
  tuneKeyPredicted: ["predicted, with 95% interval", "预测，含 95% 区间"],
  tuneKeySearch: ["run of the search, at its best learning rate", "搜索中的训练，最佳学习率"],
  tuneKeyOther: ["at another learning rate", "其他学习率"],
  tuneKeyVerified: ["verification: median, least to greatest", "检验：中位数，最小到最大"],
  tuneKeyChosen: ["recommended", "建议"],
  tuneAxisBatch: ["batch size", "批大小"],
  tuneSeconds: ["seconds of training to the target", "到目标的训练秒数"],
  tuneUpdates: ["Updates to the target, S(B)", "到目标的更新次数 S(B)"],
  tuneUpdatesLabel: [
    "Updates to the target against batch size: the fit, its 95% band and the runs.",
    "到目标的更新次数随批大小变化：拟合、95% 带与各次训练。",
  ],
  tuneSpeed: ["Time of one update, t(B)", "一次更新的用时 t(B)"],
  tuneSpeedLabel: [
    "Seconds of one update against batch size, a line for each number of threads: {threads}.",
    "一次更新的秒数随批大小变化，每个线程数一条线：{threads}。",
  ],

  tuneTable: ["The batch sizes in numbers", "各批大小的数据"],
  tuneColBatch: ["Batch size", "批大小"],
  tuneColRate: ["Learning rate", "学习率"],
  tuneColThreads: ["Threads", "线程数"],
  tuneColUpdates: ["Updates to the target", "到目标的更新次数"],
  tuneColSeconds: ["Seconds to the target", "到目标的秒数"],
  tuneColExamples: ["Examples to the target", "到目标的样本数"],
  tuneColSpeed: ["Examples a second", "每秒样本数"],
  tuneColMemory: ["Memory", "内存"],
  tuneChosen: ["recommended", "建议"],

  tuneMemory: ["Memory", "内存"],
  tuneMemoryText: [
    "Peak memory of the process: predicted from data, parameters, optimizer and the values of one pass; measured while updates were timed.",
    "进程峰值内存：由数据、参数、优化器状态和一次传播的中间值预测；实测取自计时期间。",
  ],
  tuneMemoryMicro: [
    "From batch size {size} on, a batch goes through the graph in parts.",
    "从批大小 {size} 起，一个批分几次通过计算图。",
  ],
  tuneMemoryLabel: [
    "Predicted and measured memory of the process against batch size.",
    "进程的预测内存与实测内存随批大小变化。",
  ],
  tuneKeyMemory: ["predicted", "预测"],
  tuneKeyMeasured: ["measured", "实测"],
  tuneLimit: ["limit {bytes}", "上限 {bytes}"],

  tuneNoise: ["Noise and the critical batch size", "噪声与临界批大小"],
  tuneNoiseText: [
    "The critical batch size is where a larger batch stops to save updates. Three estimates of it: from the races, and from the noise of the gradient along a pilot run of {updates} updates (batch size {size}, learning rate {rate}), with and without weighting by curvature.",
    "临界批大小是增大批大小不再节省更新的界限。三种估计：来自竞赛；来自一次试训练（{updates} 次更新，批大小 {size}，学习率 {rate}）沿途的梯度噪声，分为按曲率加权与不加权。",
  ],
  tunePilot: ["Noise along the pilot run", "试训练沿途的噪声"],
  tunePilotLabel: [
    "B_simple and B_noise over the updates of the pilot run, with 95% intervals.",
    "B_simple 与 B_noise 随试训练的更新次数变化，含 95% 区间。",
  ],
  tuneAxisPilot: ["updates of the pilot run", "试训练的更新次数"],
  tuneSimple: ["B_simple = tr(Σ)/|G|²", "B_simple = tr(Σ)/|G|²"],
  tuneCurvature: ["B_noise = tr(HΣ)/GᵀHG", "B_noise = tr(HΣ)/GᵀHG"],
  tuneEstimates: ["Estimates of the critical batch size", "临界批大小的估计"],
  tuneEstimatesLabel: [
    "Estimates of the critical batch size with 95% intervals: {list}.",
    "临界批大小的估计，含 95% 区间：{list}。",
  ],
  tuneSourceCurvature: ["curvature-weighted noise", "按曲率加权的噪声"],
  tuneSourceSimple: ["plain noise", "未加权的噪声"],
  tuneSourceRaces: ["races", "竞赛"],
  tuneColSource: ["From", "来源"],
  tuneColCritical: ["Critical batch size", "临界批大小"],
  tuneColWould: ["Would recommend", "会推荐"],
  tuneColError: ["Log error on the races", "竞赛上的对数误差"],
  tuneNearest: ["(nearest to the races)", "（最接近竞赛）"],
  tuneErrorNote: [
    "Log error: root mean square of the logarithm of predicted over measured updates; the fit to the races is measured on the same runs. ∞: no upper bound.",
    "对数误差：预测与实测更新次数之比的对数的均方根；竞赛的拟合用的是同一批训练。∞：没有上界。",
  ],

  tuneLayers: ["Noise of each array of parameters", "各参数数组的噪声"],
  tuneLayersText: [
    "At the end of the pilot run. Share: of the trace of the covariance Σ of the gradients.",
    "在试训练结束时。占比：占梯度协方差 Σ 的迹的份额。",
  ],
  tuneColName: ["Parameters", "参数"],
  tuneColTrace: ["tr(Σ)", "tr(Σ)"],
  tuneColShare: ["Share", "占比"],
  tuneColSquared: ["|G|²", "|G|²"],
  tuneColSimple: ["B_simple", "B_simple"],

  tuneTop: ["Examples that make the noise", "产生噪声的样本"],
  tuneTopText: [
    "The training examples with the largest gradients at the end of the pilot run, and their share of the squared gradients of the examples that were looked at. Often they are mislabelled, or odd.",
    "试训练结束时梯度最大的训练样本，及其在所考察样本的梯度平方和中的份额。它们常常是标注错误或异常的样本。",
  ],
  tuneExample: ["Row {index}", "第 {index} 行"],
  tuneExampleLabel: ["target: {label}", "目标：{label}"],
  tuneExampleShare: ["{share} of the noise", "占噪声的 {share}"],
  tuneExampleMissing: ["missing", "缺失"],
  tuneExampleOther: ["another one", "其他"],
  tuneExampleMore: ["and {count} more", "另有 {count} 项"],
  tuneExampleImage: ["Image of row {index}", "第 {index} 行的图像"],

  tuneRuns: ["All runs to the target", "所有到目标的训练"],
  tuneRunsText: [
    "Seconds: updates times the time of one update as measured apart, so that what others do on the machine is not in it. Clock: as it passed.",
    "秒数：更新次数乘以单独测得的每次更新用时，不含机器上其他负载的影响。时钟：实际经过的时间。",
  ],
  tuneRunsOpen: ["{count} runs", "{count} 次训练"],
  tuneColPurpose: ["For", "用途"],
  tuneColSeed: ["Seed", "随机种子"],
  tuneColOutcome: ["Outcome", "结果"],
  tuneColClock: ["Clock", "时钟"],
  tuneColDone: ["Updates", "更新次数"],
  tuneColTook: ["Seconds", "秒数"],
  tuneSearch: ["search", "搜索"],
  tuneVerification: ["verification", "检验"],
  tuneReached: ["reached", "达到"],
  tuneMissed: ["not reached", "未达到"],
  tuneDiverged: ["diverged", "发散"],

  tuneHow: ["How it was measured", "测量方法"],
  tuneHowText: [
    "Updates were timed at each batch size and number of threads; a learning rate was searched for some batch sizes by runs to the target; a curve through them gives the others. The recommendation was then raced with other seeds, if that was asked for.",
    "对每个批大小和线程数测量更新用时；对若干批大小通过训练到目标来搜索学习率；其余由拟合曲线得到。若有要求，再用其他随机种子竞赛检验建议。",
  ],
  tuneTook: ["Time of the advice", "建议用时"],
  tuneTookValue: [
    "{total}: speed {throughput}, search {search}, noise {noise}, verification {verification}",
    "{total}：速度 {throughput}，搜索 {search}，噪声 {noise}，检验 {verification}",
  ],
  tuneGoal: ["Goal", "目的"],
  tuneGoalTime: ["least time to the target", "到目标时间最短"],
  tuneGoalExamples: ["fewest examples to the target", "到目标样本最少"],
  tuneGoalMemory: ["least memory", "内存最少"],
} as const;
