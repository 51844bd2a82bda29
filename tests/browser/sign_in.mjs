// Walks through the hello example the way people do.
//
//   APP          the base URL of the example
//   PROVIDER     idp (the built-in one) or oidc-provider
//   SCREENSHOTS  a directory for pictures; none are taken without it
//
// Prints `ok <step>` for each step. Ends with 1 and the text of the page at the first that fails.

import assert from 'node:assert/strict';

import {
  APP,
  appCookies,
  asksToSignIn,
  flowCookies,
  localPart,
  openSigningIn,
  picture,
  signInAs,
  signOut,
  text,
} from './browser.mjs';
import { end, looksAt, step, visitor } from './steps.mjs';

const ACCOUNT = '/account?tab=keys';
const OIDC_PROVIDER = process.env.PROVIDER === 'oidc-provider';
assert.ok(['idp', 'oidc-provider'].includes(process.env.PROVIDER), 'PROVIDER must be idp or oidc-provider');

async function assertSignedIn(page, path, username) {
  const response = await page.goto(APP + path);
  assert.equal(response.status(), 200);
  assert.equal(page.url(), APP + path, 'it must not ask to sign in');
  assert.match(await text(page), new RegExp(username, 'i'));
}

async function codeExchanges(signInPage) {
  const counts = await (await fetch(new URL('/_counts', signInPage))).json();
  return counts['token:authorization_code'];
}

async function aliceSignsInAndOut() {
  const { context, page } = await visitor();
  let signInPage;
  let callback;
  page.on('request', (request) => {
    if (new URL(request.url()).pathname.endsWith('/sign-in-callback')) callback = request.url();
  });

  await step('a protected page asks to sign in', async () => {
    await page.goto(APP + ACCOUNT);
    assert.ok(await asksToSignIn(page), 'there is no sign-in page');
    signInPage = page.url();
    assert.notEqual(new URL(signInPage).origin, APP);
    assert.equal((await flowCookies(context)).length, 1);
    await picture(page, '1-sign-in');
  });
  await step('alice lands on the page that she asked for', async () => {
    await signInAs(page, 'alice');
    assert.equal(page.url(), APP + ACCOUNT);
    await picture(page, '2-account');
  });
  await step('the home page greets alice', async () => {
    await assertSignedIn(page, '/', 'alice');
    await picture(page, '3-home');
  });
  await step('alice sees her profile', async () => {
    await assertSignedIn(page, '/profile', 'alice');
    await picture(page, '4-profile');
  });
  await step('alice is an admin', async () => {
    const response = await page.goto(`${APP}/admin`);
    assert.equal(response.status(), 200);
    assert.equal(localPart(page), '/admin');
    await picture(page, '5-admin');
  });
  await step('the cookies are out of reach of scripts and other sites', async () => {
    const cookies = await appCookies(context);
    assert.ok(cookies.length > 0, 'there is no session cookie');
    const secure = APP.startsWith('https:');
    for (const { name, httpOnly, sameSite, path, secure: marked } of cookies) {
      assert.deepEqual({ httpOnly, sameSite, path, marked }, { httpOnly: true, sameSite: 'Lax', path: '/', marked: secure }, name);
      assert.equal(name.startsWith('__Host-'), secure, name);
    }
    assert.doesNotMatch(await page.evaluate(() => document.cookie), /logto-/);
    assert.equal((await flowCookies(context)).length, 0, 'the finished sign-in is forgotten');
  });
  await step('a reload of the callback exchanges no code and ends no session', async () => {
    assert.ok(callback, 'no callback was seen');
    const before = OIDC_PROVIDER && (await codeExchanges(signInPage));
    await page.goto(callback);
    assert.equal(new URL(page.url()).origin, APP);
    if (OIDC_PROVIDER) assert.equal(await codeExchanges(signInPage), before);
    await assertSignedIn(page, ACCOUNT, 'alice');
  });
  await step('alice signs out by the control on the page', async () => {
    await page.goto(`${APP}/`);
    await signOut(page);
    assert.doesNotMatch(await text(page), /alice/i);
    const session = (await appCookies(context)).map(({ name }) => name);
    assert.deepEqual(session, [], 'no cookie is left');
    await picture(page, '6-signed-out');
  });
  await step('after sign-out the protected page asks again', async () => {
    await page.goto(APP + ACCOUNT);
    assert.ok(await asksToSignIn(page), 'the provider signed alice in without a question');
  });
  await context.close();
}

