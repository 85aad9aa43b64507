import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** Debian's packages belong to Debian's Python, which need not be the first in PATH. */
const PYTHON = '/usr/bin/python3';
const PROJECT = fileURLToPath(new URL('../../../../bench/original/', import.meta.url));
const PROGRAM = fileURLToPath(new URL('./serve_django.py', import.meta.url));

/** Are Django, REST framework, SimpleJWT and argon2-cffi installed here? (`.ci/run` installs them where it can.) */
export function hasDjango(): boolean {
  const modules = 'import django, rest_framework, rest_framework_simplejwt, argon2';
  return spawnSync(PYTHON, ['-c', modules], { stdio: 'ignore' }).status === 0;
}

export interface DjangoServer {
  readonly url: string;
  /** resolves when it has gone */
  stop(): Promise<void>;
}

/** Starts the Django application of `bench/original` on a SQLite file, which it makes if need be. */
export async function startDjango(databaseFile: string, secretKey: string): Promise<DjangoServer> {
  const child = spawn(PYTHON, [PROGRAM], {
    cwd: PROJECT,
    env: {
      PATH: process.env.PATH,
      PYTHONPATH: PROJECT,
      PYTHONDONTWRITEBYTECODE: '1',
      DJANGO_SETTINGS_MODULE: 'project.settings',
      SECRET_KEY: secretKey,
      DATABASE: databaseFile,
    },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const ended = once(child, 'close');
  let output = '';
  const url = new Promise<string>((resolve) => {
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
        const address = /listens on (http:\S+)/.exec(output)?.[1];
        if (address !== undefined) resolve(address);
      });
  });
  const first = await Promise.race([url, ended]);
  if (typeof first !== 'string') throw new Error(`Django ended before it listened: ${output}`);
  return {
    url: first,
    async stop() {
      child.stdin.end();
      await ended;
    },
  };
}
