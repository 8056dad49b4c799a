/** The licences of what is shipped: which ones may be, and the notices that they ask for. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { rooted } from './files.mjs';
import { StepError } from './process.mjs';

/** Licences (SPDX identifiers) that let anybody ship the code in a product of their own. */
const ALLOWED = new Set([
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC0-1.0',
  'ISC',
  'MIT',
  'Unlicense',
]);

/** Development packages whose code goes into the package or the page. */
const SHIPPED = /** @type {readonly RegExp[]} */ ([
  /^csv-(?:parse|stringify)$|^fflate$|^hyparquet(?:-writer)?$|^jpeg-js$/,
  /^lit(?:-html|-element)?$|^@lit\/reactive-element$|^@lit-labs\/ssr-dom-shim$/,
  /^protobufjs$|^@protobufjs\/|^long$/,
  /^@lit-labs\/virtualizer$/,
  /^umap-js$|^ml-(?:array-(?:max|min|rescale)|levenberg-marquardt|matrix)$|^is-any-array$/,
  /^workbox-(?!build)/,
  /^idb$/,
  /^onnxruntime-(?:web|common)$/,
  /^flatbuffers$|^guid-typescript$|^platform$/,
]);

const NOTICES = 'THIRD_PARTY_NOTICES.md';

/**
 * @typedef {object} ShippedPackage
 * @property {string} name
 * @property {string} version
 * @property {string} licence SPDX expression
 * @property {string} home where it comes from
 * @property {string} text of its licence file, if it has one
 */

/**
 * The npm packages whose code is in our files, from the lock file.
 * @returns {ShippedPackage[]} in the order of their names
 */
export function shippedPackages() {
  /** @type {{ packages: Record<string, unknown> }} */
  const { packages } = JSON.parse(readFileSync(rooted('package-lock.json'), 'utf8'));
  return Object.keys(packages)
    .filter((path) => SHIPPED.some((pattern) => pattern.test(packageOf(path) ?? '')))
    .filter((path) => existsSync(rooted(path)))
    .map((path) => readPackage(path))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/**
 * The npm package that a file is of.
 * @param {string} path
 */
function packageOf(path) {
  return /^.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1];
}

/**
 * Fails where a file of an npm package was bundled that the notices don't name.
 * @param {readonly string[]} modules paths of what was bundled
 */
export function checkShipped(modules) {
  const known = new Set(shippedPackages().map(({ name }) => name));
  const used = new Set(modules.flatMap((path) => packageOf(path) ?? []));
  const strangers = [...used].filter((name) => !known.has(name));
  if (strangers.length === 0) return;
  throw new StepError(
    `Bundled, and not in ${NOTICES}: ${strangers.join(', ')}`,
    'add it to SHIPPED in scripts/lib/licences.mjs, then run: npm run notices',
  );
}

/**
 * @param {string} path
 * @returns {ShippedPackage}
 */
function readPackage(path) {
  /** @type {{ name: string, version: string, license?: string, homepage?: string, repository?: string | { url: string } }} */
  const manifest = JSON.parse(readFileSync(rooted(path, 'package.json'), 'utf8'));
  const { name, version, license = 'none', homepage, repository } = manifest;
  const url = typeof repository === 'object' ? repository.url : repository;
  const file = readdirSync(rooted(path)).find((entry) => /^licen[cs]e/i.test(entry));
  return {
    name,
    version,
    licence: license,
    home: homepage ?? url?.replace(/^git\+|\.git$/g, '') ?? `https://www.npmjs.com/package/${name}`,
    text: file === undefined ? '' : readFileSync(rooted(path, file), 'utf8').trim(),
  };
}

/**
 * Whether a licence lets anybody ship the code: one that does, or a choice that has one.
 * @param {string} licence SPDX expression
 */
export function isAllowed(licence) {
  const plain = licence.replace(/[()]/g, '');
  return plain
    .split(' OR ')
    .some((choice) => choice.split(' AND ').every((part) => ALLOWED.has(part.trim())));
}

/**
 * Fails where a shipped package has another licence.
 * @param {readonly ShippedPackage[]} [packages]
 */
export function checkLicences(packages = shippedPackages()) {
  const bad = packages.filter(({ licence }) => !isAllowed(licence));
  if (bad.length === 0) return;
  const list = bad.map(({ name, version, licence }) => `${name} ${version}: ${licence}`);
  throw new StepError(
    `Packages that may not be shipped by everybody:\n  ${list.join('\n  ')}`,
    'do without them; or, if the licence does allow it, add it to scripts/lib/licences.mjs.',
  );
}

/**
 * THIRD_PARTY_NOTICES.md: scripts/native-notices.md, then every shipped npm package. Equal texts
 * stand there once.
 */
export function renderNotices() {
  /** @type {Map<string, ShippedPackage[]>} */
  const byText = new Map();
  for (const shipped of shippedPackages()) {
    const key = shipped.text === '' ? shipped.licence : shipped.text;
    byText.set(key, [...(byText.get(key) ?? []), shipped]);
  }
  const sections = [...byText.values()].map((group) => {
    const names = group.map(
      ({ name, version, licence, home }) => `- ${name} ${version}, ${licence}, <${home}>`,
    );
    const text = group[0]?.text ?? '';
    return text === ''
      ? `${names.join('\n')}\n\n(No licence file is in the package; the identifier is what it states.)`
      : `${names.join('\n')}\n\n\`\`\`text\n${text}\n\`\`\``;
  });
  return [
    '# Third-party notices',
    'Made by `npm run notices`. Parts of other projects are in files of this package:',
    '',
    readFileSync(rooted('scripts/native-notices.md'), 'utf8').trim(),
    '',
    '## npm packages',
    'Parts of them are in `dist/package/libraries/`, or in the page. ONNX Runtime Web is in the page only.',
    '',
    sections.join('\n\n'),
    '',
  ].join('\n');
}

/** Fails where THIRD_PARTY_NOTICES.md is not what `npm run notices` would write. */
export function checkNotices() {
  if (readFileSync(rooted(NOTICES), 'utf8') === renderNotices()) return;
  throw new StepError(`${NOTICES} is out of date.`, 'run: npm run notices');
}
