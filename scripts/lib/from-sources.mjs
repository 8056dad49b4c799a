/** A Vite plugin: the page as it is developed, from its own sources and those of the package. */
import { createReadStream, existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { rooted } from './files.mjs';
import { ISOLATION } from './static-server.mjs';

/** What the package has beside its sources; see writeGenerated in build.mjs. */
export const GENERATED = 'build/dev';

const SOURCES = rooted('wasm/src');

/** Where package.json says that a compiled module is. */
const COMPILED = /^\.\/dist\/package\/(.+)$/;

/** Names the files that the package loads; see wasm/src/assets.ts. */
const IN_PLACE = rooted('web/delivery/in-place.ts');

/** The address of a module of ONNX Runtime. */
const RUNTIME_MODULE = /\/onnxruntime-web\/dist\/([^/?]+\.mjs)/;

/** Lets Vite's own message of an error be styled, and nothing else. */
const NONCE = 'likeness-dev';

/**
 * Reads the package's TypeScript where its users read what that compiles to.
 * @returns {import('vite').Plugin}
 */
export function fromSources() {
  const entries = publicEntries();
  return {
    name: 'likeness-from-sources',
    enforce: 'pre',
    config: () => ({
      html: { cspNonce: NONCE },
      resolve: {
        alias: {
          '#assets/core': IN_PLACE,
          '#assets/model': IN_PLACE,
          '#assets/runtime': IN_PLACE,
        },
      },
    }),
    resolveId(id, importer) {
      const entry = entries.get(id);
      if (entry !== undefined) return placeOf(entry);
      const [from = ''] = importer?.split('?') ?? [];
      if (!id.startsWith('.') || !isSource(from)) return null;
      return placeOf(relative(SOURCES, resolve(dirname(from), id)));
    },
    configureServer({ middlewares }) {
      middlewares.use('/models', serveModel);
      middlewares.use(serveRuntime);
    },
  };
}

/**
 * The modules that package.json names, for users and for the package itself, as the browser finds them.
 * @returns {ReadonlyMap<string, string>} paths below dist/package
 */
function publicEntries() {
  const { name, exports, imports } = JSON.parse(readFileSync(rooted('package.json'), 'utf8'));
  /** @type {Map<string, string>} */
  const entries = new Map();
  for (const [key, target] of Object.entries({ ...exports, ...imports })) {
    const [, path] = COMPILED.exec(target.default ?? target) ?? [];
    if (path !== undefined) entries.set(key.replace(/^\./, name), path);
  }
  return entries;
}

/**
 * Where a module or file of the package comes from.
 * @param {string} path below dist/package
 */
function placeOf(path) {
  const source = join(SOURCES, path.replace(/\.js$/, '.ts'));
  return existsSync(source) ? source : rooted(GENERATED, path);
}

/** @param {string} path */
function isSource(path) {
  return path.startsWith(`${SOURCES}/`);
}

/**
 * Serves the models that the build has put beside the page.
 * @param {import('vite').Connect.IncomingMessage} request
 * @param {import('node:http').ServerResponse} response
 * @param {() => void} next
 */
function serveModel({ url = '' }, response, next) {
  const name = basename(new URL(url, 'http://localhost').pathname);
  const file = rooted('dist/site/models', name);
  if (existsSync(file)) createReadStream(file).pipe(response);
  else if (name === 'index.json') response.end('[]');
  else next();
}

/**
 * Serves ONNX Runtime as it is: Vite would have its modules import a script that needs a document, which
 * workers lack.
 * @param {import('vite').Connect.IncomingMessage} request
 * @param {import('node:http').ServerResponse} response
 * @param {() => void} next
 */
function serveRuntime({ url = '' }, response, next) {
  const [, name] = RUNTIME_MODULE.exec(url) ?? [];
  if (name === undefined) return next();
  // Its threads are workers, which must be as isolated as their page.
  response.writeHead(200, { ...ISOLATION, 'content-type': 'text/javascript' });
  createReadStream(rooted('node_modules/onnxruntime-web/dist', name)).pipe(response);
}
