/** The content of models/manifest.json, which the build writes beside this as a module. */
declare const manifest: unknown;
export default manifest;
