// Walks through the example `provisioning`: a user fills in a form, is blocked, and reads why.
//
//   APP  the base URL of the example
//
// Prints `ok <step>` for each step. Ends with 1 and the text of the page at the first that fails.

import { assertFitForAll, assertRoomForLongNames } from './accessibility.mjs';
import { APP, openSigningIn, signInAs } from './browser.mjs';
import { end, looksAt, step, visitor } from './steps.mjs';

const bob = await visitor();
await step('the profile', async () => {
  await openSigningIn(bob.page, '/profile', 'bob');
  await bob.page.getByLabel('About you').fill('Likes tea.');
  await bob.page.getByRole('button', { name: 'Save' }).click();
  await bob.page.getByText('Saved.').waitFor();
  await assertFitForAll(bob.page, 'provisioning-profile');
  await assertRoomForLongNames(bob.page, 'provisioning-profile', 'bob');
});

const alice = await visitor();
looksAt(alice.page);
await step('alice blocks bob', async () => {
  await openSigningIn(alice.page, '/accounts', 'alice');
  const row = alice.page.locator('section', { has: alice.page.getByRole('heading', { name: 'bob' }) });
  await row.getByLabel('Reason').fill('three bills are open');
  await row.getByRole('button', { name: 'Block' }).click();
  await alice.page.getByText('Blocked: three bills are open').waitFor();
  await assertFitForAll(alice.page, 'provisioning-accounts');
  await assertRoomForLongNames(alice.page, 'provisioning-accounts', 'Alice Liddell');
});

looksAt(bob.page);
await step('bob reads why', async () => {
  await bob.page.goto(`${APP}/auth/sign-in?switch=1`);
  await signInAs(bob.page, 'bob');
  await bob.page.getByText('You signed in as bob. Your account is blocked. Reason: three bills are open').waitFor();
  await assertFitForAll(bob.page, 'provisioning-blocked');
  await assertRoomForLongNames(bob.page, 'provisioning-blocked', 'bob');
});
await bob.context.close();
await alice.context.close();
await end();
