// node scripts/pictures.mjs [folder]: draws the pictures of docs/ anew, of a development server of its own that has lived for a
// month. Build first. Times are those of the day; look at each picture before it is committed.
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { openBrowser } from './browser.mjs';

const PROGRAM = join(import.meta.dirname, '../packages/server/bin/latchkey.js');
const FOLDER = process.argv[2] ?? join(import.meta.dirname, '../docs');
const PASSWORD = 'correct horse battery';
const NAMES = {
  ada: 'Ada Lovelace',
  grace: 'Grace Hopper',
  alan: 'Alan Turing',
  edsger: 'Edsger Dijkstra',
  barbara: 'Barbara Liskov',
  donald: 'Donald Knuth',
  margaret: 'Margaret Hamilton',
  ken: 'Ken Thompson',
  dennis: 'Dennis Ritchie',
  radia: 'Radia Perlman',
  katherine: 'Katherine Johnson',
  annie: 'Annie Easley',
};

/** The day on which each of them signs up. */
const SIGN_UPS = [0, 0, 2, 5, 5, 8, 9, 9, 9, 14, 17, 22];

/** Starts the server; its address, when it listens. */
async function start(cwd) {
  const env = { ...process.env, PORT: '0', LIMITS: 'off', FRONTEND_URL: 'https://app.example.com' };
  const server = spawn(process.execPath, [PROGRAM, 'dev'], {
    cwd,
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  for await (const line of createInterface({ input: server.stderr })) {
    const url = line.match(/listens on (\S+)/)?.[1];
    if (url === undefined) continue;
    server.stderr.resume();
    execFileSync(
      process.execPath,
      [PROGRAM, 'createsuperuser', '--username=root', '--email=root@example.com'],
      {
        cwd,
        env: { ...env, LATCHKEY_PASSWORD: PASSWORD },
      },
    );
    return { url, stop: () => server.kill() };
  }
  throw new Error('The server did not start.');
}

/** Requests to a server: a path, a body, headers; what is answered. */
const askerOf = (url) => async (method, path, body, headers) => {
  const reply = await fetch(url + path, {
    method,
    headers: { 'Content-Type': 'application/json', ...headers },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await reply.text();
  const isExpected = reply.ok || path === '/api/token/';
  if (!isExpected) throw new Error(`${method} ${path}: ${reply.status} ${text}`);
  const [cookie] = (reply.headers.get('set-cookie') ?? '').split(';');
  return { ...(text && JSON.parse(text)), cookie };
};

/** A month of sign-ups and logins, some of them with a wrong password. */
async function liveForAMonth(ask) {
  const names = Object.keys(NAMES);
  for (let day = 0; day < 30; day += 1) {
    await ask('POST', '/dev/clock/', { advance: '1d' });
    for (const username of names.filter((_, place) => SIGN_UPS[place] === day)) {
      const email = `${username}@example.com`;
      await ask('POST', '/api/register/', { username, email, password: PASSWORD });
    }
    const known = names.filter((_, place) => SIGN_UPS[place] <= day);
    for (const [place, username] of known.entries()) {
      if ((day * 5 + place * 3) % 4 > 1) continue;
      const { access, refresh } = await ask('POST', '/api/token/', { username, password: PASSWORD });
      const headers = { Authorization: `Bearer ${access}` };
      await ask('PATCH', '/api/profile/', { full_name: NAMES[username] }, headers);
      if (day % 3 > 0) await ask('POST', '/api/token/refresh/', { refresh });
      if ((day * 7 + place) % 11 < 2) await ask('POST', '/api/token/', { username, password: 'a wrong one' });
    }
  }
}

/** What the staff did. */
async function lookAfterPeople(ask, origin) {
  const login = { username: 'root', password: PASSWORD };
  const { csrf_token, cookie } = await ask('POST', '/api/admin/session/', login, { Origin: origin });
  const own = { Origin: origin, Cookie: cookie, 'X-CSRFToken': csrf_token };
  await ask('POST', '/api/admin/session/step-up/', { password: PASSWORD }, own);
  const group = { name: 'Support', permissions: ['view_user', 'change_user', 'view_session'] };
  const { id } = await ask('POST', '/api/admin/groups/', group, own);
  await ask('PATCH', '/api/admin/users/2/', { is_staff: true, groups: [id] }, own);
  for (const user of [2, 3, 4, 6]) await ask('PATCH', `/api/admin/users/${user}/`, { verified: true }, own);
  await ask('PATCH', '/api/admin/users/3/', { bio: 'Compilers.' }, own);
  await ask('PATCH', '/api/admin/users/9/', { is_active: false }, own);
}

/** Mails in several languages. */
async function askForMails(ask) {
  for (const [name, language] of [
    ['ada', 'de'],
    ['grace', 'fr'],
    ['alan', 'es'],
    ['barbara', 'en'],
  ]) {
    const email = `${name}@example.com`;
    await ask('POST', '/api/password/reset/', { email }, { 'Accept-Language': language });
  }
  const fatima = { username: 'fatima', email: 'fatima@example.com', password: PASSWORD };
  await ask('POST', '/api/register/', fatima, { 'Accept-Language': 'ar' });
  await ask('POST', '/api/register/', { username: 'alice', password: PASSWORD });
}

const press = (page, name) => page.getByRole('button', { name, exact: true }).click();
const signIn = async (page, field, name, button) => {
  await page.getByLabel(field).fill(name);
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await press(page, button);
};

/** Pictures by the names of their files; each opens what it shows in a browser of its own. */
const picturesOf = (url, mails) => {
  const admin = (path) => async (page) => {
    await page.goto(`${url}/admin/${path}`);
    await signIn(page, 'User name or e-mail', 'root', 'Sign in');
  };
  const account = (path) => async (page) => {
    await page.goto(`${url}/account/${path}`);
    await signIn(page, 'User name or e-mail', 'alice', 'Log in');
  };
  const mail = (to) => async (page) => {
    await page.goto(`${url}/dev/inbox/${mails.find((one) => one.to.startsWith(to)).id}/`);
  };
  return {
    'admin-audit': { size: [1280, 760], title: 'Audit', show: admin('audit') },
    'admin-overview': { size: [1280, 760], title: 'Overview', show: admin('overview') },
    'admin-users': { size: [1280, 760], title: 'Users', show: admin('users') },
    'admin-user-dark': { size: [1280, 800], isDark: true, title: 'grace', show: admin('users/3') },
    'account-home': {
      size: [1000, 560],
      title: 'Hello, alice',
      show: async (page) => {
        await account('')(page);
        await page.getByLabel('Your text').fill('This is my Text');
        await press(page, 'Send');
        await page.getByText('your text is').waitFor();
      },
    },
    'account-data-dark': { size: [360, 720], isDark: true, title: 'Your data', show: account('data') },
    'dev-inbox': { size: [1000, 720], title: 'Inbox', show: (page) => page.goto(`${url}/dev/inbox/`) },
    'dev-mail': { size: [1000, 720], isDark: true, isWhole: true, show: mail('annie') },
    'dev-mail-arabic': { size: [360, 720], isWhole: true, show: mail('fatima') },
  };
};

async function draw(browser, name, { size: [width, height], isDark, isWhole, title, show }) {
  const person = await browser.newContext({
    viewport: { width, height },
    colorScheme: isDark ? 'dark' : 'light',
    reducedMotion: 'reduce',
  });
  const page = await person.newPage();
  await show(page);
  await page.getByRole('heading', { level: 1, name: title }).waitFor();
  await page.waitForLoadState('networkidle');
  await page.mouse.move(0, 0);
  await page.evaluate('document.activeElement?.blur()');
  await page.screenshot({ path: join(FOLDER, `${name}.png`), fullPage: isWhole ?? false });
  await person.close();
  console.log(name);
}

const folder = mkdtempSync(join(tmpdir(), 'latchkey-pictures-'));
const { url, stop } = await start(folder);
const browser = await openBrowser();
try {
  const ask = askerOf(url);
  await liveForAMonth(ask);
  await lookAfterPeople(ask, url);
  await askForMails(ask);
  const { mails } = await ask('GET', '/dev/inbox/');
  for (const [name, picture] of Object.entries(picturesOf(url, mails))) await draw(browser, name, picture);
} finally {
  await browser.close();
  stop();
  rmSync(folder, { recursive: true });
}
