/** What the camera's dialog says, in English; the other languages have the same keys. */
export const english = {
  title: 'Take a picture',
  sees: 'What the camera sees',
  use: 'Use it as',
  take: 'Take',
  cancel: 'Cancel',
  messages: {
    starting: 'Starting the camera…',
    ready: 'The camera is on. Nothing of it leaves this device.',
    insecure:
      'Browsers open the camera on secure pages only: at an https address, or on localhost.',
    denied: 'The camera is not allowed here. Allow it in the browser’s settings for this page.',
    missing: 'There is no camera, or none that the browser can see.',
    busy: 'The camera could not be started: another program may be using it. Close that, and try again.',
    ended: 'The camera was switched off.',
  },
};

export type CameraStrings = typeof english;
