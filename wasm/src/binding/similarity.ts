import type { Change, Evidence, Registration, Similarity } from '../types.js';
import type { WireEvidence, WireRating, WireRegistration } from './wire.js';

/** The public shape of what the core found. */
export function toSimilarity({ evidence, ...similarity }: WireRating): Similarity {
  return evidence === undefined ? similarity : { ...similarity, evidence: toEvidence(evidence) };
}

/** The public shape of what the pixels say. */
export function toEvidence({ samePixels, registration, changes }: WireEvidence): Evidence {
  const degrees = registration === undefined ? 0 : degreesOf(registration);
  return {
    samePixels,
    ...(registration && { registration: toRegistration(registration, degrees) }),
    changes: changes.map((change) => toChange(change, degrees)),
  };
}

function toRegistration(
  { matrix, scale, mirrored, blur, noise, ...both }: WireRegistration,
  degrees: number,
): Registration {
  return {
    matrix,
    scale,
    degrees,
    mirrored,
    overlap: { a: both.overlapA, b: both.overlapB },
    covered: { a: both.coveredA, b: both.coveredB },
    content: { a: both.contentA, b: both.contentB },
    agreement: { a: both.agreementA, b: both.agreementB },
    // Never −0, which JSON doesn't know.
    blur: blur + 0,
    noise,
    greyscale: { a: both.greyscaleA, b: both.greyscaleB },
  };
}

function toChange(change: Change, degrees: number): Change {
  return change.kind === 'turned' ? { ...change, amount: degrees } : change;
}

/** To a hundredth: engines may differ in the last bits of an arc tangent. */
function degreesOf({ cosine, sine }: WireRegistration): number {
  const degrees = (Math.atan2(sine, cosine) * 180) / Math.PI;
  return Math.round(degrees * 100) / 100 + 0;
}
