import type { ErrorCode, Relation, Verdict } from 'image-likeness';
import { describeTime, type MatchMapWords } from 'image-likeness/display';
import type { Strings } from './en.ts';

const VERDICTS: Readonly<Record<Verdict, string>> = {
  identical: 'Identisch: dasselbe Bild.',
  'near-duplicate': 'Fast identisch: dasselbe Bild, ein wenig verändert.',
  similar: 'Ähnlich: zwei Bilder von der gleichen Art von Motiv.',
  different: 'Verschieden: die beiden haben wenig gemeinsam.',
};

const RELATIONS: Readonly<Record<Relation, string>> = {
  mirrored: 'gespiegelt',
  'rotated-90': 'nach rechts gedreht',
  'rotated-180': 'auf den Kopf gestellt',
  'rotated-270': 'nach links gedreht',
  greyscale: 'in Grau',
  cropped: 'beschnitten',
};

const PURPOSES: Readonly<Record<string, string>> = {
  'mobilenetv2-lite':
    'Kopien desselben Bildes, bearbeitet oder nicht; Arten von Motiven nur ungefähr',
  mobilenetv2: 'Kopien desselben Bildes und Arten von Motiven',
};

const PROBLEMS: Readonly<Record<ErrorCode, string>> = {
  'unsupported-format': 'Das ist kein Bild, das dieser Browser oder diese Seite lesen kann.',
  'corrupt-image': 'Die Bilddatei ist beschädigt.',
  'image-too-large': 'Das Bild ist zu groß.',
  'out-of-memory': 'Der Arbeitsspeicher reicht nicht.',
  'wasm-load-failed': 'Der Rechenkern ließ sich nicht laden. Seite neu laden?',
  'model-load-failed': 'Das Modell ließ sich nicht laden.',
  'model-hash-mismatch': 'Die Modelldatei ist nicht die, die sie sein soll.',
  'model-mismatch': 'Die beiden stammen von verschiedenen Modellen.',
  'backend-failed': 'Das Rechnen ist gescheitert.',
  aborted: 'Abgebrochen.',
  'invalid-argument': 'Die Eingabe ist ungültig.',
  'fetch-failed': 'Eine Datei ließ sich nicht holen.',
  disposed: 'Das Modell ist schon entladen.',
  'zero-embedding': 'In dem Bild sieht das Modell nichts.',
};

const tenths = (value: number): string => value.toFixed(1).replace('-', '−').replace('.', ',');

const MATCH_MAP: MatchMapWords = {
  overlay: (side) => `Woher die Ähnlichkeit kommt, ${side === 0 ? 'erstes' : 'zweites'} Bild`,
  cell: ({ row, column, value }) =>
    `Zeile ${row}, Spalte ${column} gibt ${tenths(value)} Tausendstel`,
  chosen: (side, { row, column, value }, best, cosine) => {
    const mostWith =
      best === undefined
        ? ''
        : `; am meisten mit Zeile ${best.row}, Spalte ${best.column} des ${side === 0 ? 'zweiten' : 'ersten'} (${tenths(best.value)})`;
    const place = `Im ${side === 0 ? 'ersten' : 'zweiten'} Bild gibt Zeile ${row}, Spalte ${column}`;
    const whole = cosine.toFixed(3).replace('.', ',');
    return `${place} ${tenths(value)} Tausendstel des Kosinus, ${whole}${mostWith}.`;
  },
};

