// oidc-provider, set up the way Logto sets it up.

import { generateKeyPairSync } from 'node:crypto';
import { errors } from 'oidc-provider';

import { audienceOf, extraTokenClaims } from './organizations.mjs';
import { interactionUrl, signedOutPage, signOutPage } from './pages.mjs';
import { CLAIMS_BY_SCOPE, claimsOf, userBySub } from './users.mjs';

/** A new key, as Logto has them. */
export const signingKey = () => ({
  ...generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey.export({ format: 'jwk' }),
  alg: 'ES384',
  use: 'sig',
});

const client = (application) => ({
  client_id: application.id,
  client_secret: application.secret,
  redirect_uris: application.redirectUris,
  post_logout_redirect_uris: application.postLogoutRedirectUris,
  grant_types: ['authorization_code', 'refresh_token'],
  response_types: ['code'],
  id_token_signed_response_alg: 'ES384',
  ...(application.backchannelLogoutUri && {
    backchannel_logout_uri: application.backchannelLogoutUri,
    backchannel_logout_session_required: true,
  }),
});

const machine = (options) => ({
  client_id: options.machineId,
  client_secret: options.machineSecret,
  redirect_uris: [],
  grant_types: ['client_credentials'],
  response_types: [],
  id_token_signed_response_alg: 'ES384',
});

// Logto rotates the refresh token of a confidential client late in its life.
const rotateLate = (context) => context.oidc.entities.RefreshToken.ttlPercentagePassed() >= 70;

function resourceServer(resources, context, indicator) {
  const scope = resources[indicator];
  if (scope === undefined) throw new errors.InvalidTarget();
  return {
    scope,
    audience: audienceOf(context, indicator),
    accessTokenFormat: 'jwt',
    accessTokenTTL: 3600,
    jwt: { sign: { alg: 'ES384' } },
  };
}

function findAccount(_context, sub) {
  const user = userBySub(sub);
  if (!user || user.suspended) return undefined;
  return { accountId: sub, claims: async (use) => claimsOf(user, use) };
}

/** The permissions of a user on a resource: an admin has all, others have none. */
export const permissionsOf = (resources) => (sub, indicator) =>
  userBySub(sub)?.roles.includes('admin') ? (resources[indicator] ?? '').split(' ') : [];

/** `kept` is what outlives a change of the signing keys: those keys, the storage and the keys of the cookies. */
export const configuration = (options, kept) => ({
  adapter: kept.adapter,
  clients: [...options.applications.map(client), machine(options)],
  jwks: { keys: kept.signingKeys },
  cookies: { keys: kept.cookieKeys },
  enabledJWA: { idTokenSigningAlgValues: ['ES384'] },
  pkce: { required: () => true },
  claims: CLAIMS_BY_SCOPE,
  scopes: Object.keys(CLAIMS_BY_SCOPE).concat('offline_access'),
  conformIdTokenClaims: false,
  rotateRefreshToken: options.rotate ? true : rotateLate,
  revokeGrantPolicy: () => true,
  extraParams: ['first_screen', 'identifier', 'direct_sign_in', 'one_time_token', 'organization_id', 'interaction_mode'],
  findAccount,
  extraTokenClaims,
  // The application is on a loopback address, which the guarded dispatcher refuses; Logto has a setting for it.
  fetch: (url, { dispatcher, ...init }) => fetch(url, init),
  interactions: { url: interactionUrl },
  renderError: async (context, out) => {
    context.type = 'json';
    context.body = out;
  },
  features: {
    devInteractions: { enabled: false },
    backchannelLogout: { enabled: true },
    clientCredentials: { enabled: true },
    // Logto tells any application about the tokens of every other one.
    introspection: { enabled: true, allowedPolicy: async () => true },
    revocation: { enabled: true },
    pushedAuthorizationRequests: { enabled: true },
    dPoP: { enabled: false },
    rpInitiatedLogout: { logoutSource: signOutPage, postLogoutSuccessSource: signedOutPage },
    resourceIndicators: {
      enabled: true,
      getResourceServerInfo: async (context, indicator) => resourceServer(options.resources, context, indicator),
    },
  },
  routes: {
    authorization: '/auth',
    token: '/token',
    userinfo: '/me',
    jwks: '/jwks',
    end_session: '/session/end',
    introspection: '/token/introspection',
    revocation: '/token/revocation',
    pushed_authorization_request: '/request',
  },
  ttl: {
    AccessToken: 3600,
    AuthorizationCode: 60,
    Grant: 180 * 86_400,
    IdToken: 3600,
    Interaction: 3600,
    RefreshToken: 14 * 86_400,
    Session: 14 * 86_400,
  },
});
