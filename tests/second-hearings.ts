import type { Reporter, TestCase, TestModule } from "vitest/node";

/** Names at the very end each test that passed only when it was heard again, and why it had not at first. */
export class SecondHearings implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const again = modules.flatMap((module) => [...module.children.allTests()]).filter(isHeardAgain);
    process.stdout.write(again.length === 0 ? "no test needed a second hearing\n" : told(again));
  }
}

function isHeardAgain(test: TestCase): boolean {
  return test.diagnostic()?.flaky === true;
}

function told(tests: readonly TestCase[]): string {
  const lines = tests.map((test) => {
    const [first] = test.result().errors ?? [];
    return `!!   ${test.module.relativeModuleId} > ${test.fullName}\n!!     ${first?.message.split("\n")[0] ?? "no error"}`;
  });
  return `\n!! PASSED ONLY AT THE SECOND HEARING: ${tests.length}. Each is a defect of ours or of its test:\n${lines.join("\n")}\n`;
}
