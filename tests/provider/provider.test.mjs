// Proves that the test provider does what is known of Logto. Run with `npm test`.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { test } from 'node:test';

import {
  authorization,
  Browser,
  CALLBACK,
  ORDERS,
  part,
  post,
  refresh,
  SIGNED_OUT,
  signIn,
  signOut,
  start,
  userinfo,
} from './application.mjs';

test('discovery names the endpoints of Logto', async (t) => {
  const provider = await start(t);
  const metadata = await (await fetch(`${provider.issuer}/.well-known/openid-configuration`)).json();
  assert.equal(metadata.issuer, provider.issuer);
  const paths = {
    authorization_endpoint: 'auth',
    token_endpoint: 'token',
    userinfo_endpoint: 'me',
    jwks_uri: 'jwks',
    end_session_endpoint: 'session/end',
    introspection_endpoint: 'token/introspection',
    revocation_endpoint: 'token/revocation',
    pushed_authorization_request_endpoint: 'request',
  };
  for (const [name, path] of Object.entries(paths)) assert.equal(metadata[name], `${provider.issuer}/${path}`);
  assert.deepEqual(metadata.code_challenge_methods_supported, ['S256']);
  assert.equal(metadata.authorization_response_iss_parameter_supported, true);
  const { keys } = await (await fetch(metadata.jwks_uri)).json();
  assert.deepEqual(keys.map(({ kty, crv, alg, d }) => ({ kty, crv, alg, d })), [
    { kty: 'EC', crv: 'P-384', alg: 'ES384', d: undefined },
  ]);
});

test('alice signs in, and the claims are in the ID token', async (t) => {
  const provider = await start(t);
  const { callback, exchange } = await signIn(provider);
  assert.equal(callback.get('iss'), provider.issuer);
  assert.equal(callback.get('state'), 'the-state');
  const { status, body } = await exchange();
  assert.equal(status, 200, JSON.stringify(body));
  assert.equal(body.access_token.length, 43);
  assert.equal(body.refresh_token.length, 43);
  const header = part(body.id_token, 0);
  assert.deepEqual(Object.keys(header).sort(), ['alg', 'kid']);
  assert.equal(header.alg, 'ES384');
  const claims = part(body.id_token, 1);
  for (const absent of ['at_hash', 'acr', 'auth_time', 'sid', 'organization_data']) assert.ok(!(absent in claims), absent);
  const { sub, nonce, aud, iss, name, roles, organizations, email } = claims;
  assert.deepEqual(
    { sub, nonce, aud, iss, name, roles, organizations, email },
    {
      sub: 'alice0000001',
      nonce: 'the-nonce',
      aud: 'test-app',
      iss: provider.issuer,
      name: 'Alice Liddell',
      roles: ['admin'],
      organizations: ['acme00000001'],
      email: 'alice@example.test',
    },
  );
  const me = await (await userinfo(provider, body.access_token)).json();
  assert.deepEqual(me.organization_data.map(({ name }) => name), ['Acme']);
});

test('bob has a user name and nothing else', async (t) => {
  const provider = await start(t);
  const { exchange } = await signIn(provider, { username: 'bob' });
  const claims = part((await exchange()).body.id_token, 1);
  const { username, name, email, email_verified, roles } = claims;
  assert.deepEqual(
    { username, name, email, email_verified, roles },
    { username: 'bob', name: null, email: null, email_verified: false, roles: [] },
  );
});

test('there is no refresh token without prompt=consent', async (t) => {
  const provider = await start(t);
  const { exchange } = await signIn(provider, { parameters: { prompt: '' } });
  assert.equal((await exchange()).body.refresh_token, undefined);
});

test('a second sign-in in the same browser shows no page', async (t) => {
  const provider = await start(t);
  const { browser } = await signIn(provider);
  const { url } = await browser.open(authorization(provider).url);
  assert.equal(url.origin + url.pathname, CALLBACK);
});

