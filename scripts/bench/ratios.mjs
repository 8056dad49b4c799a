/** The ratios that are told first: of figures that browser/, peers/ and in-node.mjs name. */

/**
 * @typedef {object} Ratio
 * @property {string} name
 * @property {string} of a figure
 * @property {readonly string[]} to figures, whose sum divides it
 * @property {{ readonly most?: number, readonly least?: number }} [target]
 */

const FORWARD = 'forward pass';
const NODE_FORWARD = 'Node: forward pass';
const PILLOW = 'Pillow and NumPy, 12 MP RGB to tensor';

/**
 * ONNX Runtime Web beside the core, with the same model in the same process.
 * @type {readonly Ratio[]}
 */
const NETWORKS = ['', 'lite: ', 'Node: ', 'Node: lite: '].map((where) => ({
  name: `${where}ONNX Runtime Web : the core, forward pass`,
  of: `${where}ONNX Runtime Web, forward pass`,
  to: [`${where}forward pass`],
}));

/** @type {readonly Ratio[]} */
export const RATIOS = [
  ...NETWORKS,
  {
    name: 'by ONNX Runtime Web : by the core, whole comparison, two 1 MP JPEGs',
    of: 'by ONNX Runtime Web: whole comparison, two 1 MP JPEGs',
    to: ['whole comparison, two 1 MP JPEGs'],
  },
  {
    name: '12 MP RGBA to tensor, with the copy into WASM : forward pass',
    of: '12 MP RGBA to tensor, with the copy into WASM',
    to: [FORWARD],
    target: { most: 0.5 },
  },
  {
    name: '12 MP RGBA to tensor, without the copy : forward pass',
    of: '12 MP RGBA to tensor, without the copy',
    to: [FORWARD],
    target: { most: 0.35 },
  },
  {
    name: '12 MP RGBA to tensor and fingerprint, with the copy into WASM : forward pass',
    of: '12 MP RGBA to tensor and fingerprint, with the copy into WASM',
    to: [FORWARD],
  },
  {
    name: '12 MP RGBA to tensor and fingerprint, without the copy : forward pass',
    of: '12 MP RGBA to tensor and fingerprint, without the copy',
    to: [FORWARD],
  },
  {
    name: 'Node: 12 MP RGBA to tensor, with the copy : forward pass',
    of: 'Node: 12 MP RGBA to tensor, with the copy',
    to: [NODE_FORWARD],
  },
  {
    name: 'native: 12 MP RGBA to tensor : forward pass in Node',
    of: 'native: 12 MP RGBA to tensor',
    to: [NODE_FORWARD],
  },
  {
    name: 'native: 12 MP RGBA to tensor and fingerprint : forward pass in Node',
    of: 'native: 12 MP RGBA to tensor and fingerprint',
    to: [NODE_FORWARD],
  },
  {
    name: 'Pillow + NumPy : our WASM in Node, with the copy (tensor)',
    of: PILLOW,
    to: ['Node: 12 MP RGBA to tensor, with the copy'],
    target: { least: 1.5 },
  },
  {
    name: 'Pillow + NumPy : our WASM in Node, with the copy (tensor and fingerprint)',
    of: PILLOW,
    to: ['Node: 12 MP RGBA to tensor and fingerprint, with the copy'],
  },
  {
    name: 'Pillow + NumPy : our native build (tensor)',
    of: PILLOW,
    to: ['native: 12 MP RGBA to tensor'],
    target: { least: 1.5 },
  },
  {
    name: 'whole comparison, two 1 MP JPEGs : forward pass',
    of: 'whole comparison, two 1 MP JPEGs',
    to: [FORWARD],
    target: { most: 2.2 },
  },
  {
    name: "whole comparison, two 12 MP JPEGs : browser's decode and read-back + forward pass",
    of: 'whole comparison, two 12 MP JPEGs',
    to: ["browser's own decode and read-back of two 12 MP JPEGs", FORWARD],
    target: { most: 1.3 },
  },
  {
    name: 'Transformers.js : Likeness, 12 MP RGBA to tensor',
    of: 'Transformers.js, 12 MP RGBA to tensor',
    to: ['12 MP RGBA to tensor, with the copy into WASM'],
  },
  {
    name: 'canvas resize : Likeness, 12 MP bitmap to tensor',
    of: 'canvas resize, 12 MP bitmap to tensor',
    to: ['Likeness, 12 MP bitmap to tensor'],
  },
  {
    name: 'MediaPipe : Likeness, 12 MP bitmap to embedding',
    of: 'MediaPipe, 12 MP bitmap to embedding',
    to: ['Likeness, 12 MP bitmap to embedding'],
  },
  {
    name: 'MediaPipe : Likeness, 224 × 224 bitmap to embedding',
    of: 'MediaPipe, 224 × 224 bitmap to embedding',
    to: ['Likeness, 224 × 224 bitmap to embedding'],
  },
  {
    name: 'TensorFlow.js : Likeness, forward pass',
    of: 'TensorFlow.js, forward pass',
    to: [FORWARD],
  },
  {
    name: 'TensorFlow.js : Likeness, 12 MP bitmap to embedding',
    of: 'TensorFlow.js, 12 MP bitmap to embedding',
    to: ['Likeness, 12 MP bitmap to embedding'],
  },
];
