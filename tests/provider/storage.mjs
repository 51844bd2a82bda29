// Where the provider keeps sessions, grants and tokens: in this process, like Logto in its database.

/**
 * An adapter constructor for oidc-provider.
 *
 * `reuseGrace` is the time in milliseconds during which a rotated refresh token still works (3 s at Logto). After it, using the
 * token again is theft: the grant and all its tokens die.
 */
export function storage({ reuseGrace }) {
  const records = new Map();

  return class Storage {
    constructor(model) {
      this.model = model;
    }

    #key(id) {
      return `${this.model}:${id}`;
    }

    #first(wanted) {
      for (const [key, { payload }] of records) {
        if (key.startsWith(`${this.model}:`) && wanted(payload)) return payload;
      }
      return undefined;
    }

    async upsert(id, payload) {
      records.set(this.#key(id), { payload });
    }

    async find(id) {
      const record = records.get(this.#key(id));
      if (!record) return undefined;
      const { payload, consumedAt } = record;
      const spent = consumedAt !== undefined && Date.now() - consumedAt >= this.#grace();
      return spent ? { ...payload, consumed: Math.floor(consumedAt / 1000) } : payload;
    }

    async findByUid(uid) {
      return this.#first((payload) => payload.uid === uid);
    }

    async findByUserCode(userCode) {
      return this.#first((payload) => payload.userCode === userCode);
    }

    async consume(id) {
      const record = records.get(this.#key(id));
      if (record) record.consumedAt ??= Date.now();
    }

    async destroy(id) {
      records.delete(this.#key(id));
    }

    async revokeByGrantId(grantId) {
      for (const [key, { payload }] of records) {
        if (payload.grantId === grantId) records.delete(key);
      }
    }

    #grace() {
      return this.model === 'RefreshToken' ? reuseGrace : 0;
    }
  };
}