const FRESH = { prompt: 'login consent', max_age: '900' };

test('whoever asks for a fresh sign-in gets a page, and the time of it', async (t) => {
  const provider = await start(t);
  const { browser } = await signIn(provider);
  assert.equal((await browser.open(authorization(provider, FRESH).url)).url.pathname, '/sign-in');
  const before = Math.floor(Date.now() / 1000);
  const { exchange } = await signIn(provider, { browser, parameters: FRESH });
  const { auth_time } = part((await exchange()).body.id_token, 1);
  assert.ok(auth_time >= before && auth_time <= before + 60, `${auth_time}`);
});

test('a provider that knows no fresh sign-ins shows no page, and tells no time', async (t) => {
  const provider = await start(t, { STEP_UP: '0' });
  const { browser } = await signIn(provider);
  const { url } = await browser.open(authorization(provider, FRESH).url);
  assert.equal(url.origin + url.pathname, CALLBACK);
  const { exchange } = await signIn(provider, { browser, parameters: FRESH });
  assert.ok(!('auth_time' in part((await exchange()).body.id_token, 1)));
});

test('PKCE with S256 is required and enforced', async (t) => {
  const provider = await start(t);
  for (const parameters of [{ code_challenge: '', code_challenge_method: '' }, { code_challenge_method: 'plain' }]) {
    const { url } = await new Browser().open(authorization(provider, parameters).url);
    assert.equal(url.searchParams.get('error'), 'invalid_request');
    assert.equal(url.searchParams.get('iss'), provider.issuer);
  }
});

test('both ways of client authentication work, a wrong secret is 401', async (t) => {
  const provider = await start(t);
  const { exchange } = await signIn(provider);
  const { refresh_token } = (await exchange()).body;
  const fields = { grant_type: 'refresh_token', refresh_token, client_id: 'test-app' };
  const token = `${provider.issuer}/token`;
  assert.equal((await post(token, { ...fields, client_secret: 'test-secret' }, {})).status, 200);
  const refused = await post(token, { ...fields, client_secret: 'wrong' }, {});
  assert.deepEqual([refused.status, refused.body.error, refused.body.code], [401, 'invalid_client', 'oidc.invalid_client']);
});

test('a code that is exchanged twice kills the tokens of the first exchange', async (t) => {
  const provider = await start(t);
  const { exchange } = await signIn(provider);
  const { access_token, refresh_token } = (await exchange()).body;
  assert.equal((await userinfo(provider, access_token)).status, 200);
  const second = await exchange();
  assert.deepEqual([second.status, second.body.error], [400, 'invalid_grant']);
  assert.equal((await userinfo(provider, access_token)).status, 401);
  assert.equal((await refresh(provider, refresh_token)).body.error, 'invalid_grant');
});

test('the refresh token stays the same unless ROTATE=1', async (t) => {
  const provider = await start(t);
  const { exchange } = await signIn(provider);
  const { refresh_token } = (await exchange()).body;
  const { body } = await refresh(provider, refresh_token);
  assert.equal(body.refresh_token, refresh_token);
  assert.equal(part(body.id_token, 1).nonce, 'the-nonce');
});

test('a rotated refresh token works again within the grace', async (t) => {
  const provider = await start(t, { ROTATE: '1', REUSE_GRACE: '600000' });
  const { exchange } = await signIn(provider);
  const { refresh_token } = (await exchange()).body;
  const answers = await Promise.all([1, 2, 3].map(() => refresh(provider, refresh_token)));
  assert.equal(new Set(answers.map(({ body }) => body.refresh_token)).size, 3);
  for (const { body } of answers) assert.equal((await refresh(provider, body.refresh_token)).status, 200);
});

