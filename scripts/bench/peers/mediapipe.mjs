/** MediaPipe's ImageEmbedder, on the processor, with its quantised MobileNetV2. */
import { FilesetResolver, ImageEmbedder } from '@mediapipe/tasks-vision';
import { timed } from '../rounds.mjs';

/** @param {import('../browser/pictures.mjs').Pictures} pictures */
export async function create({ bitmap, small }) {
  const files = await FilesetResolver.forVisionTasks('/mediapipe');
  const modelAssetPath = '/reference-models/mobilenet_v2_1.0_224_quant.tflite';
  const embedder = await ImageEmbedder.createFromOptions(files, {
    baseOptions: { modelAssetPath, delegate: 'CPU' },
  });
  const embed = (picture) =>
    timed(() => {
      const { embeddings } = embedder.embed(picture);
      if (!(embeddings[0]?.floatEmbedding?.length > 0)) throw new Error('it gave no embedding');
    });
  return {
    async turn() {
      return {
        'MediaPipe, 12 MP bitmap to embedding': (await embed(bitmap)).ms,
        'MediaPipe, 224 × 224 bitmap to embedding': (await embed(small)).ms,
      };
    },
  };
}
