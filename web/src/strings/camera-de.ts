import type { CameraStrings } from './camera-en.ts';

/** See english. */
export const german: CameraStrings = {
  title: 'Ein Bild aufnehmen',
  sees: 'Was die Kamera sieht',
  use: 'Verwenden als',
  take: 'Aufnehmen',
  cancel: 'Abbrechen',
  messages: {
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
};
