// The pages that a browser sees: sign-in, consent (which nobody sees) and sign-out.

import { users } from './users.mjs';

const escape = (text) =>
  String(text).replace(/[&<>"']/g, (character) => `&#${character.codePointAt(0)};`);

export const page = (title, body) =>
  `<!doctype html><html lang="en"><meta charset="utf-8"><title>${escape(title)}</title><h1>${escape(title)}</h1>${body}</html>`;

// Logto's page by `first_screen`; an unknown value shows the ordinary sign-in page.
const SCREENS = {
  register: '/register',
  reset_password: '/reset-password',
  single_sign_on: '/single-sign-on',
  'identifier:sign_in': '/identifier-sign-in',
  'identifier:register': '/identifier-register',
};

const SIGN_IN_PAGES = ['/sign-in', ...Object.values(SCREENS)];
const PASSED_ON = ['login_hint', 'identifier', 'ui_locales', 'organization_id', 'one_time_token'];

/** Where oidc-provider sends a browser that must sign in or consent. */
export function interactionUrl(_context, { prompt, params }) {
  if (prompt.name === 'consent') return '/consent';
  const query = new URLSearchParams({ app_id: params.client_id });
  for (const name of PASSED_ON) if (params[name]) query.set(name, params[name]);
  return `${SCREENS[params.first_screen] ?? '/sign-in'}?${query}`;
}

async function formOf(request) {
  let body = '';
  for await (const chunk of request) body += chunk;
  return new URLSearchParams(body);
}

function send(response, status, body) {
  response.writeHead(status, { 'Content-Type': 'text/html; charset=utf-8', 'Cache-Control': 'no-store' });
  response.end(body);
}

function signInForm(hint, message = '') {
  return page(
    'Sign in',
    `<p>${escape(message)}</p><form method="post"><label>Username <input name="username" autofocus required value="${escape(hint)}">` +
      '</label> <button type="submit">Sign in</button></form>',
  );
}

async function signIn(provider, request, response, url) {
  await provider.interactionDetails(request, response);
  if (request.method !== 'POST') {
    return send(response, 200, signInForm(url.searchParams.get('login_hint') ?? ''));
  }
  const username = (await formOf(request)).get('username') ?? '';
  const user = users.get(username);
  if (!user || user.suspended) {
    return send(response, 422, signInForm(username, 'Incorrect account or password.'));
  }
  const result = { login: { accountId: user.sub } };
  return provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
}

/** Grants a first-party application what it asked for, without a question. */
async function consent(provider, permissionsOf, request, response) {
  const { grantId, params, prompt, session } = await provider.interactionDetails(request, response);
  const { accountId } = session;
  const known = grantId && (await provider.Grant.find(grantId));
  const grant = known || new provider.Grant({ accountId, clientId: params.client_id });
  const { missingOIDCScope, missingResourceScopes } = prompt.details;
  if (missingOIDCScope) grant.addOIDCScope(missingOIDCScope.join(' '));
  for (const [resource, scopes] of Object.entries(missingResourceScopes ?? {})) {
    const allowed = permissionsOf(accountId, resource);
    const [granted, refused] = [true, false].map((want) => scopes.filter((scope) => allowed.includes(scope) === want));
    if (granted.length > 0) grant.addResourceScope(resource, granted.join(' '));
    if (refused.length > 0) grant.rejectResourceScope(resource, refused.join(' '));
  }
  const result = { consent: { grantId: await grant.save() } };
  return provider.interactionFinished(request, response, result, { mergeWithLastSubmission: true });
}

/** Answers a page's request; `false` if the address is none of ours. */
export async function servePage({ provider, permissionsOf }, request, response, url) {
  try {
    if (SIGN_IN_PAGES.includes(url.pathname)) await signIn(provider, request, response, url);
    else if (url.pathname === '/consent') await consent(provider, permissionsOf, request, response);
    else return false;
  } catch (error) {
    if (error.name !== 'SessionNotFound') throw error;
    send(response, 400, page('Session not found', '<p>Please go back and sign in again.</p>'));
  }
  return true;
}

/** Logto's sign-out page: a form that submits itself. */
export function signOutPage(context, form) {
  const confirmed = form.replace('</form>', '<input type="hidden" name="logout" value="yes"></form>');
  context.body = page('Signing out', `${confirmed}<script>document.forms[0].submit()</script>`);
}

export function signedOutPage(context) {
  context.body = page('Signed out', '<p>You have successfully signed out.</p>');
}
