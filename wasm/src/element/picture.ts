import { bytesFrom, isBlob, kindOf } from '../realms.js';
import type { ImageSource } from '../types.js';

/** An image source as the element shows it. */
export interface Picture {
  readonly view: HTMLImageElement | HTMLCanvasElement;
  /** Resolves to width divided by height; to 1 if the size can't be found out. */
  readonly aspect: Promise<number>;
  /** Frees the memory that was needed to show it. */
  release(): void;
}

const nothing = (): void => undefined;

/** Makes an element that shows the source; the source itself is not changed. */
export function pictureOf(source: Exclude<ImageSource, string>): Picture {
  if (isBlob(source)) return fromBlob(source);
  const bytes = bytesFrom(source);
  if (bytes !== undefined) return fromBlob(new Blob([bytes as Uint8Array<ArrayBuffer>]));
  switch (kindOf(source)) {
    case 'URL':
      return fromUrl((source as URL).href, nothing);
    case 'HTMLImageElement': {
      const { currentSrc, src } = source as HTMLImageElement;
      return fromUrl(currentSrc || src, nothing);
    }
    default:
      return fromPixels(source as Drawn);
  }
}

function fromBlob(blob: Blob): Picture {
  const url = URL.createObjectURL(blob);
  return fromUrl(url, () => URL.revokeObjectURL(url));
}

function fromUrl(url: string, release: () => void): Picture {
  const view = new Image();
  view.src = url;
  const aspect = view.decode().then(
    () => view.naturalWidth / view.naturalHeight,
    () => 1,
  );
  return { view, aspect, release };
}

/** What a canvas takes. */
type Drawn = Exclude<ImageSource, Blob | ArrayBuffer | Uint8Array | URL | string>;

function fromPixels(source: Drawn): Picture {
  const view = document.createElement('canvas');
  const [width, height] = sizeOf(source);
  view.width = width;
  view.height = height;
  const context = view.getContext('2d');
  if ('data' in source) {
    const pixels = new ImageData(new Uint8ClampedArray(source.data), width, height);
    context?.putImageData(pixels, 0, 0);
  } else {
    context?.drawImage(source, 0, 0, width, height);
  }
  return { view, aspect: Promise.resolve(width / height || 1), release: nothing };
}

function sizeOf(source: object): [width: number, height: number] {
  if ('videoWidth' in source && 'videoHeight' in source) {
    return [Number(source.videoWidth), Number(source.videoHeight)];
  }
  if ('displayWidth' in source && 'displayHeight' in source) {
    return [Number(source.displayWidth), Number(source.displayHeight)];
  }
  const { width, height } = source as { readonly width: number; readonly height: number };
  return [width, height];
}
