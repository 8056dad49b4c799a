/** What `--help` prints. */

/** An option and what it does. */
type OptionHelp = readonly [option: string, text: string];

/** What there is to say of a command. */
interface CommandHelp {
  /** Behind the command's name; several where it does several things. */
  readonly usage: readonly string[];
  /** Lines of at most 96 characters. */
  readonly about: readonly string[];
  readonly options: readonly OptionHelp[];
}

const JSON_OR_CSV: readonly OptionHelp[] = [
  ['--json', 'print all that is known, as JSON'],
  ['--csv', 'print a table'],
];

const MODEL: readonly OptionHelp[] = [
  ['--model ID', 'another model than mobilenetv2-lite'],
  ['--view V', 'what of an image the model sees: whole, or centre (the square in its middle);'],
  ['', "unless told otherwise, the view that the model's scores were fitted for"],
];

const CACHE: OptionHelp = [
  '--cache DIR',
  "remember there, and not in the user's cache directory (or LIKENESS_CACHE_DIR)",
];

const PICTURES: readonly OptionHelp[] = [
  ['--exclude GLOB', "pass over files and folders ('*.gif', raw, '2019/**'); may be repeated"],
  CACHE,
  ['--no-cache', 'remember nothing'],
  ['--workers N', 'compute on N cores (all of them, at most 8)'],
  ...MODEL,
];

const FOLDERS = `dedupe, search and embed take folders with all that is in them: what can't be read is named on
standard error and skipped, links are not followed; hidden, trash and thumbnail folders are left out
unless they are named. Whatever was computed is remembered by the file's content, so that a run goes
on where the last one stopped.
`;

/** Commands that take folders. */
const ON_FOLDERS: readonly string[] = ['dedupe', 'search', 'embed'];

