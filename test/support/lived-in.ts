import { dayMs } from "../../src/lib/clock.ts";
import { conversationPath, openApp, providerYaml, type TestApp } from "./app.ts";
import { toPng } from "./pictures.ts";
import { chunked, lastChunk, openUpstream, type Step } from "./scripted-upstream.ts";

/** Where everything was written by one person on days that are always the same. */
export interface LivedIn extends AsyncDisposable {
  readonly app: TestApp;
  /** The present, there. */
  readonly now: number;
}

const now = Date.UTC(2026, 10, 20, 15, 30);

const answer = `The short form is \`git switch\`. It changes the branch, and nothing else:

\`\`\`sh
git switch -c feature   # makes it first
git switch -            # goes back
\`\`\`

| Command | Changes the branch | Changes files |
| --- | :-: | :-: |
| \`git switch\` | yes | no |
| \`git checkout\` | yes | yes |

1. Commit or put away what you have.
2. Switch, and see where you are with \`git status\`.

> A branch is a name for a commit. With $n$ branches there are $\\frac{n(n-1)}{2}$ pairs to compare.
`;

/** As OpenAI's interface streams it. */
function speak(content: string): Step[] {
  const chunk = (delta: object, finish_reason: string | null) =>
    `data: ${JSON.stringify({ model: "large", choices: [{ index: 0, delta, finish_reason }] })}\n\n`;
  return [...chunked([chunk({ content }, null), chunk({}, "stop"), "data: [DONE]\n\n"]), lastChunk];
}

/** The whole application with something of everything in it, made through its own doors. */
export async function openLivedIn(): Promise<LivedIn> {
  let time = now;
  const upstream = openUpstream(() => speak(answer));
  const yaml = providerYaml({ name: "Work", origin: upstream.origin, models: ["large", "small"] });
  const app = await openApp({ yaml, clock: () => time });
  const post = async (path: string, body: unknown) => {
    const init = { method: "POST", body: body instanceof FormData ? body : JSON.stringify(body) };
    const answered = await app.get(path, init);
    if (!answered.ok) throw new Error(`${path}: ${answered.status} ${await answered.text()}`);
    await answered.text();
  };
  const at = async (daysAgo: number, act: () => Promise<void>) => {
    time = now - daysAgo * dayMs;
    await act();
    time = now;
  };

  for (const [daysAgo, title] of [
    [40, "A name for the boat"],
    [5, "Bread without kneading"],
    [1, "Letter to the landlord"],
  ] as const)
    await at(daysAgo, () =>
      post("/backend-api/v2/chats", {
        chat_id: title.toLowerCase().replaceAll(" ", "-"),
        title,
        messages: [
          { role: "user", content: `${title}?` },
          { role: "assistant", content: "Let us see." },
        ],
      }),
    );
  await post(conversationPath, {
    chat_id: "branches",
    provider: "Work",
    model: "large",
    messages: [{ role: "user", content: "How do I change the branch in git?" }],
  });

  for (let day = 0; day < 28; day++)
    await at(day, () =>
      post("/backend-api/v2/usage", {
        model: day % 3 === 0 ? "small" : "large",
        provider: "Work",
        prompt_tokens: 1000 + ((day * 7919) % 4000),
        completion_tokens: 300 + ((day * 104_729) % 2000),
        cost: 0.01,
      }),
    );

  const { blobs, media } = app.services.store;
  for (const [index, prompt] of [
    "A lighthouse in fog",
    "A red kite",
    "Three boats at dawn",
    "A map of nowhere",
  ].entries()) {
    const [width, height] = [320, index % 2 === 0 ? 240 : 320];
    const bytes = toPng(width, height, (x, y) => [(x * 255) / width, (y * 255) / height, index * 60, 255]);
    const hash = new Bun.CryptoHasher("sha256").update(bytes).digest("hex");
    await blobs.save(hash, bytes);
    const name = `${1000 + index}_painter+${prompt.replaceAll(" ", "_")}.png`;
    const row = { name, owner: "local", hash, type: "image/png", bytes: bytes.byteLength, width, height };
    await media.insert({ ...row, provider: "Work", model: "painter", prompt, created_at: now - index * dayMs });
  }

  const form = new FormData();
  form.append("files", new File(["# Minutes\n\nWe meet on Friday."], "minutes.md"));
  form.append("files", new File(["name,age\nAnn,42\n"], "people.csv"));
  await post("/backend-api/v2/files/meeting", form);
  for (const memory of ["Has a dog called Rex", "Prefers short answers", "Lives in Bergen"])
    await post("/backend-api/v2/memory/local", { memory });
  await post("/backend-api/v2/chat/a-shared-chat", {
    title: "Switching branches",
    chat_id: "branches",
    items: [
      { role: "user", content: "How do I change the branch in git?" },
      { role: "assistant", content: answer, provider: { name: "Work", model: "large" } },
    ],
  });

  return {
    app,
    now,
    async [Symbol.asyncDispose]() {
      await app[Symbol.asyncDispose]();
      upstream[Symbol.dispose]();
    },
  };
}
