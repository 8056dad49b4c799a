import type { ErrorCode } from 'image-likeness';
import { describeTime, type PairWords } from 'image-likeness/display';
import type { SentenceWords } from '../pair/sentence.ts';
import type { Strings } from './en.ts';
import { PARTS } from './parts-de.ts';

const VERDICTS: PairWords['verdicts'] = {
  identical: 'Identisch: dasselbe Bild.',
  'near-duplicate': 'Fast identisch: dasselbe Bild',
  variant: 'Abwandlung: größtenteils dasselbe Bild',
  similar: 'Ähnlich: zwei Bilder von der gleichen Art von Motiv.',
  different: 'Verschieden: die beiden haben wenig gemeinsam.',
};

const share = (value: number): string => `${Math.round(value * 100)}\u00a0%`;

const CHANGES: PairWords['changes'] = {
  're-encoded': () => 'neu gespeichert',
  resized: (factor) => `auf ${share(factor)} skaliert`,
  cropped: (part) => `auf ${share(part)} zugeschnitten`,
  uncropped: (part) => `als ${share(part)} eines größeren Bildes`,
  bordered: () => 'mit einem Rand',
  unbordered: () => 'ohne seinen Rand',
  turned: (degrees) => {
    const angle = Math.abs(degrees).toFixed(1).replace('.', ',');
    return `um ${angle}° ${degrees > 0 ? 'im' : 'gegen den'} Uhrzeigersinn gedreht`;
  },
  mirrored: () => 'gespiegelt',
  greyscale: () => 'in Grau',
  coloured: () => 'in Farbe',
  exposed: () => 'mit anderer Helligkeit oder anderem Kontrast',
  blurred: () => 'weicher',
  sharpened: () => 'schärfer',
  added: () => 'etwas darübergelegt',
  removed: () => 'etwas entfernt',
  replaced: () => 'etwas ersetzt',
  reanimated: (frames) => `mit ${frames} Einzelbildern`,
};

/** Of a pair, in German. */
export const PAIR_WORDS: PairWords = {
  verdicts: VERDICTS,
  changes: CHANGES,
  turnedRight: 'nach rechts gedreht',
  turnedLeft: 'nach links gedreht',
  upsideDown: 'auf den Kopf gestellt',
  inPlaces: (change, count) => `${change} an ${count} Stellen`,
};

const PURPOSES: Readonly<Record<string, string>> = {
  'mobilenetv2-lite': 'Kopien desselben Bildes, bearbeitet oder nicht, und Arten von Motiven',
  mobilenetv2: 'Kopien desselben Bildes und Arten von Motiven',
};

const PROBLEMS: Readonly<Record<ErrorCode, string>> = {
  'unsupported-format':
    'Das ist kein Bild, das dieser Browser oder diese Seite lesen kann. Versuchen Sie es mit JPEG oder PNG.',
  'corrupt-image':
    'Die Bilddatei ist beschädigt oder nicht ganz. Öffnen Sie sie in einem Bildprogramm, und speichern Sie sie neu.',
  'image-too-large': 'Das Bild ist zu groß. Verkleinern Sie es.',
  'out-of-memory':
    'Der Arbeitsspeicher reicht nicht. Schließen Sie andere Tabs, oder nehmen Sie kleinere Bilder.',
  'wasm-load-failed': 'Der Rechenkern ließ sich nicht laden. Laden Sie die Seite neu.',
  'model-load-failed':
    'Das Modell ließ sich nicht laden: Es liegt nicht auf dieser Seite, oder die Verbindung fehlt. Versuchen Sie es noch einmal.',
  'model-hash-mismatch':
    'Die Modelldatei ist nicht die, die sie sein soll; sie wird nicht verwendet. Versuchen Sie es noch einmal.',
  'model-mismatch': 'Die beiden stammen von verschiedenen Modellen.',
  'backend-failed':
    'Das Rechnen ist gescheitert. Versuchen Sie es noch einmal, oder wählen Sie in den Einstellungen den Prozessor.',
  aborted: 'Abgebrochen.',
  'invalid-argument': 'Die Eingabe ist ungültig.',
  'fetch-failed': 'Eine Datei ließ sich nicht holen. Besteht eine Verbindung?',
  disposed: 'Das Modell ist schon entladen. Laden Sie die Seite neu.',
  internal:
    'Das ist ein Fehler dieses Programms, kein Fehler Ihrer Bilder. Bitte melden Sie ihn; der nächste Versuch beginnt von vorn.',
  'zero-embedding': 'In dem Bild sieht das Modell nichts.',
};

