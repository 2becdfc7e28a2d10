import { type ClientOptions, createClient, type RunEvent, unwrap } from "@parley/client";

/** What a program sees of a server through the client, in whatever runtime it is: it says the same in all of them. */
export async function tour(origin: string, options: ClientOptions): Promise<unknown> {
  const client = createClient(origin, options);
  const ask = (content: string) => ({ provider: "Builtin", messages: [{ role: "user" as const, content }] });

  const models = await unwrap(client.api.models.get());
  const { error } = await client.api.quota({ provider: "nobody" }).get();

  const types: RunEvent["type"][] = [];
  const answer = client.chat(ask("5 km in miles"));
  for await (const event of answer) types.push(event.type);

  const loaded: number[] = [];
  const files = [
    new File(["The code word is Grüße 👋🏽."], "note.txt"),
    { name: "b.csv", blob: new Blob(["a,b\n1,2\n"]) },
  ];
  const bucket = `tour-${await answer.runId}`;
  const uploaded = await client.upload(bucket, files, { onProgress: (progress) => loaded.push(progress.loaded) });
  const text = await unwrap(client.api.files({ bucket_id: bucket }).get());

  const channel = client.channel();
  const answers = ["1 + 1", "2 + 2", "3 + 3"].map((each) => channel.chat(ask(each)));
  const texts = await Promise.all(answers.map((each) => each.text()));
  const again = await channel.attach(await answers[0]!.runId).text();
  channel.close();

  return {
    models: models.some(({ providers }) => providers.includes("Builtin")),
    refused: error?.status === 404 ? error.value.error.code : error,
    types,
    text: await answer.text(),
    usage: (await answer.usage())?.usage.estimated,
    uploaded: uploaded.files,
    loaded: loaded.at(-1),
    bucket: text.includes("The code word is Grüße 👋🏽."),
    texts,
    again: again === texts[0],
  };
}
