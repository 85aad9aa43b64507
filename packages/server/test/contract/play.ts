import type { Account, AdminMessage, ContractCase, MailStep, RequestStep, Step } from './case.ts';
import { isObject, type Json, show } from './json.ts';
import { fill, newScene, type Scene, type Target } from './placeholders.ts';
import { send, type WireAnswer } from './send.ts';

/** The server could not be brought into the state the case starts from. */
export class SetupFailed extends Error {
  override readonly name = 'SetupFailed';
}

/** Brings the server into the state of the case, sends its request and hands back the answer. */
export async function playCase(item: ContractCase, target: Target): Promise<WireAnswer> {
  const scene = newScene(target);
  for (const account of item.given?.accounts ?? []) await makeAccount(account, scene);
  for (const [index, step] of (item.given?.steps ?? []).entries()) await runStep(step, index + 1, scene);
  if (item.response.mail === undefined) return send(item.request, scene);
  const before = (await target.mails()).length;
  const answer = await send(item.request, scene);
  return { ...answer, mailedTo: (await target.mails()).slice(before).map(({ to }) => to) };
}

const PLAIN = new Set(['username', 'email', 'password']);

/** A plain account comes in through the front door; the others need direct access to the data. */
async function makeAccount(account: Account, scene: Scene): Promise<void> {
  const { username, email, password } = account;
  const isPlain = typeof password === 'string' && Object.keys(account).every((key) => PLAIN.has(key));
  if (!isPlain) return attempt(`making the account ${email}`, scene.target.admin({ op: 'create', account }));
  const body = { email, username, password, password2: password };
  const answer = await attempt(
    `registering the account ${email}`,
    send({ method: 'POST', path: '/api/register/', body }, scene),
  );
  if (answer.status === 201) return;
  throw new SetupFailed(`the account ${email} could not be registered: ${inShort(answer)}`);
}

async function runStep(step: Step, number: number, scene: Scene): Promise<void> {
  if ('mail' in step) return keepLink(step, number, scene);
  if ('wait' in step) return attempt(`step ${number}, waiting`, scene.target.wait(step.wait));
  if ('admin' in step) {
    const message = fill(step.admin, scene) as AdminMessage;
    return attempt(`step ${number}, ${message.op} ${addressIn(message)}`, scene.target.admin(message));
  }
  const title = `step ${number}, ${step.method} ${show(step.path)}`;
  const answer = await attempt(title, send(step, scene));
  const wanted = step.status ?? 200;
  if (answer.status !== wanted) throw new SetupFailed(`${title}: expected ${wanted}, got ${inShort(answer)}`);
  keep(step, title, answer);
}

/** Keeps uid and token of the link in the newest mail to somebody. */
async function keepLink({ mail }: MailStep, number: number, { target, saved }: Scene): Promise<void> {
  const newest = (await target.mails()).findLast(({ to }) => to === mail.to);
  for (const [part, name] of Object.entries(mail.save)) {
    const value = part === 'uid' ? newest?.uid : newest?.token;
    if (!value) throw new SetupFailed(`step ${number}: there is no mail to ${mail.to} with a link`);
    saved.set(name, value);
  }
}

function addressIn(message: AdminMessage): string {
  return message.op === 'create' ? message.account.email : message.email;
}

/** Keeps what the step wants saved of the answer. */
function keep(step: RequestStep, title: string, answer: WireAnswer): void {
  const wanted = Object.entries(step.save ?? {});
  if (wanted.length === 0) return;
  const body = parsed(answer.body);
  for (const [member, name] of wanted) {
    const value = isObject(body) ? body[member] : undefined;
    if (typeof value !== 'string')
      throw new SetupFailed(`${title}: no text "${member}" in ${inShort(answer)}`);
    answer.scene.saved.set(name, value);
  }
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

/** Tells which part of the set-up broke, when something throws. */
async function attempt<T>(what: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    throw new SetupFailed(`${what} failed: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  }
}

function inShort({ status, body }: WireAnswer): string {
  return `${status} ${body.slice(0, 200)}`;
}