test('the reuse of a rotated refresh token after the grace kills the grant', async (t) => {
  const provider = await start(t, { ROTATE: '1', REUSE_GRACE: '0' });
  const { exchange } = await signIn(provider);
  const first = (await exchange()).body;
  const second = (await refresh(provider, first.refresh_token)).body;
  assert.notEqual(second.refresh_token, first.refresh_token);
  assert.equal((await refresh(provider, first.refresh_token)).body.error, 'invalid_grant');
  assert.equal((await refresh(provider, second.refresh_token)).body.error, 'invalid_grant');
  assert.equal((await userinfo(provider, second.access_token)).status, 401);
});

test('a resource that was asked for at sign-in has a JWT access token', async (t) => {
  const provider = await start(t);
  const parameters = { resource: ORDERS, scope: 'openid offline_access read:orders' };
  const { exchange } = await signIn(provider, { parameters });
  const { access_token, refresh_token } = (await exchange()).body;
  assert.equal(access_token.length, 43);
  const { body } = await refresh(provider, refresh_token, { resource: ORDERS });
  const { typ, alg } = part(body.access_token, 0);
  assert.deepEqual({ typ, alg }, { typ: 'at+jwt', alg: 'ES384' });
  const { aud, scope, sub, client_id } = part(body.access_token, 1);
  assert.deepEqual({ aud, scope, sub, client_id }, { aud: ORDERS, scope: 'read:orders', sub: 'alice0000001', client_id: 'test-app' });
  const other = await refresh(provider, refresh_token, { resource: 'https://other.example.test' });
  assert.equal(other.body.error, 'invalid_target');
});

test('bob has no permission on the resource', async (t) => {
  const provider = await start(t);
  const parameters = { resource: ORDERS, scope: 'openid offline_access read:orders' };
  const { exchange } = await signIn(provider, { username: 'bob', parameters });
  const { body } = await refresh(provider, (await exchange()).body.refresh_token, { resource: ORDERS });
  assert.ok(!part(body.access_token, 1).scope);
});

const ORGANIZATIONS = { resource: 'urn:logto:resource:organizations' };
const ACME = 'acme00000001';

test('a member gets a token for the organization, nobody else does', async (t) => {
  const provider = await start(t);
  const scope = 'openid offline_access urn:logto:scope:organizations read:invoices';
  const alice = await signIn(provider, { parameters: { ...ORGANIZATIONS, scope } });
  const { refresh_token } = (await alice.exchange()).body;
  const { body } = await refresh(provider, refresh_token, { organization_id: ACME });
  const claims = part(body.access_token, 1);
  assert.deepEqual([claims.aud, claims.scope], [`urn:logto:organization:${ACME}`, 'read:invoices'], JSON.stringify(claims));
  assert.ok(!('organization_id' in claims));
  const bob = await signIn(provider, { username: 'bob', parameters: { ...ORGANIZATIONS, scope } });
  const refused = await refresh(provider, (await bob.exchange()).body.refresh_token, { organization_id: ACME });
  assert.deepEqual([refused.status, refused.body.error], [403, 'access_denied']);
});

test('a token for an organization needs its scope at sign-in', async (t) => {
  const provider = await start(t);
  const { exchange } = await signIn(provider, { parameters: { ...ORGANIZATIONS, scope: 'openid offline_access' } });
  const refused = await refresh(provider, (await exchange()).body.refresh_token, { organization_id: ACME });
  assert.deepEqual([refused.status, refused.body.error], [403, 'insufficient_scope']);
});

test('a token for a resource in an organization names both', async (t) => {
  const provider = await start(t);
  const parameters = { resource: ORDERS, scope: 'openid offline_access urn:logto:scope:organizations read:orders' };
  const { exchange } = await signIn(provider, { parameters });
  const { refresh_token } = (await exchange()).body;
  const { body } = await refresh(provider, refresh_token, { resource: ORDERS, organization_id: ACME });
  const { aud, organization_id, scope } = part(body.access_token, 1);
  assert.deepEqual({ aud, organization_id, scope }, { aud: ORDERS, organization_id: ACME, scope: 'read:orders' });
});

