import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { expect } from 'vitest';
import {
  bitmapPng,
  chunk,
  formOf,
  jpegHeader,
  red,
  sendForm,
  sendPicture,
  servedPicture,
  test,
  zerosPacked,
} from './support/pictures.ts';
import { loggedIn, type World } from './support/world.ts';

const NO_PICTURE = {
  image: ['Upload a valid image. The file you uploaded was either not an image or a corrupted image.'],
};

const animatedPng = async () => {
  const png = await red().png().toBuffer();
  const control = chunk('acTL', Buffer.from([0, 0, 0x75, 0x30, 0, 0, 0, 0]));
  return Buffer.concat([png.subarray(0, 33), control, png.subarray(33)]);
};

const animatedWebp = () =>
  sharp({ create: { width: 8, height: 80, channels: 3, background: '#0000ff', pageHeight: 8 } })
    .composite([
      { input: { create: { width: 8, height: 8, channels: 3, background: '#ff0000' } }, top: 8, left: 0 },
    ])
    .webp({ loop: 0, delay: Array(10).fill(50) })
    .toBuffer();

const SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"';
const SVGS = {
  script: `${SVG}><script>alert(1)</script></svg>`,
  onload: `${SVG} onload="alert(1)"/>`,
  foreignObject: `${SVG}><foreignObject><body xmlns="http://www.w3.org/1999/xhtml"/></foreignObject></svg>`,
  entity: `<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>${SVG}><text>&x;</text></svg>`,
};

/** Refused, and nothing was kept of it. */
async function expectRefused(world: World, folder: string, bytes: Uint8Array, body: unknown = NO_PICTURE) {
  const { access } = await loggedIn(world);
  const { status, json } = await sendPicture(world, access, bytes);
  expect([status, json]).toEqual([400, body]);
  expect(existsSync(join(folder, 'pictures'))).toBe(false);
}

/** Accepted; the bytes that are served. */
async function redrawn(world: World, bytes: Uint8Array): Promise<Buffer> {
  const { access } = await loggedIn(world);
  const { status, json } = await sendPicture(world, access, bytes);
  expect([status, json.image]).toEqual([200, expect.stringMatching(/^pictures\/[0-9a-f]{32}\.webp$/)]);
  return (await servedPicture(world, json.image)).bytes;
}

test.for(Object.entries(SVGS))(
  'an SVG with %s is refused, whatever it is called [U-01]',
  async ([, svg], { world, folder }) => {
    await expectRefused(world, folder, Buffer.from(svg));
  },
);

test.for([
  ['a GIFAR', Buffer.from('GIF89a;PK\x03\x04', 'latin1')],
  ['a PDF', Buffer.from('%PDF-1.4\n')],
  ['an HTML page', Buffer.from('<!doctype html><script>alert(1)</script>')],
] as const)('%s is refused [U-02]', async ([, bytes], { world, folder }) => {
  await expectRefused(world, folder, bytes);
});

test.for([
  ['a PNG with a page behind it', 'png', '<script>alert(1)</script>'],
  ['a JPEG with PHP behind it', 'jpeg', '<?php system($_GET[0]); ?>'],
  ['a JPEG with a PDF behind it', 'jpeg', '%PDF-1.4 obj endobj trailer'],
  ['a WebP with an archive behind it', 'webp', 'PK\x03\x04 payload'],
] as const)('%s is served without it [U-02]', async ([, format, payload], { world }) => {
  const file = await red().toFormat(format).toBuffer();
  const served = await redrawn(world, Buffer.concat([file, Buffer.from(payload, 'latin1')]));
  expect(served.includes(Buffer.from(payload.slice(0, 8), 'latin1'))).toBe(false);
  expect(await sharp(served).metadata()).toMatchObject({ format: 'webp', width: 40, height: 30 });
});

const WIDE = { image: ['Ensure this picture is no more than 4096 pixels wide and high.'] };
const MOVES = { image: ['Upload a picture that does not move.'] };

