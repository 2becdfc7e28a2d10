/** What a served file is held against, in a process of its own: Bun.serve and nothing else. */
const path = Bun.argv[2] ?? "";
const server = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => new Response(Bun.file(path)) });
process.stdout.write(`${server.port}\n`);
