// The load generator, a process of its own: `{ id, jobs }` comes in, `{ id, figures }` goes out when all have ended.
// `{ id, ask }` is a single request and its answer.
import { openConnection } from './connection.mjs';
import { runJob } from './loops.mjs';
import { encode } from './requests.mjs';

/** @param {{ port: number, request: import('./requests.mjs').Request }} options */
function ask({ port, request }) {
  const connection = openConnection(port);
  return new Promise((resolve) => {
    connection.send(encode(request, port), ({ status, head, body }) => {
      connection.close();
      resolve({ status, head, body: body.toString() });
    });
  });
}

process.on('message', async (/** @type {any} */ message) => {
  const figures = message.ask ? await ask(message.ask) : await Promise.all(message.jobs.map(runJob));
  process.send?.({ id: message.id, figures });
});
process.on('disconnect', () => process.exit(0));
