#!/bin/sh
# DuckDB 1.5.6: the cosine of a vector with one of zeros is -1, as if they were opposites; their distance is 2.
#
# A vector of zeros has no direction, and its cosine with another one is 0/0. PostgreSQL with pgvector answers NaN,
# sqlite-vec NULL, NumPy NaN. list_cosine_similarity and array_cosine_similarity of DuckDB answer -1, also for two
# vectors of zeros, and list_cosine_distance 2: nothing tells the answer from that of two vectors that really are
# opposites. Sorted by cosine such rows come last, where they do no harm; sorted the other way round, or averaged,
# they do. (list_inner_product of the same vectors is 0, as it should be.)
#
# What helps: keep rows of zeros away (WHERE norm > 0, or list_inner_product(v, v) > 0).
#
# Seen: @duckdb/node-api 1.5.6-r.1, Debian 12: -1, -1, 2.
# Needs: node, npm. No network but the npm registry. Exits with 1 when the cosine is something else.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @duckdb/node-api@1.5.6-r.1
cat >trial.mjs <<'JS'
import { DuckDBInstance } from '@duckdb/node-api';

const instance = await DuckDBInstance.create(':memory:');
const connection = await instance.connect();
const result = await connection.runAndReadAll(`SELECT
  version(),
  list_cosine_similarity([1, 2, 3]::FLOAT[], [0, 0, 0]::FLOAT[]),
  list_cosine_similarity([0, 0, 0]::FLOAT[], [0, 0, 0]::FLOAT[]),
  list_cosine_distance([1, 2, 3]::FLOAT[], [0, 0, 0]::FLOAT[])`);
const [[version, one, both, distance]] = result.getRowsJS();
console.log(`DuckDB ${version}: cosine with zeros ${one}, of zeros with zeros ${both}, distance ${distance}`);
process.exitCode = one === -1 ? 0 : 1;
JS
node trial.mjs
