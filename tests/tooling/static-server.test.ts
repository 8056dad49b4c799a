/** The server behind `npm start`: it serves one directory and nothing else. */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { test } from 'node:test';
import { serveDirectory } from '../../scripts/lib/static-server.mjs';
import { TemporaryDirectory } from '../support/temporary.js';

/** By hand, because fetch() tidies paths before it sends them. */
function statusOf(origin: string, path: string): Promise<number | undefined> {
  const { hostname, port } = new URL(origin);
  return new Promise((resolve, reject) => {
    request({ hostname, port, path }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on('error', reject)
      .end();
  });
}

test('files are served with their type and with the headers that isolate a page', async () => {
  using directory = new TemporaryDirectory();
  writeFileSync(directory.file('index.html'), '<p>here</p>');
  writeFileSync(directory.file('core.wasm'), 'wasm');
  const server = await serveDirectory(directory.path);
  try {
    const page = await fetch(server.url);
    assert.equal(await page.text(), '<p>here</p>');
    assert.match(page.headers.get('content-type') ?? '', /^text\/html/);
    assert.equal(page.headers.get('cross-origin-opener-policy'), 'same-origin');
    assert.equal(page.headers.get('cross-origin-embedder-policy'), 'require-corp');
    const wasm = await fetch(`${server.url}core.wasm`);
    assert.equal(wasm.headers.get('content-type'), 'application/wasm');
    await wasm.text();
    assert.equal((await fetch(`${server.url}missing`)).status, 404);
  } finally {
    await server.close();
  }
});

test('nothing outside the directory is found', async () => {
  using directory = new TemporaryDirectory();
  mkdirSync(directory.file('site'));
  writeFileSync(directory.file('secret'), 'secret');
  mkdirSync(directory.file('site-too'));
  writeFileSync(directory.file('site-too/secret'), 'secret');
  writeFileSync(directory.file('site/index.html'), 'page');
  const server = await serveDirectory(directory.file('site'), { basePath: '/base/' });
  try {
    assert.equal(await statusOf(server.url, '/base/'), 200);
    const outside = [
      '/',
      '/base',
      '/base/../secret',
      '/base/%2e%2e/secret',
      '/base/..%2fsecret',
      '/base/..%2fsite-too/secret',
      '/base//etc/passwd',
      '/base/%00',
      '/base/%',
    ];
    for (const path of outside) assert.equal(await statusOf(server.url, path), 404, path);
  } finally {
    await server.close();
  }
});