test.for([
  ['a PNG of 50,000 by 50,000', async () => bitmapPng(50_000, 50_000), WIDE],
  ['a PNG one pixel too wide', async () => bitmapPng(4_097, 1), WIDE],
  ['the header of a JPEG with a thousand million pixels', async () => jpegHeader(65_000, 16_000), WIDE],
  ['a PNG of 30,000 frames', animatedPng, MOVES],
  ['a WebP of ten frames', animatedWebp, MOVES],
] as const)('%s is refused before it is decoded [U-03]', async ([, make, body], { world, folder }) => {
  const bytes = await make();
  const { access } = await loggedIn(world);
  const { rss } = process.memoryUsage();
  const started = performance.now();
  const reply = await sendPicture(world, access, bytes);
  expect([reply.status, reply.json]).toEqual([400, body]);
  expect(performance.now() - started).toBeLessThan(1_000);
  expect(process.memoryUsage().rss - rss).toBeLessThan(100 * 1_048_576);
  expect(existsSync(join(folder, 'pictures'))).toBe(false);
});

test('a picture as large as may be is taken', async ({ world }) => {
  expect(await sharp(await redrawn(world, bitmapPng(4_096, 4_096))).metadata()).toMatchObject({ width: 512 });
});

test('where a picture was taken and by whom is not served [U-04]', async ({ world }) => {
  const file = await red()
    .withExif({
      IFD0: { Copyright: 'SECRET-OWNER' },
      IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '51/1 30/1 0/1' },
    })
    .withXmp('<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf>SECRET-XMP</rdf></x:xmpmeta>')
    .withIccProfile('p3')
    .jpeg()
    .toBuffer();
  expect(file.includes('SECRET-OWNER') && file.includes('SECRET-XMP')).toBe(true);
  const served = await redrawn(world, file);
  expect(served.includes('SECRET')).toBe(false);
  const about = await sharp(served).metadata();
  expect([about.exif, about.xmp, about.icc, about.orientation]).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});

test('a picture is turned as its camera says [U-04]', async ({ world }) => {
  const served = await redrawn(world, await red(40, 30).jpeg().withMetadata({ orientation: 6 }).toBuffer());
  expect(await sharp(served).metadata()).toMatchObject({ width: 30, height: 40 });
});

test.for([
  ['profile', 'iCCP', 'icc\0\0'],
  ['text', 'zTXt', 'Comment\0\0'],
] as const)(
  'a compressed %s that unpacks to 200 MB does no harm [U-04]',
  async ([, type, head], { world }) => {
    const bomb = chunk(type, Buffer.concat([Buffer.from(head, 'latin1'), zerosPacked(20)]));
    const { access } = await loggedIn(world);
    const { rss } = process.memoryUsage();
    const { status } = await sendPicture(world, access, bitmapPng(10, 10, [bomb]));
    expect([200, 400]).toContain(status);
    expect(process.memoryUsage().rss - rss).toBeLessThan(100 * 1_048_576);
  },
);

test.for([
  ['a file without bytes', async () => Buffer.alloc(0), { image: ['The submitted file is empty.'] }],
  ['a signature alone', async () => Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), NO_PICTURE],
  ['half a PNG', async () => (await noise().png().toBuffer()).subarray(0, 3_000), NO_PICTURE],
  ['half a JPEG', async () => (await noise().jpeg().toBuffer()).subarray(0, 2_000), NO_PICTURE],
  ['half a WebP', async () => (await noise().webp().toBuffer()).subarray(0, 2_000), NO_PICTURE],
  ['an AVIF', async () => Buffer.from('\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf', 'latin1'), NO_PICTURE],
  ['a HEIC', async () => Buffer.from('\0\0\0\x18ftypheic\0\0\0\0mif1heic', 'latin1'), NO_PICTURE],
  ['a TIFF', () => red().tiff().toBuffer(), NO_PICTURE],
  ['a GIF', () => red().gif().toBuffer(), NO_PICTURE],
  ['a BMP', async () => Buffer.from(`BM${'\0'.repeat(60)}`, 'latin1'), NO_PICTURE],
  ['an icon', async () => Buffer.from('\0\0\x01\0\x01\0\x10\x10\0\0', 'latin1'), NO_PICTURE],
] as const)('%s is refused [U-05]', async ([, make, body], { world, folder }) => {
  await expectRefused(world, folder, await make(), body);
});

