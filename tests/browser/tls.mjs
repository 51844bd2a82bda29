// Signs in at an application that speaks TLS with a certificate of an authority that only this browser knows, and
// at one that another site shows in a frame. Nothing is told to overlook a certificate.
//
//   APP     the base URL of an application with `/account` for signed-in users and a page `/signing-out` with a button
//   FRAMED  the base URL of one with `same_site = "none"`
//   HOME    where the browser finds the authority, and may keep a profile
//
// Prints `ok <step>` for each step. Ends with 1 and the text of the page at the first that fails.

import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { APP, asksToSignIn, launchProfile, signInAs, signOut, text } from './browser.mjs';
import { end, looksAt, step, visitor } from './steps.mjs';

const { FRAMED, HOME } = process.env;

/** The cookies of an application, without those of the provider. */
const cookiesAt = async (context, origin) =>
  (await context.cookies(origin)).filter(({ name }) => name.includes('logto-'));

async function ownSite() {
  const { context, page } = await visitor();
  await step('alice signs in at a provider and an application that both speak TLS', async () => {
    await page.goto(`${APP}/account`);
    assert.ok(await asksToSignIn(page), 'there is no sign-in page');
    assert.ok(page.url().startsWith('https://'), page.url());
    await signInAs(page, 'alice');
    assert.equal(page.url(), `${APP}/account`);
  });
  await step('the browser keeps the session for this host alone, out of reach of scripts and of plain HTTP', async () => {
    const cookies = await cookiesAt(context, APP);
    assert.equal(cookies.length, 1, JSON.stringify(cookies));
    const [{ name, domain, path, secure, httpOnly, sameSite }] = cookies;
    assert.match(name, /^__Host-logto-/);
    const expected = { domain: 'localhost', path: '/', secure: true, httpOnly: true, sameSite: 'Lax' };
    assert.deepEqual({ domain, path, secure, httpOnly, sameSite }, expected);
    assert.equal(await page.evaluate(() => document.cookie), '');
  });
  await step('alice signs out', async () => {
    await page.goto(`${APP}/signing-out`);
    await signOut(page);
    assert.equal(await text(page), 'Hello, stranger');
    assert.deepEqual(await cookiesAt(context, APP), []);
  });
  await context.close();
}

/** A browser whose user allows the cookies of frames; few do so by default. */
async function allowingCookiesOfFrames() {
  const profile = join(HOME, 'profile');
  mkdirSync(join(profile, 'Default'), { recursive: true });
  writeFileSync(join(profile, 'Default', 'Preferences'), JSON.stringify({ profile: { cookie_controls_mode: 0 } }));
  const context = await launchProfile(profile);
  return { context, page: looksAt(await context.newPage()) };
}

/** A page of another site that shows the application in a frame. */
async function frame() {
  const { context, page } = await allowingCookiesOfFrames();
  const portal = FRAMED.replace('localhost', '127.0.0.1');
  const framed = () => page.frameLocator('iframe');
  await step('a frame on another site says that the sign-in is in a new tab', async () => {
    await page.goto(`${portal}/portal`);
    await framed().getByText('Please sign in in a new tab').waitFor();
    assert.equal(new URL(page.url()).origin, portal);
  });
  await step('the sign-in leaves the frame', async () => {
    const opened = context.waitForEvent('page');
    await framed().getByRole('link', { name: 'Sign in in a new tab' }).click();
    const tab = looksAt(await opened);
    await tab.waitForLoadState('load');
    assert.ok(await asksToSignIn(tab), 'there is no sign-in page');
    await signInAs(tab, 'alice');
    assert.equal(tab.url(), `${FRAMED}/account`);
    await tab.close();
    looksAt(page);
  });
  await step('the frame knows the user when it is loaded again', async () => {
    await page.goto(`${portal}/portal`);
    await framed().getByText(/^\S+ in \S+$/).waitFor();
    const [{ name, secure, sameSite }] = await cookiesAt(context, FRAMED);
    assert.match(name, /^__Host-logto-/);
    assert.deepEqual({ secure, sameSite }, { secure: true, sameSite: 'None' });
  });
  await context.close();
}

await ownSite();
await frame();
await end();
