// Walks through the example `spa`: a page of TypeScript.
//
//   APP          the base URL of the example
//   SCREENSHOTS  a directory for pictures; none are taken without it
//
// Prints `ok <step>` for each step. Ends with 1 and the text of the page at the first that fails.

import assert from 'node:assert/strict';

import { assertFitForAll, assertRoomForLongNames } from './accessibility.mjs';
import { APP, appCookies, asksToSignIn, localPart, picture, signInAs, text } from './browser.mjs';
import { end, looksAt, step, visitor } from './steps.mjs';

const PAGE = '/?item=Assam';

/** What begins each token of Logto's that is a JWT. */
const JWT = /eyJ[\w-]+\.eyJ/;

const errors = [];
const answers = [];

const { context, page } = await visitor();
page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
page.on('response', (response) => {
  const isRead = new URL(response.url()).origin === APP && !response.url().endsWith('/api/events');
  if (isRead) answers.push(response.text().catch(() => ''));
});

const item = page.getByLabel('What would you like?');
const press = (name) => page.getByRole('button', { name }).click();
const notice = page.getByRole('status');
/** Has the tab key begin at the first control again. */
const fromTheTop = (page) => page.getByText('The tea shop').click();
const ordered = (text) => page.locator('#orders li', { hasText: text });

await step('a stranger', async () => {
  await page.goto(APP + PAGE);
  await page.getByRole('heading', { name: 'Hello, stranger' }).waitFor();
  await assertFitForAll(page, 'spa-stranger');
});
await step('alice signs in, and is back at the same address', async () => {
  await page.getByRole('link', { name: 'Sign in' }).click();
  await page.waitForURL((url) => url.origin !== APP);
  await signInAs(page, 'alice');
  assert.equal(localPart(page), PAGE);
  await page.getByRole('heading', { name: 'Order tea' }).waitFor();
  assert.equal(await item.inputValue(), 'Assam');
});
await step('an order comes by the stream, also to others', async () => {
  const visit = await visitor();
  await visit.page.goto(APP);
  await visit.page.getByRole('link', { name: 'Sign in' }).click();
  await signInAs(visit.page, 'bob');
  const followed = visit.page.waitForResponse((response) => response.url().endsWith('/api/events'));
  await visit.page.reload();
  await followed;
  looksAt(page);
  await press('Order');
  await ordered('Assam, for Alice').waitFor();
  assert.equal(await item.inputValue(), '');
  looksAt(visit.page);
  await visit.page.locator('#orders li', { hasText: 'Assam' }).waitFor();
  await visit.page.getByRole('button', { name: 'Clear' }).click();
  await visit.page.getByRole('status').filter({ hasText: /\w/ }).waitFor();
  assert.match(await text(visit.page), /Assam, for Alice/);
  await fromTheTop(visit.page);
  await assertFitForAll(visit.page, 'spa-refused');
  await visit.context.close();
  looksAt(page);
});
await step('what is ordered cannot bring in markup', async () => {
  await item.fill('<img src=x onerror=alert(1)>');
  await press('Order');
  await ordered('<img').waitFor();
  assert.equal(await page.locator('#orders img').count(), 0);
});
await step('Logto tells of the user, and no token comes to the page', async () => {
  await press('Ask Logto');
  await page.locator('#claims', { hasText: 'alice' }).waitFor();
  await fromTheTop(page);
  await assertFitForAll(page, 'spa-alice');
  await assertRoomForLongNames(page, 'spa-alice', 'Alice Liddell');
  const read = (await Promise.all(answers)).join('\n');
  assert.match(read, /Alice Liddell/, 'no answer was read');
  const kept = await page.evaluate(() => [document.cookie, ...Object.values(localStorage), ...Object.values(sessionStorage)].join());
  assert.doesNotMatch(read + kept, JWT);
  assert.doesNotMatch(kept, /logto/);
});
await step('a sign-out in another tab ends the stream, and leaves the page as it is', async () => {
  await item.fill('Darjeeling');
  const other = looksAt(await context.newPage());
  await other.goto(APP);
  await other.getByRole('button', { name: 'Sign out' }).click();
  await other.getByRole('heading', { name: 'Hello, stranger' }).waitFor();
  await other.close();
  looksAt(page);
  await notice.getByText('You are signed out').waitFor();
  assert.equal(localPart(page), PAGE);
  assert.equal(await item.inputValue(), 'Darjeeling');
  await picture(page, 'spa-signed-out');
});
await step('a refused order loses nothing, and goes through after a sign-in in another tab', async () => {
  await press('Order');
  await notice.getByRole('link', { name: 'Sign in in another tab' }).waitFor();
  const opened = context.waitForEvent('page');
  await notice.getByRole('link').click();
  const tab = looksAt(await opened);
  await tab.waitForURL((url) => url.origin !== APP);
  assert.ok(await asksToSignIn(tab), 'there is no sign-in page');
  await signInAs(tab, 'alice');
  assert.equal(localPart(tab), PAGE);
  await tab.close();
  looksAt(page);
  await page.bringToFront();
  await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
  await page.waitForFunction(() => document.querySelector('#notice').textContent === '');
  assert.equal(await item.inputValue(), 'Darjeeling');
  await press('Order');
  await ordered('Darjeeling').waitFor();
  assert.equal(await ordered('Darjeeling').count(), 1);
});
await step('the sign-out by fetch ends the session here and at Logto', async () => {
  await press('Sign out');
  await page.getByRole('heading', { name: 'Hello, stranger' }).waitFor();
  assert.equal(page.url(), `${APP}/`);
  assert.deepEqual(await appCookies(context), []);
  await page.getByRole('link', { name: 'Sign in' }).click();
  await page.waitForURL((url) => url.origin !== APP);
  assert.ok(await asksToSignIn(page), 'Logto has signed alice in again');
});
await step('the policy of the page was in nobody\'s way', async () => {
  assert.deepEqual(errors.filter((it) => !/status of 40[13]/.test(it)), []);
});
await context.close();
await end();
