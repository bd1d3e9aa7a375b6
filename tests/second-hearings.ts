import type { Reporter, TestCase, TestModule } from "vitest/node";

/** Names at the very end each test that passed only when it was heard again, and why it had not at first. */
export class SecondHearings implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const again = modules.flatMap((module) => [...module.children.allTests()]).filter(isHeardAgain);
    process.stdout.write(again.length === 0 ? "no test passed only at its second hearing\n" : told(again));
  }
}

function isHeardAgain(test: TestCase): boolean {
  return test.diagnostic()?.flaky === true;
}

/** Of what a test said at first: enough to see which defect it was. */
const LINES_OF_ERROR = 25;

function told(tests: readonly TestCase[]): string {
  const lines = tests.flatMap((test) => {
    const [first] = test.result().errors ?? [];
    const said = (first?.message ?? "no error").split("\n").slice(0, LINES_OF_ERROR);
    return [
      `!!   ${test.module.relativeModuleId} > ${test.fullName}`,
      ...said.map((line) => `!!     ${line}`),
    ];
  });
  return `\n!! PASSED ONLY AT THE SECOND HEARING: ${tests.length}. Each is a defect of ours or of its test:\n${lines.join("\n")}\n`;
}
