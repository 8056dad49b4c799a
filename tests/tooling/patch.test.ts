/** Other people's code is changed where it is as it was when the patch was written, and nowhere else. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { withoutOwnAddress } from '../../scripts/lib/build.mjs';
import { withoutOwnFile } from '../../scripts/lib/packed-files.mjs';

const GLUE =
  "typeof document !== 'undefined' && document.currentScript ? document.currentScript.src : undefined";
const RUNTIME = 'new URL("ort-wasm-simd-threaded.wasm",import.meta.url)';

test("Emscripten's glue no longer asks the document for its own address", () => {
  const code = readFileSync('build/wasm/wasm/likeness-core.js', 'utf8');
  assert.equal(withoutOwnAddress(code), code.replace(GLUE, 'undefined'));
  assert.doesNotMatch(withoutOwnAddress('var _scriptDir = '.concat(GLUE, ';')), /document/);
  // As a current Emscripten writes it.
  const current = 'var _scriptName = import.meta.url;';
  assert.equal(withoutOwnAddress(current), 'var _scriptName = "";');
  assert.throws(
    () => withoutOwnAddress('var _scriptName = undefined;'),
    /^Error: Emscripten's likeness-core\.js must be patched, and is not as it was: .* is in it 0 ×, not 1 ×/,
  );
  assert.throws(() => withoutOwnAddress(`${GLUE} ${GLUE}`), /is in it 2 ×, not 1 ×/);
});

test('ONNX Runtime no longer names its uncompressed .wasm', () => {
  const path = 'node_modules/onnxruntime-web/dist/ort.wasm.bundle.min.mjs';
  const code = readFileSync(path, 'utf8');
  const patched = withoutOwnFile(code);
  assert.ok(code.includes(RUNTIME) && !patched.includes(RUNTIME));
  assert.equal(patched, code.replaceAll(RUNTIME, 'new URL(import.meta.url)'));
  assert.throws(
    () => withoutOwnFile(code.replace(RUNTIME, 'new URL("other.wasm",import.meta.url)')),
    /ort\.wasm\.bundle\.min\.mjs must be patched, and is not as it was: .* is in it 1 ×, not 2 ×/,
  );
});
