/**
 * The model inside the package, for bundlers that hand files over as bytes (Cloudflare's rule `Data`): the option
 * `modelBinary` takes them.
 */
declare const model: ArrayBuffer;
export default model;