const COMMANDS = {
  compare: {
    usage: ['A B [--json] [--orientations] [--explain]'],
    about: [
      'score (0-100), verdict and evidence of two image files; also compared turned and',
      'mirrored; with a map of where the likeness comes from',
    ],
    options: [
      ['--json', 'print all that is known, as JSON'],
      ['--orientations', 'show the model the second image turned and mirrored, too'],
      ['--explain', 'print how much each part of the images adds to their likeness'],
      ...MODEL,
    ],
  },
  dedupe: {
    usage: [
      'DIRS... [--threshold N] [--json|--csv] [--html FILE] [--script FILE]',
      "--from 'part-*.parquet' [--json|--csv] [--html FILE] [--script FILE]",
    ],
    about: [
      'groups of identical and near-duplicate images, what says so, and which to keep; with',
      '--threshold also of those with at least that score; nothing is ever deleted; --script writes what',
      'moves the others to the trash, and back; exit code 0 when there are none, 1 when there are some,',
      '2 when nothing could be read',
    ],
    options: [
      ['--threshold N', 'also groups of images with a score of at least N, 0 to 100'],
      [
        '--from PARTS',
        'read files that embed --shard wrote, and of images those that may be copies',
      ],
      ['--work DIR', 'with --from: keep there what was found out, and go on with it'],
      ...JSON_OR_CSV,
      ['--html FILE', 'write a page with previews of all groups, and why each image is in one'],
      [
        '--script FILE.mjs',
        'write a script that lists what is spare; node FILE.mjs --apply asks, then',
      ],
      ['', 'moves it to the trash; node FILE.mjs --undo brings it back'],
      ...PICTURES,
    ],
  },
  search: {
    usage: ['QUERY DIRS... [-k N] [--json|--csv]'],
    about: ['the N images (10) that are most like one, best first'],
    options: [['-k, --k N', 'how many (10)'], ...JSON_OR_CSV, ...PICTURES],
  },
  embed: {
    usage: ['FILES|DIRS... --out x.npy | x.npz | x.jsonl | x.csv | x.parquet'],
    about: [
      'pooled features, not normalised, one row an image, in order; with ids (the paths) and model,',
      "which NumPy's .npy can't hold: they go into x.npy.json;",
      '--shard i/n takes one of n parts, split by the path below the folder',
    ],
    options: [
      ['--out FILE', 'where to; its ending says the format'],
      [
        '--shard i/n',
        'only the i-th of n parts, split by the path below the folder; a .parquet file',
      ],
      ['', 'then holds what dedupe --from needs, too'],
      ['--normalise', 'divide each vector by its length (L2); the file says so'],
      ...PICTURES,
    ],
  },
  evaluate: {
    usage: ['--pairs pairs.csv [--root DIR] [--scores out.csv] [--json]'],
    about: [
      'scores labelled pairs (columns a, b, label; edit), prints percentiles and the ROC AUC;',
      '--model all takes every model on this machine',
    ],
    options: [
      ['--pairs FILE', 'the pairs, as CSV'],
      ['--root DIR', 'the folder that their paths begin in (this one)'],
      ['--scores FILE', "write each pair's result, as CSV"],
      ['--json', 'print all that is known, as JSON'],
      ...MODEL,
    ],
  },
  models: {
    usage: ['list', 'fetch ID [--out DIR] [--bits 8|12|32]', 'weights ID [--out DIR]'],
    about: [
      "the known models; gets one, checked by SHA-256; writes one's weights for C++ programs",
    ],
    options: [
      ['--out DIR', "the folder to write to (fetch: the user's cache; weights: this one)"],
      ['--bits N', 'fetch: bits of a weight, 8, 12 or 32 (12)'],
    ],
  },
  cluster: {
    usage: [
      'slurm DIRS... --out OUT [--tasks N] [--dry-run] [--sbatch OPTION]',
      'kubernetes DIRS... --out OUT --image IMAGE --claim CLAIM --mount PATH',
      'plan DIRS... --out OUT',
      'run embed|search|candidates|verify|join --out OUT [--task I]',
      'status --out OUT [--wait]',
    ],
    about: [
      'groups of copies among more images than one machine can handle: the stages as array jobs of',
      'Slurm or Jobs of Kubernetes, or one task at a time; OUT is a folder that all machines see,',
      'and groups.json in it is what dedupe --json prints',
    ],
    options: [
      ['--out OUT', 'the folder of the run: its plan, parts, and what was found'],
      ['--tasks N', 'how many tasks share each stage (16)'],
      ['--task I', 'run: which one, from 0'],
      ['--dry-run', 'slurm: write the scripts, and submit nothing'],
      [
        '--sbatch OPTION',
        'slurm: an option for sbatch (--sbatch=--partition=big); may be repeated',
      ],
      ['--image IMAGE', 'kubernetes: an image with Node and image-likeness'],
      ['--claim CLAIM', 'kubernetes: the claim of a volume that all pods can write to'],
      ['--mount PATH', 'kubernetes: where that is mounted; DIRS and OUT are below it'],
      ['--wait', 'status: print it again until nothing is in the queue'],
      ...PICTURES.filter(([option]) => option !== '--no-cache'),
    ],
  },
  cache: {
    usage: ['info | clear [--cache DIR]'],
    about: ['what is remembered of images, and how much it is; forgets it'],
    options: [CACHE],
  },
} as const satisfies Readonly<Record<string, CommandHelp>>;

/** The name of a command. */
export type CommandName = keyof typeof COMMANDS;

/** The help of the whole command line. */
export function generalHelp(): string {
  const commands = Object.entries<CommandHelp>(COMMANDS).map(
    ([name, { usage, about }]) =>
      `${usageOf(name, usage)}${about.map((line) => `      ${line}\n`).join('')}`,
  );
  return `How alike are two images?

${commands.join('')}
${FOLDERS}
  COMMAND --help  more of a command, with its options
  --help          this text
  --version       the version
${FILES}`;
}

const FILES = `Images: JPEG, PNG, BMP, GIF; after npm install sharp also WebP, AVIF and TIFF, after npm install
@jsquash/jxl JPEG XL, after npm install libheif-js HEIC.
Errors: one line with a stable code on standard error, exit code 2.
`;

/** The help of one command. */
export function commandHelp(name: CommandName): string {
  const { usage, about, options }: CommandHelp = COMMANDS[name];
  const width = Math.max(...options.map(([option]) => option.length)) + 2;
  const lines = options.map(([option, text]) => `  ${option.padEnd(width)}${text}\n`);
  return [
    usageOf(name, usage),
    '\n',
    ...about.map((line) => `${line}\n`),
    '\n',
    ...lines,
    ...(ON_FOLDERS.includes(name) ? ['\n', FOLDERS] : []),
    FILES,
  ].join('');
}

function usageOf(name: string, usage: readonly string[]): string {
  return usage.map((line) => `  image-likeness ${name} ${line}\n`).join('');
}
