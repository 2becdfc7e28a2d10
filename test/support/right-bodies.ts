const schema = { type: "object", properties: { a: { type: "string" } } };
const call = { id: "c1", type: "function", function: { name: "f", arguments: "{}" } };
const declared = { functionDeclarations: [{ name: "f", parameters: schema }] };

/** A body that is right, by whom it is asked. */
export const rightBodies: readonly (readonly [path: string, body: object])[] = [
  [
    "/v1/chat/completions",
    {
      model: "m",
      stream: true,
      n: 2,
      stop: ["a"],
      messages: [
        { role: "user", content: [{ type: "text", text: "b" }] },
        { role: "assistant", content: null, tool_calls: [call] },
        { role: "tool", tool_call_id: "c1", content: "r" },
        { role: "function", name: "f", content: "r" },
      ],
      tools: [{ type: "function", function: { name: "f", parameters: schema } }],
      tool_choice: { type: "function", function: { name: "f" } },
      response_format: { type: "json_schema", json_schema: { name: "x", schema } },
    },
  ],
  ["/v1/completions", { model: "m", prompt: ["a", "b"], n: 2, echo: true, stream: true }],
  [
    "/v1/responses",
    {
      model: "m",
      input: [
        { role: "user", content: [{ type: "input_text", text: "t" }] },
        { type: "function_call", call_id: "c", name: "f", arguments: "{}" },
        { type: "function_call_output", call_id: "c", output: "x" },
      ],
      tools: [{ type: "function", name: "f", parameters: schema }],
      text: { format: { type: "json_schema", name: "x", schema } },
      metadata: { a: "b" },
    },
  ],
  [
    "/v1/messages",
    {
      model: "m",
      max_tokens: 10,
      system: [{ type: "text", text: "s", cache_control: { type: "ephemeral" } }],
      messages: [
        { role: "user", content: [{ type: "document", title: "t", source: { type: "text", data: "d" } }] },
        { role: "assistant", content: [{ type: "tool_use", id: "t1", name: "f", input: {} }] },
        { role: "user", content: [{ type: "tool_result", tool_use_id: "t1", content: [{ type: "text", text: "r" }] }] },
      ],
      tools: [{ name: "f", input_schema: schema }],
      thinking: { type: "enabled", budget_tokens: 1024 },
    },
  ],
  [
    "/api/chat",
    {
      model: "m",
      format: schema,
      options: { temperature: 1, stop: ["a"] },
      messages: [
        { role: "user", content: "a" },
        { role: "assistant", tool_calls: [{ function: { name: "f", arguments: { a: 1 } } }] },
        { role: "tool", tool_name: "f", content: "r" },
      ],
    },
  ],
  [
    "/v1beta/models/m:generateContent",
    {
      systemInstruction: { parts: [{ text: "s" }] },
      contents: [
        { role: "user", parts: [{ text: "a" }] },
        { role: "model", parts: [{ functionCall: { id: "1", name: "f", args: { a: 1 } } }] },
        { role: "user", parts: [{ functionResponse: { id: "1", name: "f", response: { output: "x" } } }] },
      ],
      tools: [declared],
      generationConfig: { candidateCount: 2, responseMimeType: "application/json", responseSchema: schema },
    },
  ],
];
