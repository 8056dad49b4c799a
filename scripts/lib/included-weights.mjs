/** The weights of the included model, as C++ programs and the core's tests load them. */
import { buildPackage, buildWasm, installPackages } from './build.mjs';
import { rooted } from './files.mjs';
import { ensurePrerequisites } from './prerequisites.mjs';
import { run } from './process.mjs';

/** The model that is part of the package. */
export const INCLUDED_MODEL = 'mobilenetv2-lite';

/** Writes models/mobilenetv2-lite.weights of the ONNX file beside it, which models/manifest.json must name. */
export async function writeIncludedWeights() {
  await ensurePrerequisites('build');
  await installPackages();
  await buildWasm();
  await buildPackage();
  const args = ['models', 'weights', INCLUDED_MODEL, '--out', rooted('models')];
  await run(process.execPath, [rooted('dist/package/cli/main.js'), ...args], { cwd: rooted() });
}
