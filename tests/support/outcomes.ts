import type { TestContext } from 'node:test';

/** A row of one of the tables that `npm test` prints. */
export interface Outcome {
  /** The head of the table's first column. */
  readonly table: string;
  /** What was tried. */
  readonly what: string;
  /** What happened. */
  readonly happened: string;
}

/** Marks the diagnostics that scripts/lib/layers.mjs collects. */
const MARK = 'outcome: ';

/** Tells, once the checks have passed, what became of a hostile input or a fault. */
export function tellOutcome(t: TestContext, what: string, happened: string): void {
  tell(t, { table: 'hostile input or fault', what, happened });
}

/** Tells, once the checks have passed, how the package works in a runtime or with a tool of other people's. */
export function tellRuntime(t: TestContext, what: string, happened: string): void {
  tell(t, { table: 'runtime or tool', what, happened });
}

function tell(t: TestContext, outcome: Outcome): void {
  t.diagnostic(`${MARK}${JSON.stringify(outcome)}`);
}
