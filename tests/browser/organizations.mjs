// Walks through the example `organizations`: a member of two organizations invites somebody, who accepts.
//
//   APP  the base URL of the example
//
// Prints `ok <step>` for each step. Ends with 1 and the text of the page at the first that fails.

import { assertFitForAll, assertRoomForLongNames } from './accessibility.mjs';
import { APP, signInAs } from './browser.mjs';
import { end, looksAt, step, visitor } from './steps.mjs';

const alice = await visitor();
await step('the organizations of alice', async () => {
  await alice.page.goto(`${APP}/`);
  await alice.page.getByText('Sign in').first().click();
  await signInAs(alice.page, 'alice');
  await assertFitForAll(alice.page, 'organizations-home');
  await assertRoomForLongNames(alice.page, 'organizations-home', 'Alice Liddell');
  await alice.page.getByRole('link', { name: 'Globex' }).first().click();
  await alice.page.getByRole('heading', { name: 'Globex' }).waitFor();
  await alice.page.getByRole('link', { name: 'Acme Tea' }).first().click();
  await alice.page.getByRole('heading', { name: 'Acme Tea' }).waitFor();
});
await step('an invitation', async () => {
  await alice.page.getByRole('link', { name: 'Settings' }).click();
  await alice.page.getByLabel('E-mail address').fill('carol@example.test');
  await alice.page.getByRole('button', { name: 'Invite' }).click();
  await alice.page.getByText('carol@example.test is invited.').waitFor();
  await assertFitForAll(alice.page, 'organizations-settings');
  await assertRoomForLongNames(alice.page, 'organizations-settings', 'Alice Liddell');
});

const carol = await visitor();
looksAt(carol.page);
await step('carol accepts it', async () => {
  await carol.page.goto(`${APP}/orgs/acme`);
  await signInAs(carol.page, 'carol');
  await carol.page.getByText('You are signed in as Carol Hare.').waitFor();
  await assertFitForAll(carol.page, 'organizations-refused');
  await assertRoomForLongNames(carol.page, 'organizations-refused', 'Carol Hare');
  await carol.page.getByText('Home').click();
  await carol.page.getByRole('button', { name: 'Accept' }).waitFor();
  await assertFitForAll(carol.page, 'organizations-invited');
  await carol.page.getByRole('button', { name: 'Accept' }).click();
  await carol.page.getByText('Welcome!').waitFor();
});
await alice.context.close();
await carol.context.close();
await end();