test('revoking either token ends the grant', async (t) => {
  const provider = await start(t);
  for (const kind of ['access_token', 'refresh_token']) {
    const { exchange } = await signIn(provider);
    const tokens = (await exchange()).body;
    assert.equal((await post(`${provider.issuer}/token/revocation`, { token: tokens[kind] })).status, 200);
    assert.equal((await refresh(provider, tokens.refresh_token)).body.error, 'invalid_grant', kind);
    assert.equal((await userinfo(provider, tokens.access_token)).status, 401, kind);
  }
});

test('a suspended user is refused everywhere', async (t) => {
  const provider = await start(t);
  const { exchange } = await signIn(provider, { username: 'bob' });
  const tokens = (await exchange()).body;
  await fetch(`${provider.origin}/_users/bob`, { method: 'POST', body: '{"suspended":true}' });
  assert.equal((await refresh(provider, tokens.refresh_token)).body.error, 'invalid_grant');
  assert.equal((await userinfo(provider, tokens.access_token)).status, 401);
  const browser = new Browser();
  const at = await browser.open(authorization(provider).url);
  assert.equal((await browser.submit(at.url, { username: 'bob' })).response.status, 422);
});

test('sign-out submits itself and comes back, and the session is gone', async (t) => {
  const provider = await start(t);
  const { browser, exchange } = await signIn(provider);
  const { refresh_token } = (await exchange()).body;
  const url = await signOut(provider, browser);
  assert.equal(url.href, `${SIGNED_OUT}?state=bye`);
  assert.equal((await browser.open(authorization(provider).url)).url.pathname, '/sign-in');
  assert.equal((await refresh(provider, refresh_token)).status, 200, 'offline_access outlives the session');
});

test('sign-out tells the application through the back channel, with the sid of the ID token', async (t) => {
  const application = createServer();
  application.listen(0, '127.0.0.1');
  await once(application, 'listening');
  t.after(() => application.close());
  const told = once(application, 'request').then(async ([request, response]) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    response.end();
    return new URLSearchParams(body).get('logout_token');
  });
  const address = `http://127.0.0.1:${application.address().port}/auth/backchannel-logout`;
  const provider = await start(t, { BACKCHANNEL_LOGOUT_URI: address });
  const { browser, exchange } = await signIn(provider);
  const { sid } = part((await exchange()).body.id_token, 1);
  await signOut(provider, browser);
  const token = await told;
  assert.equal(part(token, 0).typ, 'logout+jwt');
  const claims = part(token, 1);
  assert.ok(sid);
  assert.deepEqual([claims.sid, claims.sub, claims.nonce], [sid, 'alice0000001', undefined]);
});

test('an unregistered address after sign-out is refused', async (t) => {
  const provider = await start(t);
  const end = new URL(`${provider.issuer}/session/end`);
  end.search = new URLSearchParams({ client_id: 'test-app', post_logout_redirect_uri: 'http://evil.test/' });
  const response = await fetch(end);
  assert.equal(response.status, 400);
  assert.equal((await response.json()).error, 'invalid_request');
});

test('a pushed authorization request works', async (t) => {
  const provider = await start(t);
  const { url } = authorization(provider);
  const pushed = await post(`${provider.issuer}/request`, url.searchParams);
  assert.equal(pushed.status, 201);
  const short = new URL(url.origin + url.pathname);
  short.search = new URLSearchParams({ client_id: 'test-app', request_uri: pushed.body.request_uri });
  assert.equal((await new Browser().open(short)).url.pathname, '/sign-in');
});

test('first_screen and login_hint reach the page', async (t) => {
  const provider = await start(t);
  const { url, response } = await new Browser().open(authorization(provider, { first_screen: 'register', login_hint: 'alice' }).url);
  assert.equal(url.pathname, '/register');
  assert.match(await response.text(), /value="alice"/);
});

