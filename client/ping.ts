import type { ParleyError } from "./errors.ts";
import type { Carried, Line } from "./line.ts";

/** How long the server takes to answer, in milliseconds, counted from when there is a socket. */
export function ping(line: Line): Promise<number> {
  return new Promise((resolve, reject) => {
    let id: string | undefined;
    const carried: Carried = {
      isWaiting: true,
      ask() {
        if (id !== undefined || !line.isOpen) return;
        const askedAt = performance.now();
        id = line.listen(() => {
          line.remove(carried);
          line.unlisten(id);
          resolve(performance.now() - askedAt);
        });
        line.send({ op: "ping", id });
      },
      lost() {
        id = undefined;
      },
      quit: end,
      end,
    };
    line.add(carried);
    carried.ask();

    function end(why: ParleyError): void {
      line.remove(carried);
      reject(why);
    }
  });
}
