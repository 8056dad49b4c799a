/** In the place of ONNX Runtime's build for graphics cards, which has 26.8 MB. */
throw new Error('the self-contained file has WebAssembly only');
