import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
import { createToolServer } from "./tools.ts";

/** The tools as a program: what it has to say goes to its standard error. */
const say = (line: string) => void process.stderr.write(`${line}\n`);
say(`the key is ${process.env.TOOL_TOKEN}`);
await createToolServer(say).connect(new StdioServerTransport());
