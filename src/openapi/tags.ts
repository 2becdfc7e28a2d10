/** Routes by what they are about, in reading order: the first whose beginning a path has. */
const tags = [
  {
    name: "Conversation",
    description: "An answer, as a stream of typed events or as it is.",
    paths: ["conversation", "create"],
  },
  { name: "Runs", description: "Answers that are being produced, or were: look, join, cancel.", paths: ["runs"] },
  { name: "Channel", description: "One WebSocket, many runs.", paths: ["channel"] },
  { name: "Chats", description: "What was said, kept as a tree.", paths: ["chats"] },
  { name: "Shared chats", description: "Chats that are published.", paths: ["chat"] },
  { name: "Files", description: "Documents and media under an id of yours.", paths: ["files", "/files"] },
  {
    name: "Media",
    description: "What models made, texts spoken, and recordings written down.",
    paths: ["synthesize", "transcribe", "voices", "media", "/media", "/images", "/thumbnail", "/search"],
  },
  { name: "Memory", description: "What is known of users.", paths: ["memory"] },
  {
    name: "Models",
    description: "What can be asked, who would be, and which tools there are.",
    paths: ["models", "providers", "quota", "route", "tools"],
  },
  { name: "Provider keys", description: "Keys that are entered here, for admins.", paths: ["provider-keys"] },
  { name: "Usage", description: "What was used, and what clients tell.", paths: ["usage", "stats", "budget", "log"] },
  { name: "Cookies", description: "What providers are sent; for admins.", paths: ["cookies", "upload_cookies"] },
  {
    name: "Server",
    description: "The server itself.",
    paths: [
      "version",
      "session",
      "setup",
      "settings",
      "stream-test",
      "/healthz",
      "/readyz",
      "/metrics",
      "/openapi.json",
    ],
  },
  {
    name: "Other APIs",
    description: "What other people's tools speak: a client of theirs works with this server as its address.",
    paths: ["/v1", "/v1beta", "/api", "/mcp"],
  },
];

export const tagObjects = tags.map(({ name, description }) => ({ name, description }));

/** `undefined` for a path that stands under none: the list above wants a word more. */
export function tagOf(path: string): string | undefined {
  const step = path.replace(/^\/backend-api\/v2\//, "").replace(/^(\/?[^/]+).*$/, "$1");
  return tags.find(({ paths }) => paths.includes(step))?.name;
}
