// Logto's own addition to the refresh token grant: `organization_id` asks for a token for one organization.

import { errors } from 'oidc-provider';
import { handler, parameters, grantType } from 'oidc-provider/lib/actions/grants/refresh_token.js';

import { userBySub } from './users.mjs';

/** Named at sign-in to get permissions of organizations; a sign-in without it can have no organization token here. */
export const ORGANIZATIONS_RESOURCE = 'urn:logto:resource:organizations';

const SCOPE = 'urn:logto:scope:organizations';

/** Whom a token is for: the organization that was asked for, or the resource itself. */
export const audienceOf = (context, indicator) =>
  indicator === ORGANIZATIONS_RESOURCE && context.oidc.params.organization_id
    ? `urn:logto:organization:${context.oidc.params.organization_id}`
    : indicator;

/** A token for another resource names the organization in a claim. */
export const extraTokenClaims = (context, { resourceServer }) => {
  const { organization_id } = context.oidc.params;
  return organization_id && resourceServer?.identifier() !== ORGANIZATIONS_RESOURCE ? { organization_id } : undefined;
};

function forbidden(error, description) {
  return Object.assign(new errors.CustomOIDCProviderError(error, description), { status: 403, statusCode: 403 });
}

async function refresh(context) {
  const { params, provider } = context.oidc;
  const token = params.organization_id && (await provider.RefreshToken.find(params.refresh_token));
  if (token) {
    if (!token.scopes.has(SCOPE)) throw forbidden('insufficient_scope', 'refresh token missing required scope');
    if (!userBySub(token.accountId)?.organizations.includes(params.organization_id)) {
      throw forbidden('access_denied', 'user is not a member of the organization');
    }
    params.resource ??= ORGANIZATIONS_RESOURCE;
  }
  return handler(context);
}

export function addOrganizationTokens(provider) {
  provider.registerGrantType(grantType, refresh, [...parameters, 'resource', 'organization_id'], ['resource']);
}
