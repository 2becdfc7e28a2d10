import { createSemaphore, type Semaphore } from "../lib/semaphore.ts";

/** One request per host at a time: whoever wants to send one first takes its turn. */
export interface Turns {
  /** A turn at no host as yet; dispose it when nothing more is sent. */
  open(): Turn;
}

export interface Turn extends Disposable {
  /**
   * Waits until it is this one's turn there. A turn elsewhere is given up before: two that wait for each other's host would
   * wait for ever.
   *
   * @throws the signal's reason
   */
  moveTo(host: string, signal: AbortSignal): Promise<void>;
}

interface Queue {
  readonly door: Semaphore;
  /** Those inside and those who wait. */
  count: number;
}

export function createTurns(): Turns {
  const queues = new Map<string, Queue>();

  return {
    open() {
      let held: string | undefined;
      let leave = () => {};
      return {
        async moveTo(host, signal) {
          if (host === held) return;
          give();
          leave = await enter(host, signal);
          held = host;
        },
        [Symbol.dispose]: give,
      };

      function give(): void {
        leave();
        held = undefined;
        leave = () => {};
      }
    },
  };

  async function enter(host: string, signal: AbortSignal): Promise<() => void> {
    const queue = queues.get(host) ?? { door: createSemaphore(1), count: 0 };
    queues.set(host, queue);
    queue.count++;
    const gone = () => {
      queue.count--;
      if (queue.count === 0) queues.delete(host);
    };
    try {
      const out = await queue.door.enter(signal);
      return () => {
        out?.();
        gone();
      };
    } catch (thrown) {
      gone();
      throw thrown;
    }
  }
}
