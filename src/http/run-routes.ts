/** The patterns of routes that answer with a run: it outlives the answer, and whoever asks again finds it. */
export const runRoutes: readonly string[] = [
  "/backend-api/v2/conversation",
  "/v1/chat/completions",
  "/v1/completions",
  "/v1/responses",
  "/v1/images/generations",
  "/v1/images/edits",
  "/v1/messages",
  "/v1/models/*",
  "/v1beta/models/*",
  "/api/chat",
  "/api/generate",
];
