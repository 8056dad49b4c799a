/**
 * Stands for Node's types where there must be none: `tsconfig.browser.json` finds it first when a package
 * asks for them.
 */
export {};
