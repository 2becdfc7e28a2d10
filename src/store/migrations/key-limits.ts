/** How often a key may ask, and how many answers it may have at once: 0 for no limit, null for the settings'. */
export const keyLimits = ["requests_per_minute", "runs_per_minute", "max_runs"]
  .map((column) => `ALTER TABLE access_keys ADD COLUMN ${column} INTEGER;`)
  .join("\n");
