/** `<likeness-folder>`: a whole folder of images. Importing this file defines the element. */
import { LikenessFolder } from './likeness-folder.ts';

if (customElements.get('likeness-folder') === undefined) {
  customElements.define('likeness-folder', LikenessFolder);
}

export { LikenessFolder };
