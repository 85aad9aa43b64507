import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { latchkeyWire, SECRET_KEY } from './wire.mjs';

const PROJECT = fileURLToPath(new URL('../original/', import.meta.url));
/** Debian's packages belong to Debian's Python, which need not be the first in PATH. */
const PYTHON = '/usr/bin/python3';
const MODULES = 'import django, rest_framework, rest_framework_simplejwt, gunicorn';
const PACKAGES = 'python3-django python3-djangorestframework python3-djangorestframework-simplejwt gunicorn';

/** @param {(place: import('./wire.mjs').Place) => string[]} parameters */
function python(parameters) {
  return (/** @type {import('./wire.mjs').Place} */ place) => ({
    command: PYTHON,
    parameters: parameters(place),
    cwd: PROJECT,
    environment: {
      SECRET_KEY,
      DATABASE: join(place.folder, 'db.sqlite3'),
      DJANGO_SETTINGS_MODULE: 'project.settings',
      PYTHONDONTWRITEBYTECODE: '1',
    },
  });
}

const migrate = python(() => ['manage.py', 'migrate', '--no-input']);

/**
 * The system Latchkey takes the place of, written anew: Django, REST framework, SimpleJWT with rotation and blacklist,
 * claims of the profile, under gunicorn with two plain workers, on SQLite as Django opens it.
 * @type {import('./wire.mjs').Peer}
 */
export const original = {
  name: 'original',
  title: 'the original (Django)',
  can: ['get', 'refresh', 'login', 'register', 'neighbour', 'flood', 'start', 'memory'],
  missing() {
    const { status } = spawnSync(PYTHON, ['-c', MODULES], { stdio: 'ignore' });
    return status === 0 ? undefined : `apt-get install ${PACKAGES}`;
  },
  prepare: (place) => [migrate(place)],
  serve: python(({ folder, port }) => [
    ...['-m', 'gunicorn', '--workers', '2', '--bind', `127.0.0.1:${port}`],
    ...['--pid', join(folder, 'gunicorn.pid'), 'project.wsgi:application'],
  ]),
  wire: {
    ...latchkeyWire,
    healthPath: '/api/healthz',
    register: ({ username, email, password }) => ({
      method: 'POST',
      path: '/api/register/',
      body: { username, email, password, password2: password },
    }),
    login: ({ email, password }) => ({ method: 'POST', path: '/api/token/', body: { email, password } }),
  },
};
