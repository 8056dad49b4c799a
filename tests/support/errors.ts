import { type ErrorCode, LikenessError } from 'image-likeness';

/** The code that a promise rejects with; fails when it resolves or rejects with anything else. */
export async function codeOf(call: Promise<unknown>): Promise<ErrorCode> {
  try {
    await call;
  } catch (error) {
    if (error instanceof LikenessError) return error.code;
    throw error;
  }
  throw new Error('expected a LikenessError, but the call succeeded');
}
