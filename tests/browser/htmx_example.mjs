// Walks through the example `htmx`: a boosted site.
//
//   APP          the base URL of the example
//   SCREENSHOTS  a directory for pictures; none are taken without it
//
// Prints `ok <step>` for each step. Ends with 1 and the text of the page at the first that fails.

import assert from 'node:assert/strict';

import { assertFitForAll, assertRoomForLongNames } from './accessibility.mjs';
import { APP, appCookies, asksToSignIn, localPart, openSigningIn, picture, signInAs, text } from './browser.mjs';
import { end, looksAt, step, visitor } from './steps.mjs';

const TEXT = 'A long thought,\nwhich nobody wants to type twice.';

const { context, page } = await visitor();

/** What the page wrote to the console as an error, refusals of loads by its policy among it. */
const errors = [];
page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));

/** The loads of whole pages of the site, which htmx spares. */
let loads = 0;
page.on('request', (request) => {
  if (request.isNavigationRequest() && new URL(request.url()).origin === APP) loads += 1;
});

const field = page.getByLabel('A new note');
const save = page.getByRole('button', { name: 'Save' });
const notice = page.getByText('It is not saved yet');
const link = (name) => page.getByRole('navigation').getByRole('link', { name });

async function isLedToTheSignIn() {
  await page.waitForURL((url) => url.origin !== APP);
  assert.ok(await asksToSignIn(page), 'there is no sign-in page');
}

/** Signs this browser out in another tab, as a user does who has forgotten the form. */
async function signOutInAnotherTab() {
  const other = looksAt(await context.newPage());
  await other.goto(`${APP}/`);
  await other.getByRole('button', { name: 'Sign out' }).click();
  await other.getByText('Hello, stranger').waitFor();
  await other.close();
  looksAt(page);
}

await step('a stranger', async () => {
  await page.goto(`${APP}/`);
  await assertFitForAll(page, 'htmx-stranger');
});
await step('a boosted link leads the whole page to the sign-in, and back to where it leads', async () => {
  await link('Notes').click();
  await isLedToTheSignIn();
  await signInAs(page, 'alice');
  assert.equal(localPart(page), '/notes');
});
await step('htmx loads the pages and sends the form', async () => {
  loads = 0;
  await field.fill('Buy tea');
  await save.click();
  await page.getByText('Buy tea', { exact: true }).waitFor();
  assert.equal(await field.inputValue(), '');
  await link('Everybody').click();
  await page.getByRole('heading', { name: 'Everybody' }).waitFor();
  assert.equal(localPart(page), '/everybody');
  await page.goBack();
  await page.getByText('Buy tea', { exact: true }).waitFor();
  assert.equal(loads, 0, 'the browser has loaded a whole page');
  await assertRoomForLongNames(page, 'htmx-notes', 'Alice Liddell');
});
await step('what was typed while the session ended is there after the sign-in, and not saved', async () => {
  await field.fill(TEXT);
  await signOutInAnotherTab();
  await save.click();
  await isLedToTheSignIn();
  await picture(page, 'htmx-sign-in');
  await signInAs(page, 'alice');
  assert.equal(localPart(page), '/notes');
  assert.equal(await field.inputValue(), TEXT);
  await notice.waitFor();
  assert.equal(await page.getByText('Buy tea', { exact: true }).count(), 1);
  await assertFitForAll(page, 'htmx-draft');
  // Also takes away what axe-core has left in the page.
  await page.reload();
  assert.equal(await field.inputValue(), TEXT);
});
await step('the second attempt saves it, and nothing is left of the draft', async () => {
  await save.click();
  await page.locator('p.card', { hasText: 'A long thought' }).waitFor();
  assert.equal(await field.inputValue(), '');
  assert.equal(await notice.count(), 0);
  await page.reload();
  assert.equal(await field.inputValue(), '');
  assert.equal(await page.evaluate(() => sessionStorage.length), 0);
});
await step('nobody else gets the draft of a user', async () => {
  await field.fill('A secret of alice');
  await signOutInAnotherTab();
  await save.click();
  await isLedToTheSignIn();
  await signInAs(page, 'bob');
  assert.equal(localPart(page), '/notes');
  assert.equal(await field.inputValue(), '');
  assert.equal(await page.evaluate(() => sessionStorage.length), 0);
});
await step('who may not reads so in the page that is there', async () => {
  loads = 0;
  await link('Everybody').click();
  await page.getByText('You are signed in as bob').waitFor();
  assert.equal(loads, 0, 'the browser has loaded a whole page');
  await assertFitForAll(page, 'htmx-refused');
  await assertRoomForLongNames(page, 'htmx-refused', 'bob');
});
await step('a refusal in German says that it is in German, also in an English page', async () => {
  const visit = await visitor({ locale: 'de-DE' });
  await openSigningIn(visit.page, '/notes', 'bob');
  await visit.page.getByRole('link', { name: 'Everybody' }).click();
  const refused = visit.page.getByText('Sie sind als bob angemeldet');
  await refused.waitFor();
  assert.equal(await visit.page.evaluate(() => document.documentElement.lang), 'en');
  assert.equal(await refused.evaluate((element) => element.closest('[lang]').lang), 'de');
  await picture(visit.page, 'htmx-refused-de');
  await visit.context.close();
  looksAt(page);
});
await step('a sign-out of a boosted page goes by Logto, and ends the draft', async () => {
  await page.goto(`${APP}/notes`);
  await field.fill('A secret of bob');
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.waitForURL(`${APP}/`);
  assert.match(await text(page), /Hello, stranger/);
  assert.deepEqual(await appCookies(context), []);
  assert.equal(await page.evaluate(() => sessionStorage.length), 0);
});
await step('the back button shows nothing of the user who has signed out', async () => {
  await page.goBack();
  await isLedToTheSignIn();
});
await step('the policy of the page was in nobody\'s way', async () => {
  const unexpected = errors.filter((it) => !/status of 40[13]/.test(it));
  assert.deepEqual(unexpected, []);
});
await context.close();
await end();