test('a machine gets a token with the scopes that it names, and may introspect what others have', async (t) => {
  const provider = await start(t);
  const authorization = `Basic ${Buffer.from('test-machine:machine-secret').toString('base64')}`;
  const machine = (path, fields) => post(provider.issuer + path, fields, { authorization });
  const ask = { grant_type: 'client_credentials', resource: ORDERS };
  const { status, body } = await machine('/token', { ...ask, scope: 'read:orders nope' });
  assert.equal(status, 200, JSON.stringify(body));
  assert.equal(body.scope, 'read:orders');
  const { sub, client_id, aud } = part(body.access_token, 1);
  assert.deepEqual({ sub, client_id, aud }, { sub: 'test-machine', client_id: 'test-machine', aud: ORDERS });
  assert.ok(!('scope' in (await machine('/token', ask)).body));
  const { exchange } = await signIn(provider);
  const { access_token: token } = (await exchange()).body;
  assert.equal((await machine('/token/introspection', { token })).body.client_id, 'test-app');
  assert.deepEqual((await machine('/token/introspection', { token: 'abc' })).body, { active: false });
  const jwt = await machine('/token/introspection', { token: body.access_token });
  assert.deepEqual([jwt.status, jwt.body.error], [400, 'unsupported_token_type']);
});

test('requests are counted by route and grant type', async (t) => {
  const provider = await start(t);
  const { exchange } = await signIn(provider);
  await refresh(provider, (await exchange()).body.refresh_token);
  const counts = await (await fetch(`${provider.origin}/_counts`)).json();
  assert.equal(counts['token:authorization_code'], 1);
  assert.equal(counts['token:refresh_token'], 1);
  assert.equal(counts.auth, 1);
});

test('its time moves ahead', async (t) => {
  const provider = await start(t, { ROTATE: '1' });
  const { exchange } = await signIn(provider);
  const { body: first } = await exchange();
  const move = (seconds) => fetch(`${provider.origin}/_time`, { method: 'POST', body: JSON.stringify({ seconds }) });
  assert.equal((await move(3601)).status, 200);
  const { body: second } = await refresh(provider, first.refresh_token);
  const { iat } = part(second.id_token, 1);
  assert.ok(iat - part(first.id_token, 1).iat >= 3601, 'new tokens are of the new time');
  await move(4);
  assert.equal((await refresh(provider, first.refresh_token)).status, 400, 'the grace is over');
  const date = (await fetch(`${provider.issuer}/jwks`)).headers.get('Date');
  assert.ok(Date.parse(date) / 1000 >= iat, date);
});

const rotate = (provider, body = {}) =>
  fetch(`${provider.origin}/_keys`, { method: 'POST', body: JSON.stringify(body) }).then((response) => response.json());
const keyIds = async ({ issuer }) => (await (await fetch(`${issuer}/jwks`)).json()).keys.map(({ kid }) => kid);

test('its keys rotate, and nobody loses a grant', async (t) => {
  const provider = await start(t);
  const { exchange } = await signIn(provider);
  const { body: first } = await exchange();
  assert.deepEqual(await rotate(provider), { published: 2 });
  const { body: second } = await refresh(provider, first.refresh_token);
  const kids = [second, first].map(({ id_token }) => part(id_token, 0).kid);
  assert.deepEqual(await keyIds(provider), kids);
  assert.deepEqual(await rotate(provider, { old: 0 }), { published: 1 });
  assert.ok(!kids.includes((await keyIds(provider))[0]));
  assert.equal((await refresh(provider, first.refresh_token)).status, 200);
});

test('who is signed in is not asked again for a second application', async (t) => {
  const provider = await start(t, { SECOND_BASE_URL: 'http://127.0.0.1:8000' });
  const { browser } = await signIn(provider);
  const { url } = await browser.open(authorization(provider, { client_id: 'second-app' }).url);
  assert.equal(url.origin + url.pathname, CALLBACK, 'nobody is asked again');
});

test('the provider ends with its stdin', async (t) => {
  const { child } = await start(t);
  child.stdin.end();
  const [code] = await once(child, 'exit');
  assert.equal(code, 0);
});
