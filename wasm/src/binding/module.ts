import createModule from '../likeness-core.js';
import type { CoreModule } from './wire.js';

/**
 * Starts an instance of the core. The glue code never looks for the .wasm itself (its own search
 * breaks in Node and in bundlers): it is handed the compiled module.
 */
export function startModule(compiled: WebAssembly.Module): Promise<CoreModule> {
  return new Promise((resolve, reject) => {
    createModule({
      instantiateWasm(imports, receive) {
        WebAssembly.instantiate(compiled, imports).then(
          (instance) => receive(instance, compiled),
          reject,
        );
        return {};
      },
    }).then(resolve, reject);
  });
}
