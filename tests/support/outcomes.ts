import type { TestContext } from 'node:test';

/** What `npm test` puts into the table of hostile inputs and faults. */
export interface Outcome {
  /** What was thrown at it. */
  readonly what: string;
  /** What happened. */
  readonly happened: string;
}

/** Marks the diagnostics that scripts/lib/layers.mjs collects. */
const MARK = 'outcome: ';

/** Tells, once the checks have passed, what became of a hostile input or a fault. */
export function tellOutcome(t: TestContext, what: string, happened: string): void {
  t.diagnostic(`${MARK}${JSON.stringify({ what, happened } satisfies Outcome)}`);
}
