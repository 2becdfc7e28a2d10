/** The search engines that can be asked, in the order in which they are unless the settings say otherwise. */
export const searchEngines = ["searxng", "brave", "tavily", "duckduckgo"] as const;
export type SearchEngineId = (typeof searchEngines)[number];

/** What engines leave out of what they find: nothing, what most people would not want to see, or all that may be such. */
export const safeSearches = ["off", "moderate", "strict"] as const;
export type SafeSearch = (typeof safeSearches)[number];