const list = new Intl.ListFormat('de', { type: 'conjunction' });

const SENTENCE: SentenceWords = {
  identical: 'Dasselbe Bild, Pixel für Pixel.',
  copy: (changes, places, most) => {
    const whole = most ? 'Größtenteils dasselbe Bild' : 'Dasselbe Bild';
    const said = changes.length === 0 ? whole : `${whole}, ${list.format(changes)}`;
    return places === '' ? `${said}.` : `${said}; ${places}.`;
  },
  changes: {
    ...PAIR_WORDS,
    changes: {
      ...CHANGES,
      resized: (factor) => `auf ${share(factor)} ${factor > 1 ? 'vergrößert' : 'verkleinert'}`,
      bordered: (part) => (part < 0.6 ? 'mit breitem Rand' : 'mit einem Rand'),
      exposed: (contrast) =>
        contrast > 1.1
          ? 'mit mehr Kontrast'
          : contrast < 0.9
            ? 'mit weniger Kontrast'
            : 'mit anderer Helligkeit',
    },
  },
  places: {
    one: {
      added: 'etwas ist dazugekommen',
      removed: 'etwas ist verschwunden',
      replaced: 'eine Stelle ist anders',
    },
    several: (count) => (count === 1 ? 'eine Stelle ist anders' : `${count} Stellen sind anders`),
    where: PARTS,
    at: (place, where) => `${place}, ${where}`,
  },
  sharing: 'Verschiedene Bilder, aber ein Teil des einen ist im anderen.',
  similar: {
    surely: 'Zwei verschiedene Bilder von der gleichen Art von Motiv.',
    probably: 'Zwei verschiedene Bilder, wohl von der gleichen Art von Motiv.',
    perhaps: 'Zwei verschiedene Bilder, vielleicht von der gleichen Art von Motiv.',
  },
  different: {
    nothing: 'Zwei verschiedene Bilder ohne Gemeinsamkeiten.',
    little: 'Zwei verschiedene Bilder mit wenig Gemeinsamem.',
  },
};

