// The people of the test provider, with the claims that Logto keeps about them.

export const ORGANIZATION = 'acme00000001';

const NO_PROFILE = {
  name: null,
  picture: null,
  email: null,
  email_verified: false,
  phone_number: null,
  phone_number_verified: false,
  custom_data: {},
  identities: {},
  sso_identities: [],
  roles: [],
  organizations: [],
  organization_roles: [],
  organization_data: [],
};

// Logto counts these in milliseconds, unlike OpenID Connect.
const CREATED_AT = 1_700_000_000_000;

/** Users by name. A test may change a record while the provider runs. */
export const users = new Map(
  [
    {
      sub: 'alice0000001',
      username: 'alice',
      name: 'Alice Liddell',
      given_name: 'Alice',
      family_name: 'Liddell',
      picture: 'https://example.test/alice.png',
      email: 'alice@example.test',
      email_verified: true,
      phone_number: '15551234567',
      phone_number_verified: true,
      custom_data: { plan: 'gold' },
      roles: ['admin'],
      organizations: [ORGANIZATION],
      organization_roles: [`${ORGANIZATION}:owner`],
      organization_data: [{ id: ORGANIZATION, name: 'Acme', description: null }],
    },
    { sub: 'bob000000001', username: 'bob' },
  ].map((user) => [
    user.username,
    { ...NO_PROFILE, created_at: CREATED_AT, updated_at: CREATED_AT, suspended: false, ...user },
  ]),
);

export const userBySub = (sub) => [...users.values()].find((user) => user.sub === sub);

// Logto leaves these out of ID tokens unless the tenant puts them in.
const USERINFO_ONLY = ['custom_data', 'identities', 'sso_identities', 'organization_data'];

/** The claims of a user for an ID token (`id_token`) or for userinfo. */
export function claimsOf({ suspended, ...claims }, use) {
  if (use !== 'id_token') return claims;
  return Object.fromEntries(Object.entries(claims).filter(([name]) => !USERINFO_ONLY.includes(name)));
}

/** Which claims come with which scope. */
export const CLAIMS_BY_SCOPE = {
  openid: ['sub'],
  profile: ['name', 'given_name', 'family_name', 'picture', 'username', 'created_at', 'updated_at'],
  email: ['email', 'email_verified'],
  phone: ['phone_number', 'phone_number_verified'],
  custom_data: ['custom_data'],
  identities: ['identities', 'sso_identities'],
  roles: ['roles'],
  'urn:logto:scope:organizations': ['organizations', 'organization_data'],
  'urn:logto:scope:organization_roles': ['organization_roles'],
};
