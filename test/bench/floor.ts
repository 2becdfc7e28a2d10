/**
 * What Parley is held against, in a process of its own: `/pass/…` hands the upstream's bytes on; `/transform/…` parses
 * each of its events, writes ours, and does nothing else.
 */
const upstream = Bun.argv[2] ?? "";

const server = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  idleTimeout: 0,
  async fetch(request) {
    const { pathname } = new URL(request.url);
    const [, kind, ...rest] = pathname.split("/");
    const response = await fetch(`${upstream}/${rest.join("/")}`, {
      method: "POST",
      body: await request.text(),
      signal: request.signal,
    });
    const headers = { "content-type": "text/event-stream" };
    if (kind === "pass") return new Response(response.body, { headers });
    const reader = response.body!.getReader();
    const decoder = new TextDecoder();
    const encoder = new TextEncoder();
    let held = "";
    const body = new ReadableStream({
      async pull(controller) {
        const { done, value } = await reader.read();
        if (done) return controller.close();
        held += decoder.decode(value, { stream: true });
        const messages = held.split("\n\n");
        held = messages.pop() ?? "";
        let text = "";
        for (const message of messages) {
          if (message === "data: [DONE]") continue;
          const content = JSON.parse(message.slice(6)).choices[0]?.delta.content;
          if (content) text += `event: content\ndata: ${JSON.stringify({ type: "content", content })}\n\n`;
        }
        controller.enqueue(encoder.encode(text));
      },
    });
    return new Response(body, { headers });
  },
});
process.stdout.write(`${server.port}\n`);
