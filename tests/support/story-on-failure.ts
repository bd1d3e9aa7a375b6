import { onTestFinished } from "vitest";

/** What a test that failed had seen is printed before its world is closed: call this after what closes it. */
export function storyOnFailure(story: () => string): void {
  onTestFinished(({ task }) => {
    if (task.result?.state === "fail") console.log(`${task.name}, when it failed:\n${story()}`);
  });
}
