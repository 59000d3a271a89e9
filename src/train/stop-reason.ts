/** @file Why a run ended. */

/** Why a run ended. */
export type StopReason = "budget" | "target" | "earlyStopping" | "aborted";
