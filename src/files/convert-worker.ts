import { parentPort } from "node:worker_threads";
import { convertFile, type ConvertJob } from "./convert-file.ts";
import { type ConvertResult, taken } from "./convert-process.ts";

parentPort?.on("message", async (job: ConvertJob) => {
  parentPort?.postMessage(taken);
  parentPort?.postMessage(await toResult(job));
});

async function toResult(job: ConvertJob): Promise<ConvertResult> {
  try {
    return { pieces: await convertFile(job) };
  } catch (error) {
    return { failure: error instanceof Error && "code" in error ? String(error.code) : String(error) };
  }
}