/** Something that does not compress to nothing. */
const noise = () =>
  sharp({
    create: {
      width: 100,
      height: 100,
      channels: 3,
      background: '#000000',
      noise: { type: 'gaussian', mean: 128, sigma: 60 },
    },
  });

test.for([
  ['of one pixel', () => red(1, 1).png().toBuffer()],
  ['of 16 bits', () => red().toColourspace('rgb16').png().toBuffer()],
  ['in CMYK', () => red().toColourspace('cmyk').jpeg().toBuffer()],
  ['in grey', () => red().greyscale().jpeg().toBuffer()],
  ['with a palette', () => red().png({ palette: true }).toBuffer()],
  ['with transparency', () => red().ensureAlpha(0.5).png().toBuffer()],
] as const)('a picture %s becomes one in sRGB [U-05]', async ([, make], { world }) => {
  const about = await sharp(await redrawn(world, await make())).metadata();
  expect(about).toMatchObject({ format: 'webp', space: 'srgb', depth: 'uchar' });
});

test('broken bytes anywhere in a file are refused or drawn, and never more than that [U-05]', async ({
  world,
}) => {
  const { access } = await loggedIn(world);
  for (const format of ['png', 'jpeg', 'webp'] as const) {
    const file = await noise().resize(16, 16).toFormat(format).toBuffer();
    for (let at = 12; at < file.length; at += Math.ceil(file.length / 12)) {
      const broken = Buffer.from(file);
      broken[at] = (broken[at] ?? 0) ^ 0xff;
      expect([200, 400], `${format} at ${at}`).toContain((await sendPicture(world, access, broken)).status);
    }
  }
});

test('a file of one byte too many is refused, and a body beyond that unread [U-06]', async ({
  world,
  folder,
}) => {
  const bytes = Buffer.concat([await red().png().toBuffer(), Buffer.alloc(2_097_152)]);
  const large = { image: ['Ensure this file has no more than 2097152 bytes.'] };
  await expectRefused(world, folder, bytes.subarray(0, 2_097_153), large);
  const { access } = await loggedIn(world, 'bob');
  expect((await sendPicture(world, access, bytes.subarray(0, 2_097_152))).status).toBe(200);
  expect((await sendForm(world, access, Buffer.alloc(2_300_000))).status).toBe(413);
  expect((await sendForm(world, access, Buffer.alloc(20_000), 'application/json')).status).toBe(413);
});

test.for([
  ['a thousand parts', () => formOf(Array(1_000).fill({ bytes: Buffer.from('x'), field: 'x' }))],
  ['two files', () => formOf(Array(2).fill({ bytes: Buffer.from('x') }))],
] as const)('a form of %s is refused [U-06]', async ([, make], { world }) => {
  const { access } = await loggedIn(world);
  const { status, json } = await sendForm(world, access, make());
  expect([status, json.detail]).toEqual([400, expect.stringMatching(/^Multipart form parse error - /)]);
});

test.for([
  ['no boundary', 'multipart/form-data', 'x'],
  [
    'a text in the place of the file',
    'multipart/form-data; boundary=cut',
    '--cut\r\nContent-Disposition: form-data; name="image"\r\n\r\nx\r\n--cut--',
  ],
  [
    'a huge field',
    'multipart/form-data; boundary=cut',
    `--cut\r\nContent-Disposition: form-data; name="bio"\r\n\r\n${'x'.repeat(1_000_000)}\r\n--cut--`,
  ],
] as const)('a form with %s is refused [U-06]', async ([, type, text], { world }) => {
  const { access } = await loggedIn(world);
  expect((await sendForm(world, access, Buffer.from(text), type)).status).toBe(400);
});