async function bobIsNoAdmin() {
  const { context, page } = await visitor();
  await step('bob is refused at /admin without a redirect', async () => {
    await openSigningIn(page, ACCOUNT, 'bob');
    await assertSignedIn(page, '/', 'bob');
    const response = await page.goto(`${APP}/admin`);
    assert.equal(response.status(), 403);
    assert.equal(response.request().redirectedFrom(), null);
    assert.equal(page.url(), `${APP}/admin`);
    await picture(page, '7-forbidden');
  });
  await context.close();
}

async function backButton() {
  const { context, page } = await visitor();
  await step('the back button after sign-in breaks nothing', async () => {
    await page.goto(`${APP}/`);
    await openSigningIn(page, ACCOUNT, 'alice');
    assert.equal(page.url(), APP + ACCOUNT);
    await page.goBack();
    await assertSignedIn(page, ACCOUNT, 'alice');
  });
  await context.close();
}

async function twoTabs() {
  const { context, page: first } = await visitor();
  const second = await context.newPage();
  const paths = ['/account?tab=first', '/account?tab=second'];
  await step('two tabs sign in at the same time', async () => {
    for (const [index, page] of [first, second].entries()) {
      looksAt(page);
      await page.goto(APP + paths[index]);
      assert.ok(await asksToSignIn(page), 'there is no sign-in page');
    }
    assert.equal((await flowCookies(context)).length, 2, 'each tab has a sign-in of its own');
    looksAt(first);
    await signInAs(first, 'alice');
    // Logto remembers one sign-in a browser: the first tab comes back with the state of the second.
    assert.equal(localPart(first), paths[1]);
    assert.match(await text(first), /alice/i);
    looksAt(second);
    await signInAs(second, 'alice');
    assert.match(await text(second), /session not found/i);
    for (const [index, page] of [first, second].entries()) await assertSignedIn(page, paths[index], 'alice');
  });
  await context.close();
}

/** Requests that a browser makes without its user: each resolves when it has been answered. */
const QUIET_REQUESTS = {
  'fetch()': (page) => page.evaluate((url) => fetch(url).then(({ status }) => status), ACCOUNT),
  'an image': (page) => answered(page, () => page.evaluate((url) => { new Image().src = url; }, ACCOUNT)),
  'an iframe': (page) => answered(page, () => append(page, 'iframe', { src: ACCOUNT })),
  'a prefetch link': (page) => answered(page, () => append(page, 'link', { rel: 'prefetch', href: ACCOUNT })),
  'a speculation rule': speculate,
};

async function answered(page, act) {
  const response = page.waitForResponse((candidate) => candidate.url() === APP + ACCOUNT);
  await act();
  return (await response).status();
}

const append = (page, tag, attributes) =>
  page.evaluate(([name, all]) => {
    document.body.append(Object.assign(document.createElement(name), all));
  }, [tag, attributes]);

/** Prefetches as a navigation; only the browser's own report tells when it is over. */
async function speculate(page) {
  const session = await page.context().newCDPSession(page);
  await session.send('Preload.enable');
  const over = new Promise((resolve) => {
    session.on('Preload.prefetchStatusUpdated', ({ status, prefetchStatus }) => {
      if (['Ready', 'Success', 'Failure'].includes(status)) resolve(prefetchStatus);
    });
  });
  const textContent = JSON.stringify({ prefetch: [{ source: 'list', urls: [ACCOUNT], eagerness: 'immediate' }] });
  await append(page, 'script', { type: 'speculationrules', textContent });
  return over;
}

async function quietRequests() {
  for (const [name, act] of Object.entries(QUIET_REQUESTS)) {
    const { context, page } = await visitor({ bypassCSP: true });
    await step(`${name} starts no sign-in`, async () => {
      await page.goto(`${APP}/`);
      const result = await act(page);
      const refused = typeof result === 'number' ? 401 : 'PrefetchFailedNon2XX';
      assert.equal(result, refused);
      assert.deepEqual(await appCookies(context), []);
    });
    await context.close();
  }
}

await aliceSignsInAndOut();
await bobIsNoAdmin();
await backButton();
await twoTabs();
await quietRequests();
await end();
