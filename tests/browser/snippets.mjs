// Runs the snippets of the manual for scripts of a page.
//
//   APP  the base URL of an application whose page `/snippets` has them, with `show()` that fills `window.shown`; with `/items`
//        for signed-in users, `/never` for nobody, an event stream `/ticks`, and `/echo`, which refuses web sockets
//
// Prints `ok <step>` for each step. Ends with 1 and the text of the page at the first that fails.

import assert from 'node:assert/strict';

import { APP, asksToSignIn, signInAs } from './browser.mjs';
import { end, looksAt, step, visitor } from './steps.mjs';

const PAGE = `${APP}/snippets?page=2`;
const OVER = 'signed out';

/** Waits until the page has shown this text so many times. */
const hasShown = (page, text, times = 1) =>
  page.waitForFunction(([text, times]) => window.shown.filter((it) => it.includes(text)).length >= times, [text, times]);

const { context, page } = await visitor();

await step('a stream and a web socket of nobody say that nobody is signed in, and leave the page where it is', async () => {
  await page.goto(PAGE);
  await page.evaluate(() => listen());
  await hasShown(page, OVER);
  await page.evaluate(() => connect());
  await hasShown(page, OVER, 2);
  assert.equal(page.url(), PAGE);
});
await step('fetch leads to the sign-in and back to the page', async () => {
  const left = page.waitForURL((url) => url.origin !== APP);
  await page.evaluate(() => void load('/items').catch(() => {}));
  await left;
  assert.ok(await asksToSignIn(page));
  await signInAs(page, 'alice');
  assert.equal(page.url(), PAGE);
});
await step('fetch gets what it asks for, and the reason where it is refused', async () => {
  assert.deepEqual(await page.evaluate(() => load('/items')), [1, 2]);
  const problem = await page.evaluate(() => load('/never').catch((problem) => problem));
  assert.equal(problem.type, 'urn:logto-rocket:denied');
});
await step('the stream comes', async () => {
  await page.evaluate(() => listen());
  await hasShown(page, 'tick');
});
await step('a sign-out in another tab ends it, and this tab signs nobody in again', async () => {
  const other = looksAt(await context.newPage());
  await other.goto(PAGE);
  await other.evaluate(() => void signOut());
  await other.waitForURL(`${APP}/`);
  looksAt(page);
  await hasShown(page, OVER);
  assert.equal(page.url(), PAGE);
  assert.equal((await page.request.get(`${APP}/auth/user`)).status(), 401);
});

await end();
