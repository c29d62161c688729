/** A Python with PySpark for the tests of deploy/spark, made once; null where there is no Java, or no Python to make it of. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';

const FOLDER = 'node_modules/.cache/spark';
const REQUIREMENTS = 'deploy/spark/requirements.txt';

const runs = (command, ...args) => spawnSync(command, args, { encoding: 'utf8' }).status === 0;

/** @returns {{python: string} | {lacks: string}} */
export function ensureSpark() {
  if (!runs('java', '-version')) return { lacks: 'no Java here' };
  const wanted = createHash('sha256').update(readFileSync(REQUIREMENTS)).digest('hex');
  const mark = `${FOLDER}/${wanted}`;
  if (!existsSync(mark)) {
    rmSync(FOLDER, { recursive: true, force: true });
    if (!runs('python3', '-m', 'venv', FOLDER)) return { lacks: 'no Python with venv here' };
    if (!runs(`${FOLDER}/bin/pip`, 'install', '--quiet', '--requirement', REQUIREMENTS))
      return { lacks: `pip could not install ${REQUIREMENTS}` };
    writeFileSync(mark, '');
  }
  return { python: `${FOLDER}/bin/python` };
}
