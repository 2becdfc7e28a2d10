/** A setting that cannot be used; the message names it and the cure, and is all that a person needs. */
export class ConfigError extends Error {}
