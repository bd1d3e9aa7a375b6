/** Runs jobs one after the other; the caller learns at once when too many wait. */
export interface JobQueue {
  /** Null when the queue is full. */
  add<Answer>(job: () => Promise<Answer>): Promise<Answer> | null;
  /** Resolves when everything that was added is done. */
  idle(): Promise<void>;
}

export function createJobQueue(maxWaiting: number): JobQueue {
  let last: Promise<unknown> = Promise.resolve();
  let unfinished = 0;
  return {
    add(job) {
      if (unfinished > maxWaiting) return null;
      unfinished += 1;
      const answer = last.then(job).finally(() => {
        unfinished -= 1;
      });
      // A job that throws is its caller's; the next one runs all the same.
      last = answer.catch(() => undefined);
      return answer;
    },
    async idle() {
      await last;
    },
  };
}
