/** The recipe of the embedded model, whole, on a few pictures: it runs, goes on and repeats itself. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { createLikeness } from 'image-likeness';
import { PYTHON } from '../../scripts/lib/prerequisites.mjs';
import { internalModule } from '../support/internal.js';
import { openOrtNetwork } from '../support/ort.js';
import { testPixels } from '../support/pixels.js';
import { TemporaryDirectory } from '../support/temporary.js';
import { runRecipe, withoutTraining } from '../support/training.js';

const { parseManifest } =
  await internalModule<typeof import('../../dist/package/models/manifest.js')>(
    './models/manifest.js',
  );

/** What is read of models/reports/mobilenetv2-lite-training.json. */
interface Training {
  began_with: string | null;
  images: number;
}

test('from pictures to a model that ONNX Runtime runs and the manifest names', {
  skip: withoutTraining,
}, async () => {
  using work = new TemporaryDirectory();
  using models = new TemporaryDirectory();
  await runRecipe('all', work.path, '--steps', '40');
  copyFileSync('models/manifest.json', models.file('manifest.json'));
  await runRecipe('publish', work.path, '--models', models.path);

  const bytes = readFileSync(models.file('mobilenetv2-lite.onnx'));
  const [entry] = parseManifest(JSON.parse(readFileSync(models.file('manifest.json'), 'utf8')));
  assert.ok(entry !== undefined);
  assert.equal(entry.id, 'mobilenetv2-lite');
  assert.equal(entry.accepted[0]?.bytes, bytes.length);
  const network = await openOrtNetwork(bytes, entry);
  const { size } = entry.input;
  const grey = new Float32Array(3 * size ** 2).fill(0.5);
  const { data: features } = await network.run({ data: grey, dims: [1, 3, size, size] });
  assert.equal(features.length, entry.output.channels * entry.output.cells);
  assert.ok(features.every((value) => Number.isFinite(value) && value >= 0));
  assert.ok(features.some((value) => value > 0));
  await network.release();

  const history = JSON.parse(
    readFileSync(models.file('reports/mobilenetv2-lite-training.json'), 'utf8'),
  );
  assert.deepEqual(
    history.map(({ began_with, images }: Training) => [began_with, images]),
    [[null, 40 * 16]],
  );

  const report = JSON.parse(readFileSync(work.file('export.json'), 'utf8'));
  assert.ok(report.cosine_to_float_student >= 0.9, `${report.cosine_to_float_student}`);
  const log = readFileSync(work.file('student/log.jsonl'), 'utf8').trim().split('\n');
  const hints = log.map((line) => JSON.parse(line).hint).filter((loss) => loss !== undefined);
  assert.ok(hints.at(-1) < hints[0], `losses of the hint ${hints}`);

  await runRecipe('export', work.path);
  assert.deepEqual(readFileSync(work.file('mobilenetv2-lite.onnx')), bytes, 'the same bytes again');
});

test('a machine that has nothing learns from a pack, beginning with an exported model', {
  skip: withoutTraining,
}, async () => {
  using pack = new TemporaryDirectory();
  using work = new TemporaryDirectory();
  await runRecipe('pack', pack.path);
  const files = ['pictures.npz', 'held-out.npz', 'teacher.onnx'].map((name) => pack.file(name));
  assert.ok(files.every((file) => statSync(file).size > 0));
  const options = ['--pack', pack.path, '--start', 'models/mobilenetv2-lite.onnx'];
  await runRecipe('train', work.path, '--steps', '2', ...options);
  const state = JSON.parse(readFileSync(work.file('student/checkpoint/state.json'), 'utf8'));
  assert.equal(state.step, 2);
  await runRecipe('train', work.path, '--steps', '4', ...options);
  const later = JSON.parse(readFileSync(work.file('student/checkpoint/state.json'), 'utf8'));
  assert.equal(later.step, 4, 'it goes on from its checkpoint');
});

test('trials of the recipe are laid side by side', { skip: withoutTraining }, async () => {
  using work = new TemporaryDirectory();
  await runRecipe('compare', work.path, '--start', 'models/mobilenetv2-lite.onnx');
  const rows = JSON.parse(readFileSync(work.file('compare.json'), 'utf8'));
  assert.deepEqual(
    rows.map(({ name }: { name: string }) => name),
    ['no ranking'],
  );
  assert.ok(rows[0].images > 0 && rows[0].auc > 0.5, JSON.stringify(rows));
  assert.match(readFileSync(work.file('compare.md'), 'utf8'), /^\| no ranking \|/m);
});

