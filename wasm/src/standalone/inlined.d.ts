/** The files inside likeness.standalone.js; the build writes this module. */
export interface InlinedFile {
  readonly type: string;
  /** The bytes, compressed with gzip, in base64. */
  readonly data: string;
}

declare const files: Readonly<Record<string, InlinedFile>>;
export default files;
