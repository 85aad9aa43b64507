import { moveClock, readDuration } from '../../domain/dev/move-clock.ts';
import { MOST_SNAPSHOTS, resetState, restoreSnapshot, takeSnapshot } from '../../domain/dev/snapshots.ts';
import { type Answer, answer } from '../answer.ts';
import type { PlainAnswer } from '../plain-routes.ts';
import { refuseHttp } from '../refusals.ts';
import { type DevCall, type DevRoute, textOf, wrongField } from './dev-route.ts';

/** The server's time, and how far it is from the time of the day. */
export function clockState({ app, tools }: Pick<DevCall, 'app' | 'tools'>) {
  return { now: new Date(app.clock.now()).toISOString(), ahead_seconds: tools.clock.ahead / 1000 };
}

/** Who pressed a button sees the page again. */
const answerOrPage = ({ wantsPage, root }: DevCall, status: number, body: unknown): Answer | PlainAnswer =>
  wantsPage
    ? { status: 303, type: 'text/html; charset=utf-8', text: '', headers: { Location: `${root}dev/` } }
    : answer(status, body);

const NAME = { name: { about: 'Letters, digits, - and _.', pattern: '[\\w-]{1,64}', example: 'seeded' } };

const clock: DevRoute[] = [
  {
    method: 'GET',
    path: '/dev/clock/',
    about: 'the time of the server',
    answer: async (call) => answer(200, clockState(call)),
  },
  {
    method: 'POST',
    path: '/dev/clock/',
    about: 'move it on: {"advance": "6m"}; w, d, h, m and s are the units',
    async answer(call) {
      const milliseconds = readDuration(textOf(call.data, 'advance')?.trim() ?? '');
      if (milliseconds === undefined)
        return wrongField('advance', 'Must be a time such as "6m", "51d" or "1h30m", ten years at the most.');
      await moveClock(call.app, call.tools, milliseconds);
      return answerOrPage(call, 200, clockState(call));
    },
  },
];

const snapshotNames = ({ tools }: DevCall) => ({
  snapshots: [...tools.snapshots].map(([name, { at }]) => ({ name, at: new Date(at).toISOString() })),
});

const snapshots: DevRoute[] = [
  {
    method: 'GET',
    path: '/dev/snapshots/',
    about: 'the names of the snapshots',
    answer: async (call) => answer(200, snapshotNames(call)),
  },
  {
    method: 'POST',
    path: '/dev/snapshots/{name}/',
    parameters: NAME,
    about: 'keep database, time and pictures under a name',
    async answer(call) {
      const { name = '' } = call.parameters;
      const isTaken = await takeSnapshot(call.app, call.tools, name);
      if (!isTaken) return wrongField('name', `There are ${MOST_SNAPSHOTS} snapshots already.`);
      return answerOrPage(call, 201, { name, ...clockState(call) });
    },
  },
  {
    method: 'POST',
    path: '/dev/snapshots/{name}/restore/',
    parameters: NAME,
    about: 'bring them back',
    async answer(call) {
      const { name = '' } = call.parameters;
      const isThere = await restoreSnapshot(call.app, call.tools, name);
      return isThere ? answerOrPage(call, 200, { name, ...clockState(call) }) : refuseHttp('not_found');
    },
  },
  {
    method: 'DELETE',
    path: '/dev/snapshots/{name}/',
    parameters: NAME,
    about: 'forget them',
    answer: async ({ tools, parameters: { name = '' } }) =>
      tools.snapshots.delete(name) ? answer(204, null) : refuseHttp('not_found'),
  },
];

const reset: DevRoute = {
  method: 'POST',
  path: '/dev/reset/',
  about: 'a new database, no pictures, the time of the day; snapshots stay',
  async answer(call) {
    await resetState(call.app, call.tools);
    return answerOrPage(call, 200, clockState(call));
  },
};

/** Time and state. */
export const STATE_ROUTES: readonly DevRoute[] = [...clock, reset, ...snapshots];
