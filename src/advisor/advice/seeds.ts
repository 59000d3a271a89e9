/** @file How much the search spends on chance, by how long a run takes. */

/** What runs of one length get. */
export interface Seeding {
  /** Seeds of one trial of a learning rate. */
  readonly perTrial: number;
  /** Seeds, at least, of the batch size that leads: three runs that arrive leave room for a rate that every third does not survive. */
  readonly ofLeader: number;
  /** Seeds, at most, of a batch size that cannot be told from the best. */
  readonly perBatchSize: number;
  /** Whether other learning rates that arrived stay in the race for a batch size. */
  readonly rates: boolean;
  /** Seeds of each batch size in the verification. */
  readonly verification: number;
  /** By how many times a run may go beyond the predicted updates, and beyond those of the slowest that arrived. */
  readonly slower: number;
}

/** In a millisecond there are so few updates that seeds differ by factors, and runs cost nothing; runs of seconds are alike, and cost. */
export function seedsFor(seconds: number): Seeding {
  if (seconds < 0.002)
    return {
      ...{ perTrial: 9, ofLeader: 10, perBatchSize: 48, rates: true },
      ...{ verification: 9, slower: 10 },
    };
  const long = { rates: false, verification: 3, slower: 3 };
  if (seconds < 0.1) return { perTrial: 3, ofLeader: 10, perBatchSize: 12, ...long };
  return { perTrial: 1, ofLeader: 3, perBatchSize: 3, ...long };
}
