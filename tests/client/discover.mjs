// A program that knows nothing but the address of an API finds out where to get a token, gets one, and calls the API.
//
//   RESOURCE        the identifier of the API resource, as the address of the API
//   SERVER          the origin where the application really listens
//   CLIENT_ID, CLIENT_SECRET  a machine-to-machine application at the provider
//
// Prints each answer of the API as JSON.

import assert from 'node:assert/strict';
import * as oauth from 'oauth4webapi';

const { RESOURCE, SERVER, CLIENT_ID, CLIENT_SECRET } = process.env;
const resource = new URL(RESOURCE);

/** Leads what is meant for the API to where it listens, as a proxy does. */
function led(url, options) {
  const target = new URL(url);
  if (target.origin === resource.origin) return fetch(SERVER + target.pathname + target.search, options);
  return fetch(url, options);
}

const through = { [oauth.customFetch]: led, [oauth.allowInsecureRequests]: true };

/** Calls the API; a refusal becomes its only challenge. */
async function call(path, token, method = 'GET') {
  try {
    const url = new URL(path, resource);
    const response = await oauth.protectedResourceRequest(token, method, url, undefined, undefined, through);
    return { status: response.status, body: await response.json() };
  } catch (error) {
    if (!(error instanceof oauth.WWWAuthenticateChallengeError)) throw error;
    assert.equal(error.cause.length, 1, 'one challenge');
    const [{ scheme, parameters }] = error.cause;
    const problem = await error.response.json();
    return { status: error.status, scheme, parameters, problem: problem.type };
  }
}

// Without credentials the challenge leads to the metadata.
const bare = await led(resource);
const leads = bare.headers.get('www-authenticate').match(/^Bearer resource_metadata="([^"]*)"$/);
assert.equal(bare.status, 401);
assert.ok(leads, bare.headers.get('www-authenticate'));

const discovered = await oauth.resourceDiscoveryRequest(resource, through);
assert.equal(leads[1], `${resource.origin}/.well-known/oauth-protected-resource${resource.pathname}`);
const metadata = await oauth.processResourceDiscoveryResponse(resource, discovered);
console.log(JSON.stringify({ metadata }));

const issuer = new URL(metadata.authorization_servers[0]);
const server = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, through));
const client = { client_id: CLIENT_ID };

async function token(scope) {
  const parameters = { resource: metadata.resource, scope };
  const authentication = oauth.ClientSecretBasic(CLIENT_SECRET);
  const response = await oauth.clientCredentialsGrantRequest(server, client, authentication, parameters, through);
  return (await oauth.processClientCredentialsResponse(server, client, response)).access_token;
}

const reader = await token('read:orders');
const calls = {
  reader: await call(resource.pathname, reader),
  'not a token': await call(resource.pathname, 'not!a!token'),
  'a token that was changed': await call(resource.pathname, `${reader.slice(0, -6)}AAAAAA`),
  'without the scope': await call('/audit', reader),
  'a sign-in too long ago': await call('/fresh', reader),
  'with the scopes of the challenge': null,
};
// A client that reads the challenge asks for what is missing.
const asked = calls['without the scope'].parameters.scope;
calls['with the scopes of the challenge'] = await call('/audit', await token(asked));
for (const [name, answer] of Object.entries(calls)) console.log(JSON.stringify({ [name]: answer }));