test('a form in a form and one without an end change nothing [U-06]', async ({ world, folder }) => {
  const { access } = await loggedIn(world);
  const inner = 'Content-Type: multipart/mixed; boundary=in\r\n\r\n--in\r\n\r\nx\r\n--in--\r\n';
  for (const text of [
    `--cut\r\nContent-Disposition: form-data; name="image"\r\n${inner}--cut--`,
    '--cut\r\nContent-Disposition: form-data; name="image"; filename="a.png"\r\n\r\n\x89PNG',
  ])
    expect([200, 400]).toContain((await sendForm(world, access, Buffer.from(text, 'latin1'))).status);
  expect(existsSync(join(folder, 'pictures'))).toBe(false);
});

const FILE_NAMES = [
  '../../x.png',
  '/etc/passwd',
  'a\0.png',
  'CON',
  '.htaccess',
  'x'.repeat(300),
  'é漢🙂.png',
  'a.png/',
  'a.png;.html',
  'a.svg',
];

test('nothing is kept of the name and the type that a file is sent with [U-07]', async ({
  world,
  folder,
}) => {
  const { access } = await loggedIn(world);
  const bytes = await red().png().toBuffer();
  for (const fileName of FILE_NAMES) {
    const { json } = await sendPicture(world, access, bytes, { fileName, type: 'text/html' });
    // A name that ends with a slash is none, and its part no file.
    const kept = json.image ?? 'default.jpg';
    expect(kept, fileName).toMatch(/^(pictures\/[0-9a-f]{32}\.webp|default\.jpg)$/);
  }
  expect(readdirSync(folder)).toEqual(['pictures']);
  expect(readdirSync(join(folder, 'pictures')).join()).toMatch(/^[0-9a-f]{32}\.webp$/);
});

test('a picture is served as one, in a sandbox, and kept by browsers for good [U-08]', async ({ world }) => {
  const { access } = await loggedIn(world);
  const { json } = await sendPicture(world, access, await red().png().toBuffer());
  const { headers } = await servedPicture(world, json.image);
  expect(Object.fromEntries(headers)).toMatchObject({
    'content-type': 'image/webp',
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'; sandbox",
    'content-disposition': 'inline; filename="picture.webp"',
    'cross-origin-resource-policy': 'cross-origin',
    'cache-control': 'public, max-age=31536000, immutable',
  });
});

const NO_FILES = [
  'http://169.254.169.254/x.png',
  '../x',
  'default.jpg',
  'data:image/png;base64,AAAA',
  7,
  {},
  ['x'],
  { file: 'a.png' },
];

test('a picture cannot be named by a path or an address [I-14, U-12]', async ({ world }) => {
  const { access } = await loggedIn(world);
  const words = 'The submitted data was not a file. Check the encoding type on the form.';
  for (const image of NO_FILES) {
    const { status, json } = await world.ask('PATCH', '/api/profile/', { body: { image }, token: access });
    expect([status, json], JSON.stringify(image)).toEqual([400, { image: [words] }]);
  }
  expect((await world.get('/api/profile/', { token: access })).json.image).toBe('default.jpg');
});

test('pictures are drawn one at a time, and who would wait too long is told to come again [U-11]', async ({
  world,
}) => {
  let drawing = 0;
  let most = 0;
  const { media } = world.app;
  if (media === undefined) throw new Error('there are no pictures');
  const work = () =>
    media.queue.run(async () => {
      drawing += 1;
      most = Math.max(most, drawing);
      await new Promise((resolve) => setTimeout(resolve, 5));
      drawing -= 1;
    });
  const outcomes = await Promise.all(Array.from({ length: 60 }, work));
  expect(most).toBe(1);
  expect(outcomes.filter(({ ok }) => !ok).length).toBeGreaterThan(0);
});
