/** @file Words about runs that were made by themselves, and about rows of a table, `[English, 简体中文]`; `{name}` stands for a value. */

export const runsText = {
  rows: ["Rows", "数据行"],
  stored: ["Read from", "数据读取"],
  storedValue: [
    "disk, {count} training examples in memory at a time; waiting for them is in the seconds",
    "磁盘，内存中每次保留 {count} 个训练样本；等待读取的时间计入秒数",
  ],
  rowsValue: [
    "{rows} rows read, {dropped} dropped, {imputed} missing values imputed.",
    "读入 {rows} 行，丢弃 {dropped} 行，填补缺失值 {imputed} 个。",
  ],
  rowsDropped: [
    "Dropped: {target} without a target, {features} with another missing value.",
    "丢弃：{target} 行没有目标值，{features} 行有其他缺失值。",
  ],
  rowsImputed: ["Imputed: {columns}.", "填补：{columns}。"],
  rowsColumn: ["{count} in {column}", "{column} {count} 个"],
  rowsMore: ["{count} more columns", "另外 {count} 列"],

  runsTitle: ["{count} runs on {data}", "{data} 上的 {count} 次训练"],
  runsTitleOne: ["A run on {data}", "{data} 上的一次训练"],
  runsEyebrow: ["Runs side by side", "训练对比"],
  runsShow: ["Runs shown", "显示的训练"],
  runsChart: [
    "{name} over {axis}, one line for each run: {runs}.",
    "{name}随{axis}变化，每次训练一条线：{runs}。",
  ],
  runsQuantity: ["Run", "训练"],
  runsTable: ["The runs in numbers", "训练数据"],
  runsJitter: ["Memory is that of the whole process.", "内存为整个进程的内存。"],
  runsTrainLoss: [
    "Mean loss of the updates since the point before.",
    "自上一点以来各次更新的平均损失。",
  ],
  rowBatch: ["Batch size", "批大小"],
  rowSeed: ["Seed", "随机种子"],
  rowEngine: ["Engine", "引擎"],
  rowMachine: ["Machine", "机器"],
  rowMetricName: ["Metric", "指标"],
  rowMade: ["Made", "时间"],
  statusRunning: ["not ended", "未结束"],
  statusFailed: ["failed", "失败"],

  runsNone: ["No run has a result to compare.", "没有可比较的结果。"],
  runsBest: [
    "The best {metric} is that of {run}: {value}, after {seconds} of training.",
    "{metric}最好的是 {run}：{value}，训练用时 {seconds}。",
  ],
  runsOnly: [
    "The {metric} of {run} came to {value}, after {seconds} of training.",
    "{run} 的{metric}为 {value}，训练用时 {seconds}。",
  ],
  runsTie: ["The same {metric}, {value}, for {runs}.", "{runs} 的{metric}相同：{value}。"],
  runsMixed: [
    "{count} runs that cannot all be compared: they are on different data or measured differently.",
    "{count} 次训练不能全部相互比较：数据不同或指标不同。",
  ],
  runsBestOn: [
    "On {data}, the best {metric} is that of {run}: {value}.",
    "在 {data} 上，{metric}最好的是 {run}：{value}。",
  ],
  runsCame: [
    "Then {run}: {value} after {seconds} ({updates}).",
    "其次 {run}：{value}，用时 {seconds}（{updates}）。",
  ],
  runsMore: ["{count} more runs are in the table.", "其余 {count} 次训练见下表。"],
  runsDiffer: ["The runs differ in {list}.", "各次训练的不同之处：{list}。"],
  runsWhat: ["What differs", "不同之处"],
  runsSame: [
    "The runs have the same settings and the same seed.",
    "各次训练的设置与随机种子都相同。",
  ],
  differData: ["data", "数据"],
  differModel: ["model", "模型"],
  differLoss: ["loss", "损失函数"],
  differMetric: ["metric", "指标"],
  differOptimizer: ["optimizer", "优化器"],
  differPrecision: ["precision", "精度"],
  differBatch: ["batch size", "批大小"],
  differRate: ["learning rate", "学习率"],
  differSeed: ["seed", "随机种子"],
  differEngine: ["engine", "引擎"],
  differThreads: ["threads", "线程数"],
  differMachine: ["machine", "机器"],
  differVersions: ["versions", "版本"],
  runsApart: [
    "The runs were made apart, not as a race: their starts, their order of examples and the load of the machine may differ, and so may what they were tuned for.",
    "这些训练是分别进行的，不是竞赛：起点、样本顺序和机器负载都可能不同，调参目标也可能不同。",
  ],
  runsLeftOut: [
    "Paths on the loss surface and the noise of the gradient are left out: only a race (minibatch compare) measures them, from one start.",
    "不含损失曲面上的路径和梯度噪声：只有竞赛（minibatch compare）从同一起点测量它们。",
  ],
  runsLosses: [
    "The losses are of different functions ({list}), or on different data: compare the shapes of their curves, not their values.",
    "损失函数不同（{list}）或数据不同：请比较曲线形状，不要比较数值。",
  ],
  runsOtherMetric: [
    "Not in the chart of {metric}, since measured by another metric: {runs}.",
    "未列入{metric}图（使用其他指标）：{runs}。",
  ],
  runsUnfinished: [
    "Not ended, shown as far as it came: {runs}.",
    "尚未结束，仅显示到目前为止：{runs}。",
  ],
  runsDiverged: ["Diverged: {run}. {message}", "发散：{run}。{message}"],
  runsFailed: ["Failed: {run}. {message}", "失败：{run}。{message}"],
  runsClock: [
    "The clock of each run counts its training only: evaluation and compilation stand beside it in the table.",
    "每次训练的计时只含训练；评估与编译另列于表中。",
  ],
} as const;
