// Leads a signed-in browser through the sign-in door with hostile `return_to` values: none may take it to another site.
//
//   APP       the base URL of the application
//   PAYLOADS  a file of JSON lines, each with a member `payload`; stdin without it
//
// Prints each payload with the address where the browser ended. Ends with 1 if any led away.

import { readFileSync } from 'node:fs';

import { APP, appCookies, asksToSignIn, launch, newVisitor, openSigningIn, signInAs } from './browser.mjs';

const CONTROL = '/account?tab=keys';

const payloads = readFileSync(process.env.PAYLOADS ?? 0, 'utf8')
  .split('\n')
  .filter((line) => line.trim() !== '')
  .map((line) => JSON.parse(line).payload);
if (payloads.length === 0 || payloads.some((payload) => typeof payload !== 'string')) {
  console.log('each line needs a member `payload`, and there must be one');
  process.exit(1);
}

const browser = await launch();
const context = await newVisitor(browser);
// One page for all: each new one costs the browser a process.
const page = await context.newPage();
await page.goto(APP + CONTROL);
const provider = new URL(page.url()).origin;
await openSigningIn(page, CONTROL, 'alice');

/** Signs in to the application again; returns where the browser ended and where it tried to go on the way. */
async function follow(payload) {
  for (const { name } of await appCookies(context)) await context.clearCookies({ name });
  const strangers = [];
  context.on('request', noteStranger);
  function noteStranger(request) {
    const { origin, href } = new URL(request.url());
    if (request.isNavigationRequest() && origin !== APP && origin !== provider) strangers.push(href);
  }
  const query = encodeURIComponent(payload.toWellFormed());
  let failure;
  try {
    await page.goto(`${APP}/auth/sign-in?return_to=${query}`);
    if (await asksToSignIn(page)) await signInAs(page, 'alice');
  } catch (error) {
    failure = error.message.split('\n')[0];
  }
  context.off('request', noteStranger);
  const end = page.url();
  const stayed = !failure && strangers.length === 0 && new URL(end).origin === APP;
  return { stayed, end, strangers, failure };
}

let failed = false;

const control = await follow(CONTROL);
if (control.end !== APP + CONTROL) {
  console.log(`not ok the control ${CONTROL} ended at ${control.end} ${control.failure ?? ''}`);
  failed = true;
}
for (const payload of payloads) {
  const { stayed, end, strangers, failure } = await follow(payload);
  console.log(`${stayed ? 'ok' : 'not ok'} ${JSON.stringify(payload)} ${end} ${strangers.join(' ')}${failure ?? ''}`.trimEnd());
  failed ||= !stayed;
}
await browser.close();
process.exit(failed ? 1 : 0);
