/** The package's files, compressed with gzip, in base64; the build writes this module. */
export declare const core: string;
export declare const model: string;
