/** Browsers that were signed in without a key: what the issuer said of the person, and when it is to be asked again. */
export const sessionClaims = `ALTER TABLE sessions ADD COLUMN claims TEXT;
  ALTER TABLE sessions ADD COLUMN ends_at INTEGER;`;
