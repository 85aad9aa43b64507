import { readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { expect } from 'vitest';
import { removeAccount } from '../src/domain/accounts/manage.ts';
import { COMMAND_LINE } from '../src/domain/audit/event.ts';
import { claimsIn } from './support/forge.ts';
import { red, sendForm, sendPicture, servedPicture, test } from './support/pictures.ts';
import { loggedIn } from './support/world.ts';

const png = () => red().png().toBuffer();

const patch = (body: unknown, token: string) => ({ body, token });

test('a person sees his profile', async ({ world }) => {
  const { access } = await loggedIn(world);
  const { status, json } = await world.get('/api/profile/', { token: access });
  expect(status).toBe(200);
  expect(json).toEqual({
    username: 'alice',
    email: '',
    full_name: '',
    bio: '',
    image: 'default.jpg',
    image_url: 'http://127.0.0.1/media/default.jpg',
    verified: false,
  });
});

test('a stranger sees no profile and changes none [U-10]', async ({ world }) => {
  expect((await world.get('/api/profile/')).status).toBe(401);
  expect((await sendPicture(world, 'no.token.here', await png())).status).toBe(401);
});

test('an inactive account changes no profile [U-10]', async ({ world }) => {
  const { access } = await loggedIn(world);
  const { id } = (await world.app.store.accounts.byLoginName('alice')) ?? { id: 0 };
  await world.app.store.transaction((store) => store.accounts.change(id, { isActive: false }));
  expect((await sendPicture(world, access, await png())).status).toBe(401);
});

test('what a person changes is in the next access token, and verified is not his to change', async ({
  world,
}) => {
  const { access, refresh } = await loggedIn(world);
  const body = { full_name: ' Alice Liddell ', bio: 'curious', verified: true, username: 'queen' };
  const changed = await world.ask('PATCH', '/api/profile/', patch(body, access));
  expect(changed.json).toMatchObject({
    username: 'alice',
    full_name: 'Alice Liddell',
    bio: 'curious',
    verified: false,
  });
  const { json } = await world.post('/api/token/refresh/', { refresh });
  expect(claimsIn(json.access)).toMatchObject({
    full_name: 'Alice Liddell',
    bio: 'curious',
    verified: false,
  });
  const events = await world.app.store.audit.list(1, { event: 'account_changed' });
  expect(events[0]?.event).toMatchObject({ fields: ['fullName', 'bio'] });
});

test('what was sent and is as before is in no event', async ({ world }) => {
  const { access } = await loggedIn(world);
  const fieldsOf = async () => {
    const events = await world.app.store.audit.list(10, { event: 'account_changed' });
    return events.map(({ event }) => 'fields' in event && event.fields);
  };
  await world.ask('PATCH', '/api/profile/', patch({ full_name: 'Alice', bio: 'curious' }, access));
  await world.ask('PATCH', '/api/profile/', patch({ full_name: 'Alice', bio: 'curiouser' }, access));
  await world.ask('PATCH', '/api/profile/', patch({ full_name: 'Alice', bio: 'curiouser' }, access));
  expect(await fieldsOf()).toEqual([['bio'], ['fullName', 'bio']]);
});

test('a field that is not sent stays, a blank one is emptied, and one too long is refused', async ({
  world,
}) => {
  const { access } = await loggedIn(world);
  await world.ask('PATCH', '/api/profile/', patch({ full_name: 'Alice', bio: 'curious' }, access));
  const { json } = await world.ask('PATCH', '/api/profile/', patch({ bio: '' }, access));
  expect(json).toMatchObject({ full_name: 'Alice', bio: '' });
  const long = await world.ask('PATCH', '/api/profile/', patch({ bio: 'x'.repeat(301) }, access));
  expect(long.status).toBe(400);
  expect(long.json).toEqual({ bio: ['Ensure this field has no more than 300 characters.'] });
  expect((await world.ask('PATCH', '/api/profile/', patch({}, access))).json).toMatchObject({
    full_name: 'Alice',
  });
});

test('a picture is drawn anew, served, and named in the next token', async ({ world }) => {
  const { access, refresh } = await loggedIn(world);
  const { status, json } = await sendPicture(world, access, await red(1_000, 600).png().toBuffer());
  expect(status).toBe(200);
  expect(json.image).toMatch(/^pictures\/[0-9a-f]{32}\.webp$/);
  expect(json.image_url).toBe(`http://127.0.0.1/media/${json.image}`);
  const { bytes } = await servedPicture(world, json.image);
  expect(await sharp(bytes).metadata()).toMatchObject({ format: 'webp', width: 512, height: 307 });
  const refreshed = await world.post('/api/token/refresh/', { refresh });
  expect(claimsIn(refreshed.json.access).image).toBe(json.image);
});

test('a new picture takes the place of the old one, whose file goes', async ({ world, folder }) => {
  const { access } = await loggedIn(world);
  const first = await sendPicture(world, access, await png());
  const second = await sendPicture(world, access, await red(9, 9).webp().toBuffer());
  expect(readdirSync(join(folder, 'pictures'))).toEqual([second.json.image.slice('pictures/'.length)]);
  expect((await servedPicture(world, first.json.image)).status).toBe(404);
});

test.for([null, ''])('a picture is taken away by %j', async (nothing, { world, folder }) => {
  const { access } = await loggedIn(world);
  await sendPicture(world, access, await png());
  const { json } = await world.ask('PATCH', '/api/profile/', patch({ image: nothing }, access));
  expect(json.image).toBe('default.jpg');
  expect(readdirSync(join(folder, 'pictures'))).toEqual([]);
});

test('of two pictures at the same time one stays, and no other file', async ({ world, folder }) => {
  const { access } = await loggedIn(world);
  const files = await Promise.all([11, 12, 13, 14].map((side) => red(side, side).png().toBuffer()));
  const replies = await Promise.all(files.map((file) => sendPicture(world, access, file)));
  expect(replies.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  const { json } = await world.get('/api/profile/', { token: access });
  expect(readdirSync(join(folder, 'pictures'))).toEqual([json.image.slice('pictures/'.length)]);
});

test('a picture is sent with other fields in one form', async ({ world }) => {
  const { access } = await loggedIn(world);
  const text = '--cut\r\nContent-Disposition: form-data; name="bio"\r\n\r\ncurious\r\n';
  const head = '--cut\r\nContent-Disposition: form-data; name="image"; filename="a.png"\r\n\r\n';
  const body = Buffer.concat([Buffer.from(text + head), await png(), Buffer.from('\r\n--cut--\r\n')]);
  const { json } = await sendForm(world, access, body);
  expect(json).toMatchObject({ bio: 'curious', image: expect.stringMatching(/^pictures\//) });
});

test('who has no picture has a grey one, unless the folder has another', async ({ world, folder }) => {
  const { bytes, headers } = await servedPicture(world, 'default.jpg');
  expect(await sharp(bytes).metadata()).toMatchObject({ format: 'jpeg', width: 256 });
  expect(headers.get('cache-control')).toBe('public, max-age=3600');
  writeFileSync(join(folder, 'default.jpg'), await red(3, 3).jpeg().toBuffer());
  expect(await sharp((await servedPicture(world, 'default.jpg')).bytes).metadata()).toMatchObject({
    width: 3,
  });
});

test('with an account its picture goes', async ({ world, folder }) => {
  const { access } = await loggedIn(world);
  expect((await sendPicture(world, access, await png())).status).toBe(200);
  expect(readdirSync(join(folder, 'pictures'))).toHaveLength(1);
  expect(await removeAccount(world.app, 1, COMMAND_LINE)).toMatchObject({ ok: true });
  expect(readdirSync(join(folder, 'pictures'))).toEqual([]);
});

test('pictures that came from Django are served from where they are', async ({ world, folder }) => {
  await mkdir(join(folder, 'user_images/é'), { recursive: true });
  writeFileSync(join(folder, 'user_images/é/me.PNG'), await png());
  const { status, headers } = await servedPicture(world, 'user_images/%C3%A9/me.PNG');
  expect([status, headers.get('content-type')]).toEqual([200, 'image/png']);
});

const NOT_SERVED = [
  '../secret.png',
  '%2e%2e/secret.png',
  '..%2fsecret.png',
  '..%5csecret.png',
  '%2fetc/passwd.png',
  'a%00.png',
  '%ff.png',
  '.hidden.png',
  'link.png',
  'linked/secret.png',
  'con.png',
  'pictures',
  'pictures/',
  '',
  'notes.txt',
  'page.html',
  'drawing.svg',
];

test('what is no picture, hidden, or outside the folder is not there [S-11]', async ({ world, folder }) => {
  writeFileSync(join(folder, '..', 'secret.png'), await png());
  await mkdir(join(folder, 'pictures'));
  for (const name of ['.hidden.png', 'con.png', 'notes.txt', 'page.html', 'drawing.svg'])
    writeFileSync(join(folder, name), 'x');
  symlinkSync(join(folder, '..', 'secret.png'), join(folder, 'link.png'));
  symlinkSync(join(folder, '..'), join(folder, 'linked'));
  for (const path of NOT_SERVED) expect((await world.get(`/media/${path}`)).status, path).toBe(404);
});

test('/media/ is read only', async ({ world }) => {
  const { status, headers } = await world.post('/media/default.jpg', {});
  expect([status, headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  const head = await world.ask('HEAD', '/media/default.jpg');
  expect([head.status, head.text, Number(head.headers.get('content-length')) > 0]).toEqual([200, '', true]);
});

test('an account sends ten pictures an hour, and its texts are not counted', async ({ open, folder }) => {
  const world = await open({ MEDIA_URL: `file:${folder}`, LIMITS: 'on' });
  const { access } = await loggedIn(world);
  const other = await loggedIn(world, 'bob');
  const file = await png();
  for (let i = 0; i < 10; i += 1) expect((await sendPicture(world, access, file)).status).toBe(200);
  expect((await sendPicture(world, access, file)).status).toBe(429);
  expect((await sendPicture(world, other.access, file)).status).toBe(200);
  expect((await world.ask('PATCH', '/api/profile/', patch({ bio: 'x' }, access))).status).toBe(200);
});

test('with MEDIA_URL=off there are no pictures', async ({ open }) => {
  const world = await open({ MEDIA_URL: 'off' });
  const { access } = await loggedIn(world);
  const { json } = await world.get('/api/profile/', { token: access });
  expect(json).toMatchObject({ image: 'default.jpg', image_url: null });
  const refused = await sendPicture(world, access, await png());
  expect([refused.status, refused.json]).toEqual([400, { image: ['This server takes no pictures.'] }]);
  expect((await world.get('/media/default.jpg')).status).toBe(404);
});

test('a disk that takes no picture is a 503, and the profile stays as it was', async ({ open, folder }) => {
  writeFileSync(join(folder, 'no-folder'), '');
  const world = await open({ MEDIA_URL: `file:${folder}/no-folder` });
  const { access } = await loggedIn(world);
  const { status, json } = await sendPicture(world, access, await png());
  expect([status, json.detail]).toEqual([503, 'The pictures are out of reach. Try again in a moment.']);
  expect((await world.get('/api/profile/', { token: access })).json.image).toBe('default.jpg');
});