test('a further training is told of behind the one that it began with, once', {
  skip: withoutTraining,
}, () => {
  using models = new TemporaryDirectory();
  using work = new TemporaryDirectory();
  const histories = ([null, 'one', 'one', 'two', null] as const).map((began_with, day) => {
    const training = { began_with, images: began_with === 'one' ? 1 : day };
    writeFileSync(work.file('training.json'), JSON.stringify(training));
    const program = `
import sys
sys.path.insert(0, "models/train")
from pathlib import Path
from history import extend_history, history
extend_history(Path(sys.argv[1]), Path(sys.argv[2]))
print([training["images"] for training in history(Path(sys.argv[2]))])
`;
    const { stdout, stderr } = spawnSync(PYTHON, ['-c', program, work.path, models.path], {
      encoding: 'utf8',
    });
    assert.equal(stderr, '');
    return JSON.parse(stdout);
  });
  assert.deepEqual(histories, [[0], [0, 1], [0, 1], [0, 1, 3], [4]]);
});

test('weights come back from an exported model as they went', { skip: withoutTraining }, () => {
  const program = `
import sys
sys.path.insert(0, "models/train")
from pathlib import Path
import torch, onnx, config, exported
from pooling import compared
from student import Student, embed
from teacher import OnnxGraph
path = Path("models/mobilenetv2-lite.onnx")
torch.manual_seed(1)
student = Student(config.load().student)
exported.restore(student, path, torch.randn(4, 3, 128, 128))
images = torch.randn(4, 3, 96, 160)
graph = OnnxGraph(onnx.load(str(path)).graph, torch.device("cpu"))
stored = compared(graph.run(images, ["features"])[0])
print(float(torch.cosine_similarity(embed(student.eval(), images), stored).min()))
`;
  const { stdout, stderr } = spawnSync(PYTHON, ['-c', program], { encoding: 'utf8' });
  assert.ok(Number(stdout) > 0.99999, `${stdout}${stderr}`);
});

test('training sees a picture at the sides at which the core sees it', {
  skip: withoutTraining,
}, async () => {
  const pictures = [
    [300, 300],
    [301, 300],
    [300, 301],
    [400, 300],
    [300, 200],
    [160, 360],
    [900, 80],
  ] as const;
  const program = `
import json, sys
sys.path.insert(0, "models/train")
import config
from shape import sides
side = config.load().student.whole_input
print(json.dumps([sides(width, height, side) for width, height in json.loads(sys.argv[1])]))
`;
  const { stdout } = spawnSync(PYTHON, ['-c', program, JSON.stringify(pictures)], {
    encoding: 'utf8',
  });
  await using likeness = await createLikeness();
  const seen = [];
  for (const [width, height] of pictures) {
    const { dims } = await likeness.preprocess(testPixels(width, height));
    seen.push([dims[3], dims[2]]);
  }
  assert.deepEqual(JSON.parse(stdout), seen);
});

test('channels that others can stand in for are taken away at no loss', {
  skip: withoutTraining,
}, () => {
  const program = `
import sys
sys.path.insert(0, "models/train")
from dataclasses import replace
from pathlib import Path
import numpy as np, torch, config, exported
from export import model_of
from narrow import narrowed
from teacher import OnnxGraph
torch.manual_seed(1)
settings = config.load()
found = exported.read_layers(Path("models/mobilenetv2-lite.onnx"))
expansion, depthwise, projection = found[9:12]
twice = lambda layer: replace(
    layer, weight=np.concatenate([layer.weight] * 2), bias=np.concatenate([layer.bias] * 2)
)
halves = np.concatenate([projection.weight * 0.3, projection.weight * 0.7], axis=1)
wide = list(found)
wide[9:12] = [
    twice(expansion),
    replace(twice(depthwise), groups=2 * depthwise.groups),
    replace(projection, weight=halves),
]
images = torch.randn(32, 3, 96, 96)
narrow = narrowed(wide, settings.student.hidden, images)
print([len(layer.weight) for layer in narrow] == [len(layer.weight) for layer in found])
def features(layers):
    model = model_of(layers, settings, set(range(len(layers))))
    return OnnxGraph(model.graph, torch.device("cpu")).run(images, ["features"])[0].flatten(1)
print(float(torch.cosine_similarity(features(narrow), features(found)).min()))
`;
  const { stdout, stderr } = spawnSync(PYTHON, ['-c', program], { encoding: 'utf8' });
  const [sameForm, cosine] = stdout.trim().split('\n');
  assert.equal(sameForm, 'True', stderr);
  assert.ok(Number(cosine) > 0.999, `${cosine}${stderr}`);
});
