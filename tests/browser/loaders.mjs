// Walks through pages whose links and forms a library loads by script.
//
//   APP      the base URL of an application with `/paper` for signed-in users, and a page whose links and form
//            lead to `/paper` and `/save` by a library; the button for the form says "Save"
//   PAGE     the path of that page
//   LIBRARY  htmx or turbo
//
// Prints `ok <step>` for each step. Ends with 1 and the text of the page at the first that fails.

import assert from 'node:assert/strict';

import { APP, appCookies, asksToSignIn, localPart, signInAs, signOut, text } from './browser.mjs';
import { end, looksAt, step, visitor } from './steps.mjs';

const { LIBRARY, PAGE } = process.env;
assert.ok(['htmx', 'turbo'].includes(LIBRARY), 'LIBRARY must be htmx or turbo');

const { context, page } = await visitor();

/** The requests of the library, which the browser itself calls no navigation. */
const loaded = [];
page.on('request', (request) => {
  if (!request.isNavigationRequest() && new URL(request.url()).origin === APP) loaded.push(new URL(request.url()).pathname);
});

/** Waits until the whole page is the sign-in, which is on another origin. */
async function isLedToTheSignIn() {
  await page.waitForURL((url) => url.origin !== APP);
  assert.ok(await asksToSignIn(page), 'there is no sign-in page');
}

/** A person's click, who looks at what is under the mouse first: a library loads that ahead. */
async function click(control) {
  await control.hover();
  await control.click();
}

async function openPage() {
  await page.goto(APP + PAGE);
  await page.waitForFunction((name) => name in globalThis, LIBRARY === 'htmx' ? 'htmx' : 'Turbo');
  loaded.length = 0;
}

await step('a link leads the whole page to the sign-in, and back to where the link leads', async () => {
  await openPage();
  await click(page.getByRole('link', { name: 'Paper' }));
  await isLedToTheSignIn();
  assert.ok(loaded.includes('/paper'), `the library has loaded ${loaded}`);
  await signInAs(page, 'alice');
  assert.equal(localPart(page), '/paper?tab=keys');
});
await step('signed in, the library shows what the link leads to', async () => {
  await openPage();
  await click(page.getByRole('link', { name: 'Paper' }));
  await page.getByText('The paper of Alice').waitFor();
  assert.ok(loaded.includes('/paper'), `the library has loaded ${loaded}`);
});
await step('signed in, the form is carried out', async () => {
  await openPage();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Saved').waitFor();
  assert.ok(loaded.includes('/save'), `the library has loaded ${loaded}`);
});
await step('the session ends while the page is open', async () => {
  await openPage();
  const other = looksAt(await context.newPage());
  await other.goto(`${APP}/signing-out`);
  await signOut(other);
  assert.deepEqual(await appCookies(context), []);
  await other.close();
  looksAt(page);
});
await step('the form leads the whole page to the sign-in, and back to the form', async () => {
  await page.getByRole('button', { name: 'Save' }).click();
  if (LIBRARY === 'turbo') {
    await page.getByRole('heading', { name: 'Not signed in' }).waitFor();
    await page.getByRole('link', { name: 'Sign in' }).click();
  }
  await isLedToTheSignIn();
  await signInAs(page, 'alice');
  assert.equal(localPart(page), PAGE);
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Saved').waitFor();
});
if (LIBRARY === 'turbo') {
  await step('a part of a page shows in its place that somebody has to sign in, and leads the whole page there', async () => {
    await context.clearCookies();
    await openPage();
    const part = page.locator('turbo-frame#orders');
    await part.getByRole('link', { name: 'Orders' }).click();
    await part.getByRole('heading', { name: 'Not signed in' }).waitFor();
    assert.match(await text(page), /Around the orders/);
    await part.getByRole('link', { name: 'Sign in' }).click();
    await isLedToTheSignIn();
    await signInAs(page, 'alice');
    assert.equal(localPart(page), PAGE);
  });
  await step('a part of a page that is refused says so in its place', async () => {
    const part = page.locator('turbo-frame#audits');
    await part.getByRole('link', { name: 'Audits' }).click();
    await part.getByRole('heading', { name: 'No access' }).waitFor();
    assert.match(await text(page), /Around the orders/);
  });
}
await context.close();
await end();
