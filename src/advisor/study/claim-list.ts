/** @file The claims, in the order of their numbers. */
import type { ClaimTest } from "./claim-test.ts";
import { costOfTargetClaim } from "./claims/cost-of-target.ts";
import { dataSizeClaim } from "./claims/data-size.ts";
import { earlyProgressClaim } from "./claims/early-progress.ts";
import { memoryClaim } from "./claims/memory.ts";
import { noiseLawClaim } from "./claims/noise-law.ts";
import { parallelHardwareClaim } from "./claims/parallel-hardware.ts";
import { poorMinimumClaim } from "./claims/poor-minimum.ts";
import { sizeRangesClaim } from "./claims/size-ranges.ts";
import { stableRateClaim } from "./claims/stable-rate.ts";
import { steadinessClaim } from "./claims/steadiness.ts";
import { updatesPerEpochClaim } from "./claims/updates-per-epoch.ts";
import { vectorisationClaim } from "./claims/vectorisation.ts";

/** Claim n is entry n − 1. */
export const claimTests: readonly ClaimTest[] = [
  updatesPerEpochClaim,
  earlyProgressClaim,
  noiseLawClaim,
  steadinessClaim,
  stableRateClaim,
  poorMinimumClaim,
  memoryClaim,
  parallelHardwareClaim,
  costOfTargetClaim,
  vectorisationClaim,
  sizeRangesClaim,
  dataSizeClaim,
];