/** See english. */
export const german: Strings = {
  name: 'Deutsch',
  direction: 'ltr',
  page: {
    title: 'Likeness: Wie ähnlich sind sich zwei Bilder?',
    lead: 'Wie ähnlich sind sich zwei Bilder? Auswählen, ablegen oder einfügen. Sie verlassen dieses Gerät nie.',
    mode: 'Was verglichen wird',
    pairMode: 'Zwei Bilder',
    folderMode: 'Ein Ordner',
    language: 'Sprache',
    pair: 'Die beiden Bilder',
    firstImage: 'Erstes Bild',
    secondImage: 'Zweites Bild',
    invitation: 'auswählen, ablegen oder einfügen',
    stage: 'Eins über dem anderen',
    slider: 'Wie viel vom ersten Bild zu sehen ist, in Prozent',
    pictures: 'Ansicht',
    side: 'Nebeneinander',
    behindSlider: 'Schieber',
    difference: 'Unterschied',
    swap: 'Tauschen',
    clear: 'Leeren',
    result: 'Ergebnis',
    ranges: 'Wo die Werte von neun von zehn bekannten Paaren liegen',
    strangers: 'Fremde',
    similar: 'ähnlich',
    nearDuplicates: 'fast gleich',
    explain: 'Zeigen, woher es kommt',
    givesLeast: 'trägt am wenigsten bei',
    givesMost: 'trägt am meisten bei',
    details: 'Einzelheiten',
    copyText: 'Als Text kopieren',
    copyJson: 'Als JSON kopieren',
    copyCard: 'Als Bild kopieren',
    saveCard: 'Als Bild sichern',
    camera: 'Mit der Kamera aufnehmen',
    cameraTitle: 'Ein Bild aufnehmen',
    cameraSees: 'Was die Kamera sieht',
    cameraUse: 'Verwenden als',
    cameraTake: 'Aufnehmen',
    cameraCancel: 'Abbrechen',
    loadingModel: 'Das Modell wird geladen',
    loadingFullModel: 'Das volle Modell wird geladen',
    askFullModel: 'Das volle Modell fragen (3,5 MB)',
    refuseFullModel: 'Nicht laden',
    settings: 'Einstellungen',
    settingsLead:
      'Die Adresse dieser Seite merkt sie sich: Ein Link stellt sie wieder her, niemals die Bilder.',
    model: 'Modell',
    modelAuto: 'Sofort das kleine, dann das volle, wo es eines gibt',
    modelLite: 'Nur das kleine',
    modelFull: 'Das volle, auch wenn Daten gespart werden sollen',
    backend: 'Was rechnet',
    backendWasm: 'Der Prozessor (WebAssembly)',
    backendWebgpu: 'Die Grafikkarte (WebGPU)',
    backendWebnn: 'Schnittstelle für neuronale Netze (WebNN, versuchsweise)',
    orientations: 'Alle gedrehten und gespiegelten Lagen versuchen (langsamer)',
    samples: 'Oder ein Paar ausprobieren',
    sampleSame: 'Dasselbe, in einer anderen Datei',
    sampleSimilar: 'Die gleiche Art von Ding',
    sampleDifferent: 'Etwas anderes',
    privacy:
      'Das Modell läuft in dieser Seite, auf diesem Gerät. Nichts wird hochgeladen, und nichts wird von anderswo geladen.',
    foreignRequests: 'Anfragen an andere Adressen, seit diese Seite geladen ist:',
    howToCheck: 'Wie sich das nachprüfen lässt',
    checkSteps:
      'Die Entwicklerwerkzeuge des Browsers öffnen (F12), „Netzwerk“ wählen, die Seite neu laden und zwei Bilder vergleichen. Jede Adresse in der Liste beginnt mit der dieser Seite.',
  },
  loading: 'Das Modell wird geladen …',
  ready: 'Bereit.',
  otherImage: 'Jetzt das andere Bild.',
  comparing: 'Wird verglichen …',
  fetchingPair: 'Das Paar wird geholt …',
  comparedIn: (time) => `Verglichen in ${time}.`,
  refined: (before) => `Vom vollen Modell verfeinert; das kleine sagte ${before} %.`,
  time: (milliseconds) => describeTime(milliseconds).replace('.', ','),
  verdict: ({ verdict, evidence }) => {
    const relations = evidence?.relations ?? [];
    if (relations.length === 0) return VERDICTS[verdict];
    const changes = relations.map((name) => RELATIONS[name]).join(' und ');
    return `Fast identisch: dasselbe Bild, ${changes}.`;
  },
  allPixelsSame: 'Jedes Pixel ist gleich.',
  sameKind: (percent) => `Gleiche Art von Motiv: ${percent}.`,
  under: (percent) => `unter ${percent}`,
  over: (percent) => `über ${percent}`,
  hashesDiffer: (dct, gradient) =>
    `Wahrnehmungs-Hashes unterscheiden sich in ${dct} und ${gradient} von 64 Bits.`,
  model: (title, purpose) => `${title} ist gut für ${purpose}.`,
  purpose: ({ id, goodFor }) => PURPOSES[id] ?? goodFor,
  fullModelLoading: 'Das volle Modell ist unterwegs und wird die Antwort verfeinern.',
  fullModelMissing: (command) =>
    `Das volle Modell, das auch Arten von Motiven gut kennt, liegt nicht auf dieser Seite. Wer sie betreibt, kann es dazulegen: ${command}`,
  savingData: 'Hier werden Daten gespart, also wird das volle Modell nicht ungefragt geladen.',
  demoted: (backend, reason) => `${backend} geht hier nicht: ${reason}`,
  matchMap: { words: MATCH_MAP },
  falsified:
    'Dieser Browser verfälscht, was Seiten von einer Leinwand lesen; deshalb entschlüsselt hier unser eigener Code die Bilder: nur JPEG, PNG, BMP und GIF.',
  details: {
    cosine: 'Kosinus',
    dctHash: 'DCT-Hash',
    gradientHash: 'Gradienten-Hash',
    bitsDiffer: (count) => `${count} von 64 Bits verschieden`,
    relation: 'Beziehung',
    noRelation: 'keine gefunden',
    model: 'Modell',
    modelHash: 'SHA-256 des Modells',
    backend: 'Rechenweg',
    threads: 'Threads',
    selfTest: 'Selbsttest',
    selfTestPassed: 'bestanden: Die Zahlen sind endlich und nicht alle null',
    selfTestCosine: (cosine) => `Kosinus ${cosine} mit WebAssembly`,
    decoding: 'Entschlüsseln',
    preparing: 'Vorbereiten',
    modelRun: 'Modell',
    total: 'Insgesamt',
    copied: 'Kopiert.',
    copyRefused: 'Dieser Browser lässt die Seite nicht kopieren.',
    saved: (name) => `Gesichert als ${name}.`,
    cardFailed:
      'Das Bild ließ sich nicht zeichnen: Dieser Browser kann eines der Bilder nicht zeigen.',
  },
  camera: {
    starting: 'Die Kamera wird gestartet …',
    ready: 'Die Kamera läuft. Nichts davon verlässt dieses Gerät.',
    insecure:
      'Browser öffnen die Kamera nur auf sicheren Seiten: unter einer https-Adresse oder auf localhost.',
    denied:
      'Die Kamera ist hier nicht erlaubt. Erlauben Sie sie in den Einstellungen des Browsers für diese Seite.',
    missing: 'Es gibt keine Kamera, oder der Browser sieht keine.',
    busy: 'Die Kamera ließ sich nicht starten: Vielleicht nutzt sie ein anderes Programm. Schließen Sie es, und versuchen Sie es noch einmal.',
    ended: 'Die Kamera wurde ausgeschaltet.',
  },
  update: {
    text: 'Eine neue Fassung dieser Seite ist da.',
    button: 'Jetzt verwenden',
  },
  firstAnswer: {
    identical: 'Gleich, dem Fingerabdruck nach. Das Modell lädt noch.',
    'near-duplicate': 'Fast gleich, dem Fingerabdruck nach. Das Modell lädt noch.',
  },
  sameShape: 'Beide Bilder füllen den Rahmen, ganz.',
  otherShape: (share) =>
    `Die Bilder haben verschiedene Formen. Beide füllen einen Rahmen, von der Mitte aus; ${share} von jedem liegen außerhalb.`,
  problem: (code) => PROBLEMS[code],
  unexpected: (message) => `Etwas Unerwartetes ging schief: ${message}`,
};
