/** The Embind glue that CMake builds from wasm/bindings.cpp and the build copies beside this. */
import type { CoreModule } from './binding/wire.js';

export interface ModuleArguments {
  instantiateWasm(
    imports: WebAssembly.Imports,
    receive: (instance: WebAssembly.Instance, module: WebAssembly.Module) => void,
  ): object;
}

export default function createModule(argument: ModuleArguments): Promise<CoreModule>;
