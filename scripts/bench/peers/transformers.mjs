/** Transformers.js: the preprocessing of its MobileNetV2. */
import { MobileNetV2ImageProcessor, RawImage } from '@huggingface/transformers';
import { timed } from '../rounds.mjs';

/** @param {import('../browser/pictures.mjs').Pictures} pictures */
export async function create({ pixels }) {
  const processor = new MobileNetV2ImageProcessor({
    do_resize: true,
    size: { shortest_edge: 256 },
    resample: 2,
    do_center_crop: true,
    crop_size: { width: 224, height: 224 },
    do_rescale: true,
    rescale_factor: 1 / 255,
    do_normalize: true,
    image_mean: [0.485, 0.456, 0.406],
    image_std: [0.229, 0.224, 0.225],
  });
  const image = new RawImage(pixels.data, pixels.width, pixels.height, 4);
  return {
    async turn() {
      const { ms, value } = await timed(() => processor(image));
      const { dims } = value.pixel_values;
      if (dims.join() !== '1,3,224,224') throw new Error(`it gave a tensor of ${dims.join(' × ')}`);
      return { 'Transformers.js, 12 MP RGBA to tensor': ms };
    },
  };
}