/** See english. */
export const german: Strings = {
  name: 'Deutsch',
  direction: 'ltr',
  page: {
    title: 'Likeness: Wie ähnlich sind sich zwei Bilder?',
    question: 'Wie ähnlich sind sich zwei Bilder?',
    lead: 'Auswählen, ablegen oder einfügen. Sie verlassen dieses Gerät nie.',
    mode: 'Was verglichen wird',
    pairMode: 'Zwei Bilder',
    folderMode: 'Ein Ordner',
    language: 'Sprache',
    pair: 'Die beiden Bilder',
    firstImage: 'Erstes Bild',
    secondImage: 'Zweites Bild',
    invitation: 'auswählen, ablegen oder einfügen',
    noPreview: 'Keine Vorschau',
    swap: 'Tauschen',
    clear: 'Neu beginnen',
    details: 'Einzelheiten',
    camera: 'Mit der Kamera aufnehmen',
    loadingModel: 'Das Modell wird geladen',
    loadingFullModel: 'Das volle Modell wird geladen',
    askFullModel: 'Das volle Modell fragen (7 MB)',
    refuseFullModel: 'Nicht laden',
    settings: 'Einstellungen',
    settingsLead:
      'Die Adresse dieser Seite merkt sie sich: Ein Link stellt sie wieder her, niemals die Bilder.',
    model: 'Modell',
    modelAuto: 'Sofort das kleine, dann das volle, wo es eines gibt',
    modelLite: 'Nur das kleine',
    modelFull: 'Das volle, auch wenn Daten gespart werden sollen',
    backend: 'Was rechnet',
    backendAuto: 'Was zum Modell passt',
    backendCore: 'Der Prozessor (Likeness selbst)',
    backendWasm: 'Der Prozessor (ONNX Runtime)',
    backendWebgpu: 'Die Grafikkarte (WebGPU)',
    backendWebnn: 'Schnittstelle für neuronale Netze (WebNN, versuchsweise)',
    orientations: 'Alle gedrehten und gespiegelten Lagen versuchen (langsamer)',
    threads: 'Mehrere Prozessorkerne rechnen an einem Bild (Threads)',
    samples: 'Oder ein Paar ausprobieren',
    sampleSame: 'Dasselbe, in einer anderen Datei',
    sampleSimilar: 'Die gleiche Art von Ding',
    sampleDifferent: 'Etwas anderes',
    privacy:
      'Das Modell läuft in dieser Seite, auf diesem Gerät. Nichts wird hochgeladen, und nichts wird von anderswo geladen.',
    foreignRequests: 'Anfragen an andere Adressen, seit diese Seite geladen ist:',
    howToCheck: 'Wie sich das nachprüfen lässt',
    oneFile: 'Diese Seite als eine Datei, ohne jeden Server zu verwenden (etwa 2 MB)',
    checkSteps:
      'Die Entwicklerwerkzeuge des Browsers öffnen (F12), „Netzwerk“ wählen, die Seite neu laden und zwei Bilder vergleichen. Jede Adresse in der Liste beginnt mit der dieser Seite.',
  },
  bands: { different: 'verschieden', similar: 'ähnlich', copy: 'gleich' },
  loading: 'Das Modell wird geladen …',
  ready: 'Bereit.',
  otherImage: 'Jetzt das andere Bild.',
  comparing: 'Wird verglichen …',
  fetchingPair: 'Das Paar wird geholt …',
  refined: (before) => `Vom vollen Modell verfeinert; das kleine sagte ${before} %.`,
  confirmed: 'Das volle Modell sagt dasselbe.',
  time: (milliseconds) => describeTime(milliseconds).replace('.', ','),
  sentence: SENTENCE,
  scale: (score, band) => `${score} von 100: ${band}`,
  model: (title, purpose) => `${title} ist gut für ${purpose}.`,
  purpose: ({ id, goodFor }) => PURPOSES[id] ?? goodFor,
  fullModelLoading: 'Das volle Modell ist unterwegs und wird die Antwort verfeinern.',
  fullModelMissing: (command) =>
    `Das volle Modell, das Arten von Motiven besser kennt, liegt nicht auf dieser Seite. Wer sie betreibt, kann es dazulegen: ${command}`,
  fullModelNotInFile:
    'Das volle Modell, das Arten von Motiven besser kennt, ist nicht in dieser Datei; eine Seite im Netz hat es.',
  savingData: 'Hier werden Daten gespart, also wird das volle Modell nicht ungefragt geladen.',
  demoted: (backend) => `${backend} geht hier nicht.`,
  threads: {
    off: () =>
      'Die Seite lädt dafür einmal neu und behält die beiden Bilder: Browser lassen Threads ihren Speicher nur in einer Seite teilen, die von anderen abgeschottet ist.',
    ready: () => 'Aus. An jedem Bild rechnet ein Kern, an beiden nebeneinander.',
    starting: () => 'Wird eingerichtet. Die Seite lädt einmal neu und behält die beiden Bilder.',
    on: (count) =>
      count > 1
        ? `An: ${count} Threads rechnen an einem Bild.`
        : 'An, aber dieser Browser zeigt der Seite nur einen Kern: Zu teilen gibt es nichts.',
    refused: () =>
      'Noch nicht. Laden Sie die Seite neu, oder öffnen Sie sie in einem anderen Tab; ändert das nichts, erlaubt dieser Browser es hier nicht. Alles geht auch ohne.',
    impossible: () =>
      'Hier nicht möglich: Es braucht einen Service Worker, und den haben Browser nur für Seiten von einer https-Adresse oder von localhost. Alles geht auch ohne.',
  },
  falsified:
    'Dieser Browser verfälscht, was Seiten von einer Leinwand lesen; deshalb entschlüsselt hier unser eigener Code die Bilder: nur JPEG, PNG, BMP und GIF.',
  onlyTwo:
    'Es kamen mehr als zwei Bilder: Hier werden die ersten beiden verglichen. Ein Ordner vergleicht alle.',
  update: {
    text: 'Eine neue Fassung dieser Seite ist da.',
    button: 'Jetzt verwenden',
    late: 'Der Browser ist noch mit der alten Fassung beschäftigt. Bleibt das so, laden Sie die Seite neu, oder schließen Sie alle ihre Tabs, und öffnen Sie sie wieder.',
  },
  firstAnswer: {
    identical: 'Gleich, den Pixeln nach. Das Modell lädt noch.',
    'near-duplicate': 'Fast gleich, den Pixeln nach. Das Modell lädt noch.',
    variant: 'Abwandlung: Das meiste ist gleich, den Pixeln nach. Das Modell lädt noch.',
  },
  problem: (code) => PROBLEMS[code],
  image: (index) => (index === 0 ? 'Erstes Bild' : 'Zweites Bild'),
  unexpected: 'Etwas Unerwartetes ging schief.',
  technical: 'Technische Einzelheiten (englisch)',
};
