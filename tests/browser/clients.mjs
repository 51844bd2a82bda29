// Walks through an application with something between the user and the site: a service worker, a WebView.
//
//   APP  the base URL of an application with `/account` for signed-in users, `/seen`, which says what the browser
//        says of the request, `/worker`, which installs a service worker that passes every request on, and a page
//        `/signing-out` with a button
//   WHO  worker or webview
//
// Prints `ok <step>` for each step. Ends with 1 and the text of the page at the first that fails.

import assert from 'node:assert/strict';

import { APP, appCookies, asksToSignIn, flowCookies, signInAs, signOut, text } from './browser.mjs';
import { end, step, visitor } from './steps.mjs';

const { WHO } = process.env;
assert.ok(['worker', 'webview'].includes(WHO), 'WHO must be worker or webview');

const WEBVIEW = {
  userAgent:
    'Mozilla/5.0 (Linux; Android 14; Pixel 8 Build/AP2A; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 ' +
    'Chrome/140.0.0.0 Mobile Safari/537.36',
  extraHTTPHeaders: { 'X-Requested-With': 'com.example.app' },
};

const ELSEWHERE = 'http://127.0.0.1:9';

const { context, page } = await visitor(WHO === 'webview' ? WEBVIEW : {});
// A page of another site, which nothing serves.
await context.route(`${ELSEWHERE}/**`, (route) =>
  route.fulfill({
    contentType: 'text/html',
    body: `<form method=post action="${APP}/change"><button>Change</button></form><a href="${APP}/account">Account</a>
      <a href="${APP}/auth/sign-out">Sign out</a>`,
  }),
);

if (WHO === 'worker') {
  await step('the worker is installed, and sees navigations', async () => {
    await page.goto(`${APP}/worker`);
    await page.evaluate(() => navigator.serviceWorker.ready);
    await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
  });
}
await step('what the browser says of a navigation', async () => {
  const response = await page.goto(`${APP}/seen`);
  assert.equal(response.fromServiceWorker(), WHO === 'worker');
  console.log(`seen ${await text(page)}`);
  assert.match(await text(page), WHO === 'worker' ? /mode navigate/ : /by com\.example\.app/);
});
await step('a protected page leads to the sign-in and back', async () => {
  await page.goto(`${APP}/account?tab=keys`);
  assert.ok(await asksToSignIn(page), 'there is no sign-in page');
  assert.equal((await flowCookies(context)).length, 1);
  await signInAs(page, 'alice');
  assert.equal(page.url(), `${APP}/account?tab=keys`);
  assert.equal((await flowCookies(context)).length, 0, 'the finished sign-in is forgotten');
});
await step('a form of the site is carried out', async () => {
  await page.goto(`${APP}/signing-out`);
  await page.getByRole('button', { name: 'Change' }).click();
  await page.getByText('changed').waitFor();
});
await step('a link on another site leads to the page', async () => {
  await page.goto(`${ELSEWHERE}/`);
  await page.getByRole('link', { name: 'Account' }).click();
  await page.waitForURL(`${APP}/account`);
  assert.match(await text(page), /^\S+ in \S+$/);
});
await step('a form on another site is not carried out', async () => {
  await page.goto(`${ELSEWHERE}/`);
  await page.getByRole('button', { name: 'Change' }).click();
  await page.waitForURL(`${APP}/change`);
  assert.doesNotMatch(await text(page), /changed/);
});
await step('a link to the sign-out on another site signs nobody out', async () => {
  await page.goto(`${ELSEWHERE}/`);
  await page.getByRole('link', { name: 'Sign out' }).click();
  await page.getByRole('button', { name: 'Sign out' }).waitFor();
  assert.ok((await appCookies(context)).length > 0, 'alice was signed out');
});
await step('a form without a session says that its user has to sign in first', async () => {
  await page.goto(`${APP}/signing-out`);
  await context.clearCookies();
  await page.getByRole('button', { name: 'Change' }).click();
  await page.getByText('Please sign in first').waitFor();
});
await step('alice signs in again and out', async () => {
  await page.goto(`${APP}/account`);
  await signInAs(page, 'alice');
  await page.goto(`${APP}/signing-out`);
  await signOut(page);
  assert.equal(await text(page), 'Hello, stranger');
  assert.deepEqual(await appCookies(context), []);
});
await context.close();
await end();
