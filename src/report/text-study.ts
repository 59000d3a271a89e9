/** @file Words of the page of `minibatch study`, `[English, 简体中文]`; `{name}` stands for a value. */

export const studyText = {
  studyTitle: ["Claims about batch sizes, tested on {data}", "批大小的种种说法：在 {data} 上检验"],
  studyEyebrow: ["Study of claims", "说法检验"],
  studyHead: [
    "Of {total} claims about batch sizes, {holds}, {not}, and {unknown} cannot be told.",
    "关于批大小的 {total} 种说法：{holds}，{not}，无法判断 {unknown} 种。",
  ],
  studyHold: ["{count} hold here", "此处成立 {count} 种"],
  studyHoldOne: ["{count} holds here", "此处成立 {count} 种"],
  studyDoNot: ["{count} do not", "不成立 {count} 种"],
  studyDoNotOne: ["{count} does not", "不成立 {count} 种"],
  studyOne: [
    "One claim about batch sizes was tested here. Verdict: {verdict}.",
    "此处检验了一种关于批大小的说法。结论：{verdict}。",
  ],
  studyNone: ["Stopped before the first claim was tested.", "在检验第一种说法之前被停止。"],
  studyHow: [
    "{model} with {parameters} parameters, {training} examples to train on, {validation} to validate on; {optimizer}, {seeds} seeds from {seed} on, {seconds} in all.",
    "{model}，{parameters} 个参数；训练样本 {training} 个，验证样本 {validation} 个；{optimizer}；{seeds} 个种子，从 {seed} 起；共用时 {seconds}。",
  ],
  studyPlain: ["plain gradient descent", "普通梯度下降"],
  studyOptimizer: [
    "optimizer {name} (plain gradient descent for claims 4 to 6)",
    "优化器 {name}（说法 4 至 6 用普通梯度下降）",
  ],
  studyStopped: ["Stopped before all claims were tested.", "在检验完所有说法之前被停止。"],
  studyRule: ["The rule", "判断规则"],
  studyNumbers: ["Measured numbers", "测量数据"],
  studyTook: ["Claim {number} · {seconds}", "说法 {number} · {seconds}"],
  studyLegend: ["Legend", "图例"],
  studyMade: ["Made by {command}", "由 {command} 生成"],
  studyEnvironment: [
    "minibatch {version}, {runtime}, {machine}, {date}",
    "minibatch {version}，{runtime}，{machine}，{date}",
  ],
  studyHolds: ["holds", "成立"],
  studyNot: ["does not hold", "不成立"],
  studyUnknown: ["cannot tell", "无法判断"],
} as const;

/** Names of columns and words in cells, in Chinese; English is what they are. */
const studyColumns: Readonly<Record<string, string>> = {
  "batch size": "批大小",
  "last batch": "末批",
  kept: "保留",
  dropped: "丢弃",
  updates: "更新次数",
  expected: "应为",
  examples: "样本数",
  "share of the epoch": "轮次进度",
  "validation loss": "验证损失",
  noise: "噪声",
  measured: "实测",
  "by the law": "按规律",
  "relative error": "相对误差 |g − G|/|G|",
  angle: "夹角",
  "to steepest descent": "与最速下降方向",
  "to the step before": "与前一步",
  "to steepest descent, own rate": "与最速下降方向（各自学习率）",
  "to the step before, own rate": "与前一步（各自学习率）",
  cosine: "余弦",
  loss: "损失函数",
  quadratic: "二次函数",
  "this model": "本模型",
  "largest stable learning rate": "最大稳定学习率",
  starts: "起点数",
  left: "离开数",
  "share that left": "离开的比例",
  low: "下限",
  high: "上限",
  batch: "批",
  "in one piece": "整批通过",
  "as runs do": "如实际训练",
  "peak memory (MB)": "内存峰值（MB）",
  threads: "线程数",
  "microseconds an update": "每次更新微秒数",
  "share of the matrix-product rate": "占矩阵乘法速率的比例",
  "learning rate": "学习率",
  reached: "达到目标",
  seconds: "秒",
  engine: "引擎",
  matrices: "矩阵",
  loops: "循环",
  "microseconds an example": "每个样本微秒数",
  rows: "行数",
};

/** The name of a column, or a word in a cell. */
export function studyWord(language: "en" | "zh", name: string): string {
  return language === "en" ? name : (studyColumns[name] ?? name);
}
