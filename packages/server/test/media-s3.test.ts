import { expect } from 'vitest';
import { readConfig } from '../src/config.ts';
import { red, sendPicture, servedPicture, test } from './support/pictures.ts';
import { KEY_ID, openBucket, SECRET } from './support/s3.ts';
import { loggedIn, SECRET_KEY } from './support/world.ts';

const png = () => red().png().toBuffer();

test('pictures are kept in a bucket, with requests that it can verify, and old ones deleted', async ({
  open,
}) => {
  await using bucket = await openBucket();
  const world = await open({ MEDIA_URL: bucket.mediaUrl });
  const { access } = await loggedIn(world);
  const first = await sendPicture(world, access, await png());
  expect([...bucket.objects.keys()]).toEqual([`/bucket/some/folder/${first.json.image}`]);
  const served = await servedPicture(world, first.json.image);
  expect([served.status, served.bytes]).toEqual([
    200,
    bucket.objects.get(`/bucket/some/folder/${first.json.image}`),
  ]);
  const second = await sendPicture(world, access, await png());
  expect([...bucket.objects.keys()]).toEqual([`/bucket/some/folder/${second.json.image}`]);
  expect((await servedPicture(world, first.json.image)).status).toBe(404);
  expect((await servedPicture(world, 'default.jpg')).status).toBe(200);
  expect(bucket.refused).toEqual([]);
});

test('a bucket that refuses the key is a 503, and the profile stays', async ({ open }) => {
  await using bucket = await openBucket();
  const world = await open({ MEDIA_URL: bucket.mediaUrl.replace(encodeURIComponent(SECRET), 'wrong') });
  const { access } = await loggedIn(world);
  expect((await sendPicture(world, access, await png())).status).toBe(503);
  expect(bucket.refused.length).toBeGreaterThan(0);
  expect((await world.get('/api/profile/', { token: access })).json.image).toBe('default.jpg');
});

test('a bucket that is away is a 503 for pictures and for nothing else', async ({ open }) => {
  const bucket = await openBucket();
  await bucket[Symbol.asyncDispose]();
  const world = await open({ MEDIA_URL: bucket.mediaUrl });
  const { access } = await loggedIn(world);
  expect((await sendPicture(world, access, await png())).status).toBe(503);
  expect((await servedPicture(world, 'default.jpg')).status).toBe(503);
  const body = { bio: 'curious' };
  expect((await world.ask('PATCH', '/api/profile/', { body, token: access })).status).toBe(200);
});

const withMedia = (MEDIA_URL: string) =>
  readConfig('serve', { SECRET_KEY, PUBLIC_URL: 'https://a.example', MEDIA_URL });

test.for([
  'media',
  'file:',
  'file:///srv/media',
  's3://bucket',
  's3://host/bucket',
  's3://id:key@host',
  's3://id:key@host/bucket?tls=off',
  's3://id:key@host/bucket?x=1',
  'https://id:key@host/bucket',
])('MEDIA_URL=%s is refused', (address) => {
  expect(() => withMedia(address)).toThrow(/^MEDIA_URL must be/);
});

test.for(['off', 'file:./media', 'file:/srv/media', `s3://${KEY_ID}:k@s3.example/bucket/below?region=eu-1`])(
  'MEDIA_URL=%s is taken',
  (address) => {
    expect(withMedia(address).mediaUrl.reveal()).toBe(address);
  },
);
