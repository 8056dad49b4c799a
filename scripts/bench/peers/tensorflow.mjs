/**
 * TensorFlow.js on WebAssembly, one thread: MobileNetV2 with batch normalisation folded, as its
 * converter leaves it. The weights are random, from a fixed seed: time is the same, answers are not.
 */
import * as tf from '@tensorflow/tfjs-core';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { timed } from '../rounds.mjs';

const SIDE = 224;

/** Expansion, channels, repeats, stride: table 2 of Sandler et al. 2018. */
const BLOCKS = [
  [1, 16, 1, 1],
  [6, 24, 2, 2],
  [6, 32, 3, 2],
  [6, 64, 4, 2],
  [6, 96, 3, 1],
  [6, 160, 3, 2],
  [6, 320, 1, 1],
];

/** @param {import('../browser/pictures.mjs').Pictures} pictures */
export async function create({ bitmap }) {
  setWasmPaths('/tensorflow/');
  // Its threads start from the text of a function, which no bundler leaves as it is.
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  await tf.setBackend('wasm');
  await tf.ready();
  if (tf.getBackend() !== 'wasm') throw new Error('its WebAssembly backend did not start');
  const network = buildNetwork();
  const ready = tf.randomNormal([1, SIDE, SIDE, 3], 0, 1, 'float32', 1);
  const run = (input) => timed(() => tf.tidy(() => network(input()).dataSync()));
  return {
    async turn() {
      const pass = await run(() => ready);
      const large = await run(() => normalised(bitmap));
      if (pass.value.length !== 1280) throw new Error(`it gave ${pass.value.length} numbers`);
      return {
        'TensorFlow.js, forward pass': pass.ms,
        'TensorFlow.js, 12 MP bitmap to embedding': large.ms,
      };
    },
  };
}

/** Scaled before it is normalised, which is the faster order. */
function normalised(bitmap) {
  const pixels = tf.browser.fromPixels(bitmap);
  const scaled = tf.image.resizeBilinear(pixels, [SIDE, SIDE]);
  return tf.expandDims(tf.sub(tf.mul(scaled, 1 / 127.5), 1), 0);
}

function buildNetwork() {
  let seed = 1;
  const weights = (...shape) => {
    seed += 1;
    return tf.randomNormal(
      shape,
      0,
      Math.sqrt(2 / (shape[0] * shape[1] * shape[2])),
      'float32',
      seed,
    );
  };
  const conv = (size, from, to, strides, activation) => {
    const filter = weights(size, size, from, to);
    const bias = tf.zeros([to]);
    return (x) => tf.fused.conv2d({ x, filter, strides, pad: 'same', bias, activation });
  };
  const depthwise = (channels, strides) => {
    const filter = weights(3, 3, channels, 1);
    const bias = tf.zeros([channels]);
    return (x) =>
      tf.fused.depthwiseConv2d({ x, filter, strides, pad: 'same', bias, activation: 'relu6' });
  };
  const layers = [conv(3, 3, 32, 2, 'relu6')];
  let channels = 32;
  for (const [expansion, to, repeats, firstStride] of BLOCKS) {
    for (let repeat = 0; repeat < repeats; repeat += 1) {
      const stride = repeat === 0 ? firstStride : 1;
      const wide = channels * expansion;
      const steps = [
        ...(expansion > 1 ? [conv(1, channels, wide, 1, 'relu6')] : []),
        depthwise(wide, stride),
        conv(1, wide, to, 1, 'linear'),
      ];
      const residual = stride === 1 && channels === to;
      layers.push((x) => {
        const result = steps.reduce((value, step) => step(value), x);
        return residual ? tf.add(x, result) : result;
      });
      channels = to;
    }
  }
  layers.push(conv(1, channels, 1280, 1, 'relu6'));
  return (input) =>
    tf.mean(
      layers.reduce((x, layer) => layer(x), input),
      [1, 2],
    );
}
